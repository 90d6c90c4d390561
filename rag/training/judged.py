"""What the judge is trained on: questions, each with one sentence, and whether the sentence answers it.

Some are twins: a sentence with a question that it answers, and the same sentence with one that somebody wrote so that
it almost does. The others are mixed as for the reader: of a question that is answered, the sentence that answers, and
often the nearest other one; of one that is not, the nearest sentence.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from index import squad
from index.sentence import sentences
from index.term import terms
from rag.prompt import NO_ANSWER, Line
from rag.training.build import HELD_OUT, HUMAN, material
from rag.training.group import Example, Group

LEFT_OUT = ("hops", "hop", "follow-up")  # no single sentence answers these
DRAWN = 3  # questions of a group, at most
BESIDE = 0.4  # how often the sentence that is nearest to an answer is an example, too


@dataclass(frozen=True)
class Judged:
    """A question, a sentence of ``article``, and whether it answers; a ``twin`` has one with another question."""

    question: str
    line: Line
    answers: bool
    article: str
    twin: bool = False


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
            yield Judged(twin.question, line, True, title, True)
            yield Judged(asked.question, line, False, title, True)


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
