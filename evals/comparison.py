"""Comparisons: two runs case by case, and whether a difference is more than noise."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.figures import FIGURES, Figure, Measured, resampled
from evals.record import Record
from evals.results import Results, by_suite
from evals.table import Table
from index.errors import UsageError


@dataclass(frozen=True)
class Difference:
    """A figure's change from A to B on the cases of a suite that both have, with its paired bootstrap interval."""

    figure: Figure
    before: float
    after: float
    change: Measured

    @property
    def verdict(self) -> str:
        if self.change.low <= 0 <= self.change.high:
            return "no difference beyond noise"
        return "better" if (self.change.value > 0) == self.figure.higher_is_better else "worse"


@dataclass(frozen=True)
class Comparison:
    """Run A against run B: the differences by suite, and the cases that flipped."""

    a: str
    b: str
    differences: dict[str, list[Difference]]
    won: list[tuple[Record, Record]]
    lost: list[tuple[Record, Record]]


def compare(a: Results, b: Results) -> Comparison:
    """``a`` against ``b`` on the cases that both hold; raises UsageError when they share none."""
    others = {record.id: record for record in b.records}
    pairs = [(record, others[record.id]) for record in a.records if record.id in others]
    if not pairs:
        raise UsageError(f"The runs {a.name} and {b.name} have no case in common.")
    pairs_of = {suite: [(r, others[r.id]) for r in ones] for suite, ones in by_suite(p[0] for p in pairs).items()}
    return Comparison(
        a.name,
        b.name,
        {suite: _differences(ones) for suite, ones in pairs_of.items()},
        won=[(one, other) for one, other in pairs if other.passed and not one.passed],
        lost=[(one, other) for one, other in pairs if one.passed and not other.passed],
    )


def _differences(pairs: Sequence[tuple[Record, Record]]) -> list[Difference]:
    """The same rows are drawn from both runs, so that what is hard for both cancels out."""
    before, after = Table.of([one for one, _ in pairs]), Table.of([other for _, other in pairs])
    return [_difference(f, before, after) for f in FIGURES if f.cases(before) and f.cases(after)]


def _difference(figure: Figure, before: Table, after: Table) -> Difference:
    def change(drawn: Table) -> float:
        return figure.of(after.take(drawn.rows)) - figure.of(drawn)

    return Difference(figure, figure.of(before), figure.of(after), resampled(change, before, figure.cases(before)))
