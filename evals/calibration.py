"""Calibration: whether answers of a confidence of 0.8 are right eight times in ten, and tell answerable from not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.table import Column, Table
from evals.threshold import mixed

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Answers of nearly the same confidence: its mean, the share that is right, and how many they are."""

    confidence: float
    right: float
    cases: int


def bins(table: Table, count: int = BINS) -> list[Bin]:
    """The answers by confidence in ``count`` bins of equal mass: the points of a reliability diagram.

    Every question counts, also where the assistant abstained, with the answer that it would have given. An answer to
    what the articles do not say is wrong. Having nothing to say is a confidence of 0.
    """
    confidence, right = _columns(table)
    return [
        Bin(float(confidence[rows].mean()), float(right[rows].mean()), len(rows)) for rows in _split(confidence, count)
    ]


def error(table: Table, count: int = BINS) -> Column:
    """The distance between confidence and share of right answers in the bin of each question.

    Its mean is the expected calibration error (Naeini et al. 2015), with bins of equal mass (Nixon et al. 2019,
    "Measuring Calibration in Deep Learning").
    """
    confidence, right = _columns(table)
    distance = np.empty(len(confidence))
    for rows in _split(confidence, count):
        distance[rows] = abs(confidence[rows].mean() - right[rows].mean())
    return distance


def roc_area(table: Table) -> Column:
    """For each answerable question the share of unanswerable ones with less confidence; a tie counts half.

    Its mean is the area under the ROC curve (Hanley & McNeil 1982). Empty without questions of both kinds.
    """
    if not mixed(table):
        return np.array([])
    answerable, unanswerable = table.split("confidence")
    below = np.sort(unanswerable)
    pairs = np.searchsorted(below, answerable, "left") + np.searchsorted(below, answerable, "right")
    return pairs / (2 * len(below))


def _columns(table: Table) -> tuple[Column, Column]:
    return np.clip(table["confidence"], 0.0, 1.0), (table["forced_facts"] == 1.0).astype(float)


def _split(confidence: Column, count: int) -> list[NDArray[np.intp]]:
    parts = np.array_split(np.argsort(confidence, kind="stable"), count)
    return [rows for rows in parts if len(rows)]
