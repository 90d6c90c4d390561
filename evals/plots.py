"""Plots as SVG text, for a report that is one file."""

import io
import re
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure as Canvas

from evals.calibration import bins
from evals.figures import risk_coverage
from evals.record import Record
from evals.table import Table


def curves(suites: Mapping[str, Sequence[Record]]) -> str:
    """The risk–coverage curve of each suite."""
    canvas = Canvas(figsize=(6, 3.4), layout="constrained")
    axes = canvas.subplots()
    for suite, records in suites.items():
        coverage, risk = risk_coverage(Table.of(records))
        axes.plot(coverage, risk, label=suite, drawstyle="steps-post")
    axes.set(xlabel="coverage: share of questions answered", ylabel="risk: share of answers wrong", ylim=(0, None))
    axes.legend()
    return _svg(canvas)


def reliability(suites: Mapping[str, Sequence[Record]]) -> str:
    """The reliability diagram of each suite: the share of right answers against their confidence, in bins."""
    canvas = Canvas(figsize=(6, 3.4), layout="constrained")
    axes = canvas.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    for suite, records in suites.items():
        points = bins(Table.of(records))
        axes.plot([p.confidence for p in points], [p.right for p in points], label=suite, marker="o")
    axes.set(xlabel="confidence", ylabel="share of answers right", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    return _svg(canvas)


def latencies(suites: Mapping[str, Sequence[Record]]) -> str:
    """How the seconds per question are spread, for each suite."""
    canvas = Canvas(figsize=(6, 3.4), layout="constrained")
    axes = canvas.subplots()
    for suite, records in suites.items():
        axes.ecdf(Table.of(records)["seconds"], label=suite)
    axes.set(xlabel="seconds per question", ylabel="share of questions within", xlim=(0, None))
    axes.legend()
    return _svg(canvas)


def _svg(canvas: Canvas) -> str:
    text = io.StringIO()
    canvas.savefig(text, format="svg", metadata={"Date": None})
    return re.sub(r"^.*?(?=<svg)", "", text.getvalue(), flags=re.DOTALL)
