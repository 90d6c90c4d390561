"""Reranking: which units of the evidence answer best, by the judge's verdicts beside the reader's choice.

The reader chooses one unit; the judge reads each by itself, and tells several that answer (pointwise reranking: Liang
2022, "Holistic evaluation of language models").
"""

import math
from collections.abc import Container

from rag.confidence import ELSEWHERE, around, covers, elsewhere
from rag.evidence import Evidence, undated
from rag.generation import Reading
from rag.question import Kind
from rag.work import UNJUDGED, Work

MARGIN = 1.5  # log-odds of a verdict that a unit may lack to the best one, to be written about
WIDE = 3.0  # the same where an explanation is asked for, which several units give together
SHARP = 1.5  # weight of verdicts in log-odds, where they decide between units
READER = 0.3  # weight of the reader's probability there
EMPTY = 9.0  # log-odds that a sentence loses which states nothing that could answer
LACKS = 6.0  # log-odds that a sentence loses where none of the question's names and numbers stand near it
RIVAL, FURTHER_ITEM = 1.5, 0.5  # log-odds of a verdict that a sentence of another article, and a further one of the
# same, may lack to the best one, to be held against what is said
FAINT = 1e-4  # probability of a unit, at least


def convincing(work: Work) -> list[Evidence]:
    """The units of which judge and reader together are about as sure as of the best, or the judge alone is: of several
    that answer, the reader, which chooses one, makes little of the others. A title is one only if it is the best."""
    margin = WIDE if work.kind is Kind.EXPLANATION else MARGIN
    odds = dict(zip(work.evidence, weights(work), strict=True))
    best, sure = max(odds, key=lambda e: odds[e]), max(max(work.verdicts.values()) - margin, 0.0)
    near = [e for e in work.verdicts if odds[e] >= odds[best] - SHARP * margin and not _is_title(e)]
    also = [e for e, verdict in work.verdicts.items() if verdict - penalty(work, e) >= sure and not e.before]
    return [e for e in work.verdicts if e == best or e in near or e in also]


def also_answering(work: Work, cited: Container[Evidence]) -> list[Evidence]:
    """The units, surest first, that answer about as well as the best one by their verdicts, and are not ``cited``."""
    if not work.is_ranked or work.kind is Kind.POLAR:
        return []
    order = sorted(work.verdicts, key=lambda e: -work.verdicts[e])
    best = work.verdicts[order[0]]
    least = {e: best - (FURTHER_ITEM if e.article == order[0].article else RIVAL) for e in order}
    near = [e for e in order if work.verdicts[e] >= max(least[e], penalty(work, e))]
    return [e for e in near if e not in cited and not _is_title(e)]


def weights(work: Work) -> list[float]:
    """How sure judge and reader are of each unit, in log-odds."""
    return [SHARP * work.verdicts.get(e, UNJUDGED) + READER * _logprob(work, e) for e in work.evidence]


def prior(work: Work) -> list[float]:
    """What puts the verdicts in the place of the reader's choice among the units (`generation.read`), in log-odds."""
    return [weight - _logprob(work, e) for e, weight in zip(work.evidence, weights(work), strict=True)]


def without_reader(work: Work) -> Reading:
    """The reading that the verdicts give alone, in languages that the reader does not read."""
    assert work.reading is not None
    odds = [weight - penalty(work, e) for e, weight in zip(work.evidence, weights(work), strict=True)]
    return Reading.ranked(work.reading.answerable, odds)


def penalty(work: Work, evidence: Evidence) -> float:
    """What speaks against a unit by itself, in log-odds: it says nothing of its own, or is about something else."""
    lacking = 0.0 if work.unread else 1 - covers(around(evidence, work.hits), work.question)  # of names in English
    return LACKS * lacking + EMPTY * work.is_empty(evidence)


def about_another(work: Work, evidence: Evidence) -> float:
    """What speaks against a unit's verdict, in log-odds: the names of the question stand in other articles alone."""
    return 0.0 if work.unread else ELSEWHERE * elsewhere(work.question, evidence, work.evidence, work.hits)


def _logprob(work: Work, evidence: Evidence) -> float:
    assert work.reading is not None
    return math.log(max(work.reading.labels[1 + work.evidence.index(evidence)], FAINT))


def _is_title(evidence: Evidence) -> bool:
    return evidence.spoken.casefold() == undated(evidence.title).casefold()
