"""Ablations: reading with one part exchanged at a time, on the same questions: ``python -m evals.ablation FILE``.

FILE is in SQuAD's layout. Retrieval is the same for every variant; what is exchanged is the quantization, how many
units of evidence the reader reads, and with ``--adapters`` the adapter.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from rich.progress import track
from scipy.stats import mannwhitneyu

from evals import squad, text_matching
from evals.case import Case, Proof
from evals.suite_libraries import open_libraries
from index.embedder import Embedder
from index.library import Library
from index.search import Hit
from rag.adapter import ADAPTER, fastest_type, merged
from rag.assistant import CANDIDATES, FEW, HITS
from rag.confidence import confidence
from rag.evidence import Evidence, merged_hits, queries, select
from rag.generation import Reading
from rag.language_model import LanguageModel
from rag.models import packaged_model
from rag.reader import Reader

DECLINES = 0.15  # share of answerable questions that may be declined where abstention is compared


@dataclass(frozen=True)
class Asked:
    case: Case
    proofs: Sequence[Proof]
    hits: Sequence[Hit]


@dataclass(frozen=True)
class Variant:
    """A reader of ``evidence`` units: the packaged model with ``adapter`` merged in, in a type of GGUF."""

    name: str
    adapter: Path = ADAPTER
    quantization: str = field(default_factory=fastest_type)
    evidence: int = FEW

    def reader(self) -> Reader:
        return Reader(LanguageModel(merged(packaged_model(), self.adapter, self.quantization), self.name))


SHIPPED = Variant("as shipped")
VARIANTS = (
    SHIPPED,
    *(replace(SHIPPED, name=name, quantization=name) for name in ("BF16", "Q8_0", "Q4_0")),
    *(replace(SHIPPED, name=f"{count} units", evidence=count) for count in (3, 6, CANDIDATES)),
)


@dataclass(frozen=True)
class Row:
    """A variant's figures; ``abstains`` at DECLINES, ``area`` under the curve (ROC) of the confidence, by which the
    answerable are told from the others; ``seconds`` a question, the median."""

    name: str
    f1: float
    exact: float
    cited: float
    abstains: float
    area: float
    seconds: float


def measure(variant: Variant, asked: Sequence[Asked], library: Library) -> Row:
    reader = variant.reader()
    right: list[tuple[float, float, float]] = []
    sure: dict[bool, list[float]] = {True: [], False: []}
    seconds = []
    for one in track(asked, variant.name, transient=True, disable=not sys.stdout.isatty()):
        evidence = select(one.case.question, one.hits, variant.evidence, library.article)
        began = time.perf_counter()
        read = reader.read(one.case.question, [e.line for e in evidence], (), [e.score for e in evidence])
        seconds.append(time.perf_counter() - began)
        sure[one.case.answerable].append(confidence(one.case.question, read, evidence, one.hits))
        if one.case.answerable:
            right.append(_right(read, evidence, one))
    reader.model.close()
    threshold = np.quantile(sure[True], DECLINES)
    f1, exact, cited = np.mean(right, axis=0)
    abstains = float(np.mean(np.array(sure[False]) < threshold))
    larger = mannwhitneyu(sure[True], sure[False]).statistic  # pairs; their share is the area
    area = float(larger) / (len(sure[True]) * len(sure[False]))
    return Row(variant.name, f1, exact, cited, abstains, area, float(np.median(seconds)))


def _right(read: Reading, evidence: Sequence[Evidence], one: Asked) -> tuple[float, float, float]:
    if not read.candidates:
        return 0.0, 0.0, 0.0
    best, golds = read.candidates[0], one.case.contains[0]
    quoted = evidence[best.label - 1]
    cited = any(p.article == quoted.article and quoted.start <= p.start and p.end <= quoted.end for p in one.proofs)
    return text_matching.token_f1(best.text, golds), text_matching.exact(best.text, golds), float(cited)


def table(rows: Sequence[Row]) -> str:
    """``rows`` as Markdown."""
    head = (
        "variant",
        "token F1",
        "exact match",
        "cited",
        f"abstains at {DECLINES:.0%} declined",
        "area under the curve",
        "seconds",
    )
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for r in rows:
        values = (f"{v:.3f}" for v in (r.f1, r.exact, r.cited, r.abstains, r.area, r.seconds))
        lines.append(f"| {r.name} | {' | '.join(values)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--sample", type=int, default=50, help="questions of each kind, answerable and not")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--adapters", type=Path, nargs="*", metavar="FILE", help="compare these with each other only")
    parser.add_argument("--cache", type=Path, default=Path(".rag/evals/cache"))
    options = parser.parse_args()
    suite = squad.load(options.file, options.cache)
    draw = random.Random(options.seed)
    cases = [c for kind in (True, False) for c in _drawn(suite.cases, kind, options.sample, draw)]
    with ExitStack() as stack:
        library = open_libraries([suite], options.cache, Embedder(), stack)["squad"]
        hits = [merged_hits(library.search_all(queries(c.question), HITS)) for c in cases]
        asked = [Asked(c, suite.proofs.get(c.id, []), found) for c, found in zip(cases, hits, strict=True)]
        variants = [replace(SHIPPED, name=file.stem, adapter=file) for file in options.adapters or ()] or VARIANTS
        print(table([measure(variant, asked, library) for variant in variants]))


def _drawn(cases: Sequence[Case], answerable: bool, count: int, draw: random.Random) -> list[Case]:
    kind = [c for c in cases if c.answerable is answerable]
    return draw.sample(kind, min(count, len(kind)))


if __name__ == "__main__":
    main()
