"""Calibration, the area under ROC, and thresholds: on tables small enough to work out by hand."""

import numpy as np
import pytest

from evals import calibration, threshold
from evals.table import Table


def table(rows: list[tuple[bool, float, float]], **more: list[float]) -> Table:
    """Rows of (answerable, confidence, facts that the answer would have got right)."""
    columns = {
        name: np.array([row[number] for row in rows], dtype=float)
        for number, name in enumerate(("answerable", "confidence", "forced_facts"))
    }
    columns |= {name: np.array(values, dtype=float) for name, values in more.items()}
    return Table(columns, np.arange(len(rows)))


MIXED = table([(True, 0.9, 1), (True, 0.5, 0), (False, 0.5, 0), (False, 0.1, 0)])


def test_the_area_is_the_share_of_pairs_in_the_right_order_and_a_tie_is_half() -> None:
    assert calibration.roc_area(MIXED).mean() == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert not len(calibration.roc_area(MIXED.take(np.array([0, 1]))))


def test_calibration_error_is_the_distance_of_each_bin_by_its_mass() -> None:
    assert calibration.error(MIXED, 2).mean() == pytest.approx((abs(0.3 - 0.0) + abs(0.7 - 0.5)) / 2)
    low, high = calibration.bins(MIXED, 2)
    assert (low.confidence, low.right, low.cases) == pytest.approx((0.3, 0.0, 2))
    assert (high.confidence, high.right, high.cases) == pytest.approx((0.7, 0.5, 2))


def test_having_nothing_to_say_is_a_confidence_of_nought() -> None:
    assert calibration.error(table([(False, -1.0, 0)])).mean() == 0.0


def test_abstention_at_a_budget() -> None:
    rows = [(True, 0.1 * n, 1.0) for n in range(1, 11)] + [(False, 0.15, 0.0), (False, 0.95, 0.0)]
    assert threshold.abstained(table(rows), 0.10).tolist() == [1.0, 0.0]
    assert threshold.abstained(table(rows), 0.05).tolist() == [0.0, 0.0]
    assert threshold.threshold_at(np.arange(20.0), 0.15) == 3.0


def test_the_best_threshold_of_squad_weighs_answers_against_abstentions() -> None:
    rows = [(True, 0.9, 1), (False, 0.8, 0), (True, 0.7, 1), (True, 0.6, 1), (False, 0.1, 0)]
    scored = table(rows, forced_f1=[1.0, 0.0, 0.5, 1.0, 0.0])
    assert threshold.best(scored, "forced_f1").mean() == pytest.approx((1 + 0 + 0.5 + 1 + 1) / 5)
    hopeless = table([(True, 0.1, 0), (False, 0.9, 0)], forced_f1=[0.2, 0.0])
    assert threshold.best(hopeless, "forced_f1").mean() == 0.5
