"""Thresholds: what abstaining below a confidence costs, and what it saves."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np

from evals.record import Record
from evals.table import Column, Table

BUDGETS = (0.05, 0.10, 0.15)  # the shares of answerable questions that may be declined
ROUNDING = 1e-9  # 0.15 * 20 is 3, whatever floating point makes of it


@dataclass(frozen=True)
class Threshold:
    """Abstaining below ``confidence`` declines and abstains these shares of (un)answerable questions.

    ``budget`` is the share of answerable questions that may be declined, ``facts`` the share of them that is
    answered right, the cited sentence counted.
    """

    budget: float
    confidence: float
    declines: float
    abstains: float
    facts: float


def thresholds(records: Sequence[Record], budgets: Sequence[float] = BUDGETS) -> list[Threshold]:
    """For each budget the highest threshold that declines no larger a share of answerable questions.

    Empty where the records don't hold both kinds of questions.
    """
    table = Table.of(records)
    return [_threshold(table, budget) for budget in budgets] if mixed(table) else []


def mixed(table: Table) -> bool:
    """Whether there are answerable and unanswerable questions."""
    return bool(0 < table["answerable"].sum() < len(table.rows))


def threshold_at(answerable: Column, budget: float) -> float:
    """The highest threshold that declines no more than ``budget`` of ``answerable``, their confidences."""
    return float(np.sort(answerable)[min(floor(budget * len(answerable) + ROUNDING), len(answerable) - 1)])


def abstained(table: Table, budget: float) -> Column:
    """1 for each unanswerable question that is abstained from at ``budget``'s threshold, else 0."""
    if not mixed(table):
        return np.array([])
    answerable, unanswerable = table.split("confidence")
    return (unanswerable < threshold_at(answerable, budget)).astype(float)


def best(table: Table, score: str) -> Column:
    """What each question scores at the threshold that is best for ``score`` (``forced_`` exact or f1).

    An unanswerable question scores 1 when it is abstained from, an answerable one that is answered what the answer
    is worth. The best threshold is found on the same questions (find_best_thresh of SQuAD's evaluate-v2.0.py).
    """
    rows = table.take(table.rows[~np.isnan(table[score])])
    order = np.argsort(-rows["confidence"], kind="stable")
    worth = np.where(rows["answerable"] == 1, rows[score], 0.0)[order]
    silent = np.where(rows["answerable"] == 1, 0.0, 1.0)[order]
    gained = np.concatenate([[0.0], np.cumsum(worth - silent)])
    answered = int(np.argmax(gained))
    return np.concatenate([worth[:answered], silent[answered:]])


def _threshold(table: Table, budget: float) -> Threshold:
    answerable, unanswerable = table.split("confidence")
    confidence = threshold_at(answerable, budget)
    facts, _ = table.split("forced_facts")
    return Threshold(
        budget,
        confidence,
        float(np.mean(answerable < confidence)),
        float(np.mean(unanswerable < confidence)),
        float(np.mean(facts * (answerable >= confidence))),
    )
