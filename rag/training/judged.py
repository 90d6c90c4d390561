"""What the judge is trained on: questions, each with one sentence, and whether the sentence answers it.

Some are twins: a sentence with a question that it answers, and the same sentence with one that somebody wrote so that
it almost does. The others are mixed as for the reader: of a question that is answered, the sentence that answers, and
often the nearest other one; of one that is not, the nearest sentence. And some are near misses made of questions that
are answered (`near_miss.py`), beside the question as it was asked.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from index import squad
from index.sentence import sentences
from index.term import terms
from rag.prompt import NO_ANSWER, Line
from rag.training.build import ANSWERABLE, HELD_OUT, HUMAN, material
from rag.training.group import Example, Group
from rag.training.near_miss import names, other_kind, other_name
from rag.training.squad import read

LEFT_OUT = ("hops", "hop", "follow-up")  # no single sentence answers these
DRAWN = 3  # questions of a group, at most
OF_A_KIND = 200  # near misses that begin with one word, at most
BESIDE = 0.4  # how often the sentence that is nearest to an answer is an example, too


@dataclass(frozen=True)
class Judged:
    """A question, a sentence of ``article``, and whether it answers; ``source`` is the function that found it."""

    question: str
    line: Line
    answers: bool
    article: str
    source: str = "mixed"


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
            yield Judged(twin.question, line, True, line.context, "twins")
            yield Judged(asked.question, line, False, line.context, "twins")


def near_misses(data: Path, seed: int) -> Iterator[Judged]:
    """Sentences of SQuAD, each with its question, and with that asked for something else or of another name."""
    rng = random.Random(seed)
    paragraphs = read(data / ANSWERABLE)
    named: dict[str, set[str]] = defaultdict(set)
    for paragraph in paragraphs:
        named[paragraph.article].update(names(paragraph.text))
    asked = [(paragraph, question) for paragraph in paragraphs for question in paragraph.questions]
    rng.shuffle(asked)
    made: Counter[str] = Counter()
    for paragraph, question in asked:
        line = Line(paragraph.sentences[question.sentence].text, paragraph.title)
        missed = other_kind(question.text, line.text, rng)
        if missed is None and made["name"] < sum(made.values()) / 2:
            missed = other_name(question.text, line.text, sorted(named[paragraph.article]), rng)
            kind = "name"
        else:
            kind = missed.split()[0] if missed else ""
        if missed and made[kind] < (OF_A_KIND if kind != "name" else len(asked)):
            made[kind] += 1
            yield Judged(question.text, line, True, line.context, "near misses")
            yield Judged(missed, line, False, line.context, "near misses")


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
