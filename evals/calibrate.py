"""Fits the confidence: ``python -m evals.calibrate FILE``, the training file with human negatives, in SQuAD's layout.

It takes the articles that `rag/training/build.py` keeps from training, on which no figure is reported. Each question's
signs (`rag/confidence.py`) are fitted by logistic regression (Platt 1999): the reader's for each count of units, then,
on one answerable and one unanswerable question of each paragraph, the reader's confidence and the writer's verdict.
"""

import argparse
import random
import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from rich.progress import track
from scipy.optimize import minimize
from scipy.special import expit, logit

from evals import squad
from evals.case import Case
from evals.suite import Suite
from index.library import Library
from rag.assistant import CANDIDATES, ENOUGH, FEW, FEWEST, HITS, MOST
from rag.confidence import confidence, signs
from rag.evidence import searches, select, thinned, together
from rag.models import reader, writer
from rag.reader import Reader
from rag.training.build import HELD_OUT
from rag.writer import Writer

DECLINED = (0.05, 0.07, 0.1, 0.15)  # shares of the answerable for which a threshold is printed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--sample", type=int, default=700, help="questions for the reader's signs")
    parser.add_argument("--pairs", type=int, default=100, help="pairs of questions for the writer's verdict")
    parser.add_argument("--count", type=int, nargs="*", default=[FEW, CANDIDATES], help="units of evidence")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        suite = squad.load(options.file, Path(folder))
        rng = random.Random(options.seed)
        held = set(rng.sample(sorted({case.category for case in suite.cases}), HELD_OUT))
        cases = [case for case in suite.cases if case.category in held]
        rng.shuffle(cases)
        with Library.open(Path(folder) / "library") as library:
            library.sync([file for file in sorted(suite.articles[0].iterdir()) if file.stem in held])
            reads, writes = reader(), writer()
            for count in options.count:
                asked = track(cases[: options.sample], f"{count} units")
                rows = [(*_signs(library, reads, case, count), case.answerable) for case in asked]
                _fit(np.array(rows, dtype=float), ("slope", "covered", "bias"))
            if writes:
                paired = track(list(chain.from_iterable(_pairs(suite, cases)[: options.pairs])), "verdicts")
                judged = [(*_judged(library, reads, writes, case), case.answerable) for case in paired]
                _fit(np.array(judged, dtype=float), ("reader", "verdict", "offset"))


def _pairs(suite: Suite, cases: Sequence[Case]) -> list[tuple[Case, Case]]:
    """An answerable and an unanswerable question of each paragraph that has both."""
    found: dict[object, dict[bool, Case]] = {}
    for case in cases:
        place = suite.paragraphs[case.id]
        found.setdefault((place.article, place.start), {}).setdefault(case.answerable, case)
    return [(pair[True], pair[False]) for pair in found.values() if len(pair) == 2]


def _signs(library: Library, reads: Reader, case: Case, count: int) -> tuple[float, float]:
    """The reader's log-odds, and what of the question's names does not stand near (0 where all do)."""
    hits = together(library.search_all(searches(case.question), HITS))
    evidence = select(case.question, hits, count, library.article)
    read = reads.read(case.question, [e.undated for e in evidence], (), [e.score for e in evidence])
    odds, covered = signs(case.question, read, evidence, hits)
    return odds, covered - 1


def _judged(library: Library, reads: Reader, writes: Writer, case: Case) -> tuple[float, float]:
    """The log-odds of the reader's confidence, and the writer's verdict."""
    hits = together(library.search_all(searches(case.question), HITS))
    evidence = select(case.question, hits, CANDIDATES, library.article)
    read = reads.read(case.question, [e.undated for e in evidence], (), [e.score for e in evidence])
    chosen = thinned(evidence, read.labels, FEWEST, MOST, ENOUGH)
    verdict = writes.verdict(case.question, [e.line for e in chosen])
    return float(logit(confidence(case.question, read, evidence, hits))), verdict or 0.0


def _fit(rows: np.ndarray, names: tuple[str, str, str]) -> None:
    """Fits two weights and a bias, and prints them with what they give."""
    one, other, answerable = rows.T
    weight = np.where(answerable == 1, 0.5 / answerable.mean(), 0.5 / (1 - answerable.mean()))

    def probability(x: np.ndarray) -> np.ndarray:
        return np.asarray(expit(x[0] * one + x[1] * other + x[2]))

    def loss(x: np.ndarray) -> float:
        p = probability(x)
        return float(-(weight * np.log(np.where(answerable == 1, p, 1 - p) + 1e-9)).mean())

    best = minimize(loss, np.array([0.5, 1.0, 0.0]), method="Nelder-Mead").x
    p = probability(best)
    right, wrong = p[answerable == 1], p[answerable == 0]
    print(len(rows), "questions:", ", ".join(f"{n} {x:.3f}" for n, x in zip(names, best, strict=True)))
    print(f"  area {(right[:, None] > wrong[None]).mean():.3f}")
    for share in DECLINED:
        threshold = np.quantile(right, share)
        print(f"  declines {share:.0%}: threshold {threshold:.3f}, abstains {(wrong < threshold).mean():.3f}")


if __name__ == "__main__":
    main()
