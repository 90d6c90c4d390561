"""The gate: the figures that must hold, in ``gate.toml``; ``python -m evals.gate RUN`` sets them from a run."""

import sys
import tomllib
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path

from evals.figures import BY_NAME, Figure, Measured
from evals.results import Results
from index.errors import FootnoteError, UsageError

FILE = Path(__file__).with_name("gate.toml")
GUARDED = (
    "facts",
    "facts_cited",
    "list_facts",
    "partial_facts",
    "partial_invented",
    "forbidden",
    "unsupported",
    "citation_validity",
    "citation_recall",
    "citation_precision",
    "gold_recall",
    "abstains",
    "declines",
    "risk_area",
    "recall_at_5",
    "mrr",
)
UNFAILING = ("citation_validity", "forbidden", "unsupported")
HEADER = """\
# The figures that must hold: the measured one less its noise, one bootstrap standard error and at least one case.
# Set by: python -m evals.gate RUN (the folder of a run of rag eval)
"""

Bounds = dict[str, dict[str, float]]  # suite → figure → bound


@dataclass(frozen=True)
class Breach:
    """A figure that does not hold."""

    suite: str
    figure: Figure
    value: float
    bound: float

    def __str__(self) -> str:
        side = "at least" if self.figure.higher_is_better else "at most"
        return f"{self.suite}: {self.figure.label} is {self.value:.3f}, and must be {side} {self.bound:.3f}"


def read(file: Path = FILE) -> Bounds:
    """The bounds in ``file``; raises UsageError for a file that is not a gate."""
    try:
        bounds: Bounds = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} can't be read: {error}.") from error
    for suite, figures in bounds.items():
        if not isinstance(figures, dict):
            raise UsageError(f"{file}: {suite} stands outside of a [suite].")
        for name, bound in figures.items():
            if name not in BY_NAME or not isinstance(bound, int | float):
                raise UsageError(f"{file}, [{suite}]: {name} is no bound of a figure ({', '.join(BY_NAME)}).")
    return bounds


def check(results: Results, bounds: Bounds) -> list[Breach]:
    """The figures of ``results`` that miss their bound; suites that were not run are not judged."""
    breaches = []
    for suite, measured in results.figures.items():
        for name, bound in bounds.get(suite, {}).items():
            figure = BY_NAME[name]
            value = measured[name].value if name in measured else float("nan")
            if not (value >= bound if figure.higher_is_better else value <= bound):
                breaches.append(Breach(suite, figure, value, bound))
    return breaches


def new_gate(results: Results) -> str:
    """A gate that ``results`` just pass, as TOML: each guarded figure less its noise."""
    lines = [HEADER]
    for suite, measured in results.figures.items():
        lines.append(f"[{suite}]")
        for name in GUARDED:
            if name in measured:
                one = measured[name]
                lines.append(f"{name} = {_bound(name, one):.3f}  # measured {one.value:.3f} ± {one.error:.3f}")
        lines.append("")
    return "\n".join(lines)


def _bound(name: str, measured: Measured) -> float:
    """The value less its noise, rounded to the worse side; what must never fail has none."""
    noise = 0.0 if name in UNFAILING else max(measured.error, 1 / measured.cases)
    if BY_NAME[name].higher_is_better:
        return floor(1000 * (measured.value - noise)) / 1000
    return ceil(1000 * (measured.value + noise)) / 1000


if __name__ == "__main__":
    try:
        FILE.write_text(new_gate(Results.read(Path(sys.argv[1]))), encoding="utf-8")
    except (FootnoteError, IndexError) as error:
        sys.exit(str(error) if isinstance(error, FootnoteError) else "Say which run: python -m evals.gate RUN")
