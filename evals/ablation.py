"""Ablations: reading with one part exchanged at a time, on the same questions: ``python -m evals.ablation FILE``.

FILE is in SQuAD's layout. Retrieval is the same for every variant; what is exchanged is the adapter, the constraints
on decoding, the quantization and how many sentences the model reads.
"""

import argparse
import random
import re
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from rich.progress import track
from scipy.stats import mannwhitneyu

from evals import squad, wording
from evals.case import Case, Proof
from evals.shelf import stock
from index.embedder import Embedder
from index.search import Hit
from rag.adapter import ADAPTER, merged, quickest
from rag.answer_type import expected
from rag.assistant import EVIDENCE, HITS, confidence
from rag.evidence import Evidence, select
from rag.generation import Candidate, Generation, generate
from rag.language_model import LanguageModel
from rag.models import packaged_model
from rag.prompt import NO_ANSWER, prompt

DECLINES = 0.15  # share of answerable questions that may be declined where abstention is compared
LONGEST = 32  # tokens of an answer without constraints
REPLY = re.compile(r"(?P<label>\d)\]?\s*(?P<words>[^\n]*)")


@dataclass(frozen=True)
class Asked:
    case: Case
    proofs: Sequence[Proof]
    hits: Sequence[Hit]


@dataclass(frozen=True)
class Variant:
    """What reads: the packaged model with or without the adapter; ``held`` to spans, or decoding greedily."""

    name: str
    adapter: Path | None = ADAPTER
    held: bool = True
    typed: bool = True
    quantization: str = field(default_factory=quickest)
    evidence: int = EVIDENCE

    def model(self) -> LanguageModel:
        base = packaged_model()
        file = merged(base, self.adapter, self.quantization) if self.adapter else base
        return LanguageModel(file, self.name, trained=bool(self.adapter))

    def read(self, model: LanguageModel, question: str, evidence: Sequence[Evidence]) -> Generation:
        texts = [e.text for e in evidence]
        asked = prompt(model, texts, question)
        if not self.held:
            return greedy(model, asked, len(texts))
        wanted = expected(question) if self.typed else None
        return generate(model, asked, texts, (), [e.score for e in evidence], wanted)


SHIPPED = Variant("as shipped")
VARIANTS = (
    replace(SHIPPED, name="neither adapter nor constraints", adapter=None, held=False),
    replace(SHIPPED, name="no adapter", adapter=None),
    replace(SHIPPED, name="no constraints", held=False),
    replace(SHIPPED, name="no expected answer type in decoding", typed=False),
    SHIPPED,
    replace(SHIPPED, name="BF16", quantization="BF16"),
    replace(SHIPPED, name="Q8_0", quantization="Q8_0"),
    replace(SHIPPED, name="Q4_0", quantization="Q4_0"),
    replace(SHIPPED, name="3 sentences", evidence=3),
    replace(SHIPPED, name="6 sentences", evidence=6),
    replace(SHIPPED, name="9 sentences", evidence=9),
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


def greedy(model: LanguageModel, asked: Sequence[int], sentences: int) -> Generation:
    """The most probable token, one after the other, read as ``label] words``; no label or a false one is none."""
    tokens: list[int] = []
    total = 0.0
    while len(tokens) < LONGEST:
        row = model.next([*asked, *tokens])
        best = int(row.argmax())
        total += float(row[best])
        if best in model.ends:
            break
        tokens.append(best)
    said = b"".join(map(model.piece, tokens)).decode(errors="replace").strip()
    reply = REPLY.match(said)
    label = int(reply["label"]) if reply and int(reply["label"]) <= sentences else NO_ANSWER
    silent = 1.0 if label == NO_ANSWER else 0.0
    words = reply["words"] if reply else said
    return Generation((silent, 1.0 - silent), (Candidate(label, words, total),) if label else ())


def measure(variant: Variant, asked: Sequence[Asked]) -> Row:
    model = variant.model()
    right: list[tuple[float, float, float]] = []
    sure: dict[bool, list[float]] = {True: [], False: []}
    seconds = []
    for one in track(asked, variant.name, transient=True, disable=not sys.stdout.isatty()):
        evidence = select(one.case.question, one.hits, variant.evidence)
        began = time.perf_counter()
        read = variant.read(model, one.case.question, evidence)
        seconds.append(time.perf_counter() - began)
        sure[one.case.answerable].append(confidence(one.case.question, read, evidence, one.hits))
        if one.case.answerable:
            right.append(_right(read, evidence, one))
    model.close()
    threshold = np.quantile(sure[True], DECLINES)
    f1, exact, cited = np.mean(right, axis=0)
    abstains = float(np.mean(np.array(sure[False]) < threshold))
    larger = mannwhitneyu(sure[True], sure[False]).statistic  # pairs; their share is the area
    area = float(larger) / (len(sure[True]) * len(sure[False]))
    return Row(variant.name, f1, exact, cited, abstains, area, float(np.median(seconds)))


def _right(read: Generation, evidence: Sequence[Evidence], one: Asked) -> tuple[float, float, float]:
    if not read.candidates:
        return 0.0, 0.0, 0.0
    best, golds = read.candidates[0], one.case.contains[0]
    quoted = evidence[best.label - 1]
    cited = any(p.article == quoted.article and quoted.start <= p.start and p.end <= quoted.end for p in one.proofs)
    return wording.token_f1(best.text, golds), wording.exact(best.text, golds), float(cited)


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
        library = stock([suite], options.cache, Embedder(), stack)["squad"]
        asked = [Asked(c, suite.proofs.get(c.id, []), library.search(c.question, HITS)) for c in cases]
    variants = [replace(SHIPPED, name=file.stem, adapter=file) for file in options.adapters or ()] or VARIANTS
    print(table([measure(variant, asked) for variant in variants]))


def _drawn(cases: Sequence[Case], answerable: bool, count: int, draw: random.Random) -> list[Case]:
    kind = [c for c in cases if c.answerable is answerable]
    return draw.sample(kind, min(count, len(kind)))


if __name__ == "__main__":
    main()
