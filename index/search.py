"""Search: hybrid retrieval, the dense and the lexical ranking of passages fused into one."""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import TypeVar

from index.passage import Passage

CANDIDATES = 50  # passages that each side puts forward
LEXICAL_WEIGHT = 0.7  # against the dense side's 1; anything from 0.5 to 1 measures within a point
UNREAD_WEIGHT = 0.1  # of the dense side where the embedder does not read the language; 0 to 0.3 within two points


Id = TypeVar("Id", int, str)  # of a passage: a row's number, or a name


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    ``score`` is the fused score: it orders the hits of one question and says nothing between questions.
    ``rank`` counts from 1; ``dense_rank`` and ``lexical_rank`` are None where that side did not put the
    passage among its first 50.
    """

    passage: Passage
    score: float
    rank: int
    dense_rank: int | None
    lexical_rank: int | None


def fuse(dense: dict[Id, float], lexical: dict[Id, float], unread: Collection[Id] = ()) -> dict[Id, float]:
    """The weighted sum of both sides' z-scores for each passage; both hold the same ids.

    Passages in ``unread`` are in languages that the embedder does not read: their vectors count less.

    Z-score fusion: Wu, Crestani and Bi, "Evaluating Score Normalization Methods in Data Fusion", 2006.
    ``python -m index.recall`` shows what it gains over either side.
    """
    left, right = _standard(dense), _standard(lexical)
    return {
        passage: (UNREAD_WEIGHT if passage in unread else 1) * left[passage] + LEXICAL_WEIGHT * right[passage]
        for passage in dense
    }


def order(scores: dict[Id, float]) -> list[Id]:
    """The ids by falling score; equal scores by id, so that the order is always the same."""
    return sorted(scores, key=lambda passage: (-scores[passage], passage))


def _standard(scores: dict[Id, float]) -> dict[Id, float]:
    mean, deviation = fmean(scores.values()), pstdev(scores.values())
    return {passage: (score - mean) / (deviation or 1.0) for passage, score in scores.items()}
