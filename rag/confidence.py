"""Confidence: how probable it is that the evidence answers a question, calibrated: from the reader's own probability,
the names and numbers of the question that stand around the sentence that it chose, and the judge's verdict.

The reader's parameters were fitted with evidence as the assistant chooses it (``python -m evals.calibrate``), on
articles of SQuAD 2.0's training set that the adapter was not trained on; THRESHOLD declines 7% of the answerable
questions there. What the judge's best verdict weighs beside it was set by hand, between what two sets of questions
give, and fitted where an explanation is asked for (README.md).
"""

import math
import re
from collections.abc import Iterable, Sequence

from index.search import Hit
from rag.checker import asked_of, numbers
from rag.evidence import Evidence, undated
from rag.generation import Reading

NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]+|\b\d[\d,.]*\d\b|\b\d\b")
SLOPE, COVERED, BIAS = 0.48, 1.86, -0.35
ABSENT = 1.5  # log-odds: a name or number stands in no passage in 10% of the unanswerable and 1.5% of the others
ELSEWHERE = 2.5  # log-odds, set by hand: the names of the question stand in other articles alone
STEM = 5  # letters of a name that must stand there
THRESHOLD = 0.33  # of the reader's confidence alone
JUDGED = 0.25  # threshold with a verdict
ABOUT = 0.5  # threshold of a summary: the judge finds the articles to be about its topic
UNREAD = 0.43  # threshold in the languages that the reader does not read (`lexical_reading.py`)
EXACT = 0.3, 1.0, -1.0  # weights of the reader's log-odds and of the best verdict, and what is added: the best of
# eight is high by chance, too
EXPLAINED = 0.8, 0.75, 0.0  # the same where an explanation is asked for, of which no sentence is exact: fitted on 104
# questions of articles that nothing was trained on, but for what is added: so much that JUDGED declines 4% of them


def confidence(question: str, reading: Reading, evidence: Sequence[Evidence], hits: Sequence[Hit]) -> float:
    """From 0 to 1: a logistic function of three signs (Platt 1999)."""
    if not reading.candidates:
        return 0.0
    odds, covered = signs(question, reading, evidence, hits)
    lost = ABSENT if absent(question, hits, {e.title for e in evidence}) else 0.0
    lost += ELSEWHERE * elsewhere(question, evidence[reading.candidates[0].label - 1], evidence, hits)
    return probability(SLOPE * odds + COVERED * (covered - 1) + BIAS - lost)


def elsewhere(question: str, best: Evidence, evidence: Sequence[Evidence], hits: Sequence[Hit]) -> float:
    """The share of the names of ``question`` that other articles hold and the one of ``best`` does not: it is about
    something else.

    ("What was Brassmere's turnover?", where only the profile of another company tells one.)
    """
    held = {e.article: undated(e.title).casefold() for e in evidence}
    for hit in hits:
        id = hit.passage.article_id
        held[id] = f"{held.get(id, '')}\n{hit.passage.text.casefold()}"
    own = held.pop(best.article, "")
    names = [name.casefold() for name in asked_of(question) if not name[0].isdigit()]
    missing = [name for name in names if name[:STEM] not in own and any(name in other for other in held.values())]
    return len(missing) / len(names) if names else 0.0


def judged(confidence: float, verdict: float, weights: tuple[float, float, float] = EXACT) -> float:
    """``confidence``, which rests on the reader, and the judge's best ``verdict`` (log-odds) on a unit, as one."""
    if not 0 < confidence < 1:
        return confidence
    reader, judge, offset = weights
    return probability(reader * math.log(confidence / (1 - confidence)) + judge * verdict + offset)


def probability(odds: float) -> float:
    """The probability of which ``odds`` are the log-odds."""
    return 1 / (1 + math.exp(-odds))


def signs(question: str, reading: Reading, evidence: Sequence[Evidence], hits: Sequence[Hit]) -> tuple[float, float]:
    """The reader's log-odds that the evidence answers, and the share of the question's names and numbers that stand in
    the passage around the best sentence, its title or heading."""
    best = evidence[reading.candidates[0].label - 1]
    return reading.odds, covers(around(best, hits), question)


def around(evidence: Evidence, hits: Sequence[Hit]) -> str:
    """The passage that holds ``evidence``, under its title and heading, without the date that is put to the title."""
    passages = (hit.passage for hit in hits if hit.passage.article_id == evidence.article)
    passage = next((p.text for p in passages if p.start <= evidence.start < p.end), evidence.text)
    return f"{undated(evidence.title)}\n{evidence.context}\n{passage}"


def covers(text: str, question: str) -> float:
    """The share of the names and numbers of ``question`` that stand in ``text``; 1 where it has none."""
    asked = [match.group().lower().removesuffix("'s").removesuffix("’s") for match in NAME.finditer(question)]
    return sum(name in text.lower() for name in asked) / len(asked) if asked else 1.0


def absent(text: str, hits: Sequence[Hit], titles: Iterable[str]) -> list[str]:
    """The names and numbers of ``text`` that stand in no passage that was found, and in no title."""
    near = " ".join([*titles, *(hit.passage.text for hit in hits)])
    held, said = set(numbers(near)), near.casefold()
    return [name for name in asked_of(text) if name not in held and name.casefold()[:STEM] not in said]
