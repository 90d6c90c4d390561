"""Thresholds: what abstaining below a confidence costs, and what it saves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.figures import Column, Table
from evals.record import Record

BUDGETS = (0.05, 0.10, 0.15)  # the shares of answerable questions that may be declined


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
    answerable = table["answerable"] == 1
    if answerable.all() or not answerable.any():
        return []
    levels = np.unique(np.append(table["confidence"], 0.0))
    return [_highest(table, levels, answerable, budget) for budget in budgets]


def _highest(table: Table, levels: Column, answerable: NDArray[np.bool_], budget: float) -> Threshold:
    confidence = max(level for level in levels if np.mean(table["confidence"][answerable] < level) <= budget)
    silent = table["confidence"] < confidence
    return Threshold(
        budget,
        float(confidence),
        float(silent[answerable].mean()),
        float(silent[~answerable].mean()),
        float((table["undeterred_facts"] * ~silent)[answerable].mean()),
    )
