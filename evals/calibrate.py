"""Fits the confidence: ``python -m evals.calibrate FILE``, the training file with human negatives, in SQuAD's layout.

It takes the articles that `rag/training/build.py` keeps from training, on which no figure is reported. Each question's
signs (`rag/confidence.py`) are fitted by logistic regression (Platt 1999): the reader's for each count of units, then,
on an answerable and an unanswerable question of each paragraph, the reader's confidence and the writer's best verdict.
"""

import argparse
import random
import tempfile
from collections import deque
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
from rag.assistant import CANDIDATES, ENOUGH, FEW, MOST, Assistant
from rag.confidence import signs
from rag.evidence import thinned
from rag.models import Models
from rag.question import kind
from rag.training.build import HELD_OUT
from rag.work import Work

SURE = 1e-4  # a confidence is at least this far from 0 and 1
DECLINED = (0.05, 0.07, 0.1, 0.15)  # shares of the answerable for which a threshold is printed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--sample", type=int, default=700, help="questions for the reader's signs")
    parser.add_argument("--pairs", type=int, default=100, help="pairs of questions for the writer's verdict")
    parser.add_argument("--count", type=int, nargs="*", default=[FEW], help="units of evidence")
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
            assistant = Assistant(library, Models())
            for count in options.count:
                asked = track(cases[: options.sample], f"{count} units")
                rows = [(*_signs(assistant, case, count), case.answerable) for case in asked]
                _fit(np.array(rows, dtype=float), ("slope", "covered", "bias"))
            if assistant.models.writer:
                paired = track(list(chain.from_iterable(_pairs(suite, cases)[: options.pairs])), "verdicts")
                judged = [(*_judged(assistant, case), case.answerable) for case in paired]
                _fit(np.array(judged, dtype=float), ("reader", "verdict", "offset"))


def _pairs(suite: Suite, cases: Sequence[Case]) -> list[tuple[Case, Case]]:
    """An answerable and an unanswerable question of each paragraph that has both."""
    found: dict[object, dict[bool, Case]] = {}
    for case in cases:
        place = suite.paragraphs[case.id]
        found.setdefault((place.article, place.start), {}).setdefault(case.answerable, case)
    return [(pair[True], pair[False]) for pair in found.values() if len(pair) == 2]


def _signs(assistant: Assistant, case: Case, count: int) -> tuple[float, float]:
    """The reader's log-odds, and what of the question's names does not stand near (0 where all do)."""
    work = Work(case.question, kind(case.question), hits=assistant.search(case.question))
    deque(assistant.read(work, count), 0)
    assert work.reading
    odds, covered = signs(case.question, work.reading, work.evidence, work.hits)
    return odds, covered - 1


def _judged(assistant: Assistant, case: Case) -> tuple[float, float]:
    """The log-odds of the reader's confidence, and the best of the writer's verdicts."""
    work = Work(case.question, kind(case.question), hits=assistant.search(case.question))
    deque(assistant.read(work, CANDIDATES), 0)
    assert work.reading and assistant.models.writer
    judged = thinned(work.evidence, work.reading.labels, MOST, MOST, ENOUGH)
    verdicts = assistant.models.writer.verdicts(case.question, [e.line for e in judged])
    return float(logit(np.clip(work.confidence, SURE, 1 - SURE))), max(verdicts or [0.0])


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
