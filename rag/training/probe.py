"""Trains the writer's probe: ``python -m rag.training.probe MODEL.gguf --data DIR --states FOLDER --out FILE.npz``.

The writer is asked of one sentence at a time whether it answers a question, as the assistant does
(`LocalWriter.verdicts`), and a logistic regression is fitted to its hidden state before the answer and over the
question's tokens (Azaria and Mitchell 2023, "The internal state of an LLM knows when it's lying"; Slobodkin 2023, "The
curious case of hallucinatory (un)answerability"). The states are kept in ``--states``, so that a run that was ended
goes on; 3,000 sentences take about 20 minutes on two cores.

Some of the examples are twins: a sentence with a question that it answers, and the same sentence with one that somebody
wrote so that it almost does. The others are mixed as for the reader: of a question that is answered, the sentence that
answers, and often the nearest other one; of one that is not, the nearest sentence. How strongly the regression is held
back is chosen on articles that it has not seen, of the training files alone.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from index import squad
from index.sentence import sentences
from index.term import terms
from rag.hidden_state import Tap
from rag.language_model import LanguageModel
from rag.local_writer import LocalWriter
from rag.probe import Probe
from rag.prompt import NO_ANSWER, Line
from rag.training.build import HELD_OUT, HUMAN, material
from rag.training.group import Example, Group

LEFT_OUT = ("hops", "hop", "follow-up")  # no single sentence answers these
DRAWN = 3  # questions of a group, at most
BESIDE = 0.4  # how often the sentence that is nearest to an answer is an example, too
AT_ONCE = 64  # examples whose states are written together
PENALTIES = (3e-3, 1e-2, 3e-2, 1e-1, 3e-1)  # of the squared weights, for states of unit variance
FOLDS = 5
STEPS = 60  # of Newton's method, at most


@dataclass(frozen=True)
class Judged:
    """A question, a sentence, and whether the sentence answers it; ``article`` is the sentence's, for the folds."""

    question: str
    line: Line
    answers: bool
    article: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder with the training files")
    parser.add_argument("--states", type=Path, required=True, help="folder for the states")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layer", type=int, default=17)
    parser.add_argument("--twins", type=int, default=1024, help="examples")
    parser.add_argument("--mixed", type=int, default=2048, help="examples")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    states, answers, articles = collected(options)
    order = np.random.default_rng(options.seed).permutation(len(answers))
    for part in (8, 4, 2, 1):
        some = order[: len(order) // part]
        area, penalty = best(states[some], answers[some], [articles[i] for i in some])
        print(f"{len(some)} examples: area {area:.3f} on unseen articles with penalty {penalty:g}")
    weights, bias = fitted(states, answers, penalty)
    Probe(options.layer, weights, bias).save(options.out)


def twins(data: Path, seed: int) -> Iterator[Judged]:
    """Sentences of SQuAD 2.0, each with a question that it answers and with one that it almost answers."""
    rng = random.Random(seed)
    articles = squad.read(data / HUMAN)
    kept = set(rng.sample(sorted({article.title for article in articles}), HELD_OUT))
    drawn = [
        (article.title, paragraph, asked)
        for article in articles
        if article.title not in kept
        for paragraph in article.paragraphs
        for asked in paragraph.qas
        if asked.is_impossible and asked.plausible_answers
    ]
    rng.shuffle(drawn)
    for title, paragraph, asked in drawn:
        place = asked.plausible_answers[0].answer_start
        twin = next((q for q in paragraph.qas if q.answerable and q.answers[0].answer_start == place), None)
        sentence = next((s for s in sentences(paragraph.context) if s.start <= place < s.end), None)
        if twin and sentence:
            line = Line(sentence.text, unquote(title).replace("_", " "))
            yield Judged(twin.question, line, True, title)
            yield Judged(asked.question, line, False, title)


def mixed(data: Path, seed: int) -> Iterator[Judged]:
    """Sentences to judge, of all training files, mixed as for the reader."""
    rng = random.Random(seed)
    for group in material(data, seed):
        asked = [example for example in group.examples if example.kind not in LEFT_OUT]
        for example in rng.sample(asked, min(len(asked), DRAWN)):
            yield from _judged(group, example, rng)


def _judged(group: Group, example: Example, rng: random.Random) -> Iterator[Judged]:
    article = group.evidence[0].context or example.question
    words = set(terms(example.question))
    gold = group.evidence[example.label - 1] if example.label != NO_ANSWER else None
    if gold:
        yield Judged(example.question, gold, True, article)
    others = [line for line in group.evidence if line is not gold]
    if others and (gold is None or rng.random() < BESIDE):
        nearest = max(others, key=lambda line: len(words & set(terms(line.text))))
        yield Judged(example.question, nearest, False, article)


def collected(options: argparse.Namespace) -> tuple[NDArray[np.float32], NDArray[np.bool_], list[str]]:
    """The states (examples, width), whether each sentence answers, and the articles."""
    options.states.mkdir(parents=True, exist_ok=True)
    writer = LocalWriter(LanguageModel(options.model, options.model.stem, tap=Tap(options.layer)))
    drawn: list[Judged] = []
    found = []
    for source, count in ((twins, options.twins), (mixed, options.mixed)):
        examples = list(islice(source(options.data, options.seed), count))
        for start in track(range(0, len(examples), AT_ONCE), source.__name__):
            file = options.states / f"{source.__name__}-{options.seed}-{options.layer}-{start}.npy"
            if not file.exists():
                np.save(file, _states(writer, examples[start : start + AT_ONCE]))
            found.append(np.load(file))
        drawn += examples
    return np.concatenate(found), np.array([one.answers for one in drawn]), [one.article for one in drawn]


def _states(writer: LocalWriter, examples: Sequence[Judged]) -> NDArray[np.float32]:
    states = writer.states([(one.question, one.line) for one in examples])
    if states is None:
        raise SystemExit("This llama.cpp does not show its hidden states.")
    return states


def best(states: NDArray[np.float32], answers: NDArray[np.bool_], articles: list[str]) -> tuple[float, float]:
    """The best area under the curve on articles that were not fitted on, and the penalty that gave it."""
    fold = {article: place % FOLDS for place, article in enumerate(dict.fromkeys(articles))}
    folds = np.array([fold[article] for article in articles])
    scores = {}
    for penalty in PENALTIES:
        score = np.zeros(len(answers))
        for k in range(FOLDS):
            weights, bias = fitted(states[folds != k], answers[folds != k], penalty)
            score[folds == k] = states[folds == k] @ weights + bias
        right, wrong = score[answers], np.sort(score[~answers])
        scores[penalty] = float(np.searchsorted(wrong, right).mean() / len(wrong))
    penalty = max(scores, key=lambda p: scores[p])
    return scores[penalty], penalty


def fitted(
    states: NDArray[np.float32], answers: NDArray[np.bool_], penalty: float
) -> tuple[NDArray[np.float32], float]:
    """The weights (width,) and the bias of a logistic regression, by Newton's method on standardised states."""
    mean, scale = states.mean(0), states.std(0) + 1e-6
    x = np.c_[(states - mean) / scale, np.ones(len(states))].astype(np.float64)
    held = np.full(x.shape[1], penalty * len(x))
    held[-1] = 1e-6
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-(x @ w)))
        slope = x.T @ (p - answers) + held * w
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + np.diag(held), slope)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    weights = w[:-1] / scale
    return weights.astype(np.float32), float(w[-1] - weights @ mean)


if __name__ == "__main__":
    main()
