"""Cost as work grows: ``python -m evals.growth FILE --out DIR``; FILE holds paragraphs in SQuAD's JSON layout.

Reading against the length of the evidence, indexing against the number of articles, and the memory of both; searching
against the size of the library is measured by `index.scale`. Each curve comes with the exponent of the power law that
fits it best, cost = c · size^exponent (least squares on logarithms): 1 is proportional, below 1 a fixed part weighs.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
import psutil

from evals.speed import RAG, process
from index import squad
from index.unit import units
from rag.models import reader
from rag.prompt import Line

ARTICLES = (16, 64, 256, 1024)  # as many of them as there are paragraphs for
MOST = 16  # units of evidence
UNITS = (1, 2, 4, 8, MOST)
RUNS = 5


@dataclass(frozen=True)
class Curve:
    """Cost in ``unit`` at each size."""

    what: str
    of: str
    unit: str
    sizes: list[float]
    costs: list[float]

    @property
    def exponent(self) -> float:
        return float(np.polyfit(np.log(self.sizes), np.log(self.costs), 1)[0])

    def __str__(self) -> str:
        points = "  ".join(f"{size:g}: {cost:.3g}" for size, cost in zip(self.sizes, self.costs, strict=True))
        return f"{self.what}, {self.unit}, by {self.of}: {points}  exponent {self.exponent:.2f}"


def indexing(paragraphs: Sequence[str], folder: Path, counts: Sequence[int]) -> Iterator[Curve]:
    """`rag index` as a whole process; every paragraph is an article."""
    spent = []
    for count in counts:
        articles = folder / f"articles-{count}"
        articles.mkdir()
        for number, text in enumerate(paragraphs[:count]):
            (articles / f"{number}.txt").write_text(text, encoding="utf-8")
        spent.append(process(*RAG, "--library", str(folder / f"library-{count}"), "index", str(articles)))
    sizes = [float(count) for count in counts]
    yield Curve("indexing", "articles", "s", sizes, [s.seconds for s in spent])
    yield Curve("indexing, peak memory", "articles", "MB", sizes, [s.memory for s in spent])


def asking(folder: Path, counts: Sequence[int]) -> Iterator[Curve]:
    """`rag ask --quick` as a whole process, on the libraries that `indexing` left."""
    question = "When did it begin?"
    ask = ("ask", "--quick", question)
    spent = [process(*RAG, "--library", str(folder / f"library-{n}"), *ask, accept=(0, 3)) for n in counts]
    sizes = [float(count) for count in counts]
    yield Curve("a cold quick answer", "articles", "s", sizes, [s.seconds for s in spent])
    yield Curve("a cold quick answer, peak memory", "articles", "MB", sizes, [s.memory for s in spent])


def reading(paragraphs: Sequence[str]) -> Iterator[Curve]:
    """The reader alone, from evidence to spans, nothing of it read before."""
    model = reader()
    lines = [Line(unit.text) for text in paragraphs for unit in units(text)]
    tokens: list[float] = []
    seconds: list[float] = []
    memory: list[float] = []
    for count in UNITS:
        times = []
        for run in range(RUNS):
            model.warm_up()  # it forgets what it read before
            began = time.perf_counter()
            read = model.read("When did it begin?", lines[run * MOST :][:count])
            times.append(time.perf_counter() - began)
        tokens.append(float(read.tokens))
        seconds.append(median(times))
        memory.append(psutil.Process().memory_info().rss / 1e6)
    yield Curve("reading", "tokens evaluated", "s", tokens, seconds)
    yield Curve("reading, memory", "tokens evaluated", "MB", tokens, memory)


def plot(curves: Sequence[Curve], file: Path) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(curves), figsize=(4 * len(curves), 3.5), layout="constrained")
    for axis, curve in zip(axes, curves, strict=True):
        axis.plot(curve.sizes, curve.costs, marker="o")
        axis.set(title=f"{curve.what}, {curve.unit}", xlabel=curve.of, xscale="log", yscale="log")
        axis.annotate(f"exponent {curve.exponent:.2f}", (0.05, 0.9), xycoords="axes fraction")
    figure.savefig(file)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.growth", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="where growth.json and growth.svg are left")
    options = parser.parse_args()
    paragraphs = [paragraph.context for title in squad.read(options.file) for paragraph in title.paragraphs]
    counts = [count for count in ARTICLES if count <= len(paragraphs)]
    with tempfile.TemporaryDirectory() as folder:
        curves = [*indexing(paragraphs, Path(folder), counts), *asking(Path(folder), counts)]
    curves += reading(paragraphs)
    options.out.mkdir(parents=True, exist_ok=True)
    found = [asdict(curve) | {"exponent": curve.exponent} for curve in curves]
    (options.out / "growth.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    plot(curves, options.out / "growth.svg")
    print(*curves, sep="\n")


if __name__ == "__main__":
    main()
