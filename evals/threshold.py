"""Thresholds: what abstaining below a confidence costs, and what it saves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.figures import Table
from evals.record import Record

BUDGETS = (0.05, 0.10, 0.15)  # the shares of answerable questions that may be declined


@dataclass(frozen=True)
class Threshold:
    """Abstaining below ``confidence`` declines and abstains these shares of (un)answerable questions.

    ``facts`` is the share of facts right, counting the cited sentence, over all answerable questions.
    """

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
    found = []
    for budget in budgets:
        allowed = [level for level in levels if np.mean(table["confidence"][answerable] < level) <= budget]
        found.append(at(table, float(allowed[-1])))
    return found


def at(table: Table, confidence: float) -> Threshold:
    """What the threshold ``confidence`` does to the cases in ``table``."""
    answerable = table["answerable"] == 1
    silent = table["confidence"] < confidence
    return Threshold(
        confidence,
        float(silent[answerable].mean()),
        float(silent[~answerable].mean()),
        float((table["undeterred_facts"] * ~silent)[answerable].mean()),
    )
