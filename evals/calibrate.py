"""Fits the confidence: ``python -m evals.calibrate FILE --clapnq FOLDER``.

The reader's signs (`rag/confidence.py`) are fitted by logistic regression (Platt 1999) on questions of FILE, the
training file with human negatives, in SQuAD's layout: of the articles that `rag/training/build.py` keeps from
training. Its confidence and the judge's verdicts are fitted on as many of these questions as on every other one
of FOLDER, in CLAPNQ's layout: reader and probe were trained on questions like those of FILE, and would seem worth more
there than they are elsewhere.
"""

import argparse
import random
import tempfile
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from rich.progress import track
from scipy.optimize import minimize
from scipy.special import expit, logit

from evals import clapnq, squad
from evals.case import Case
from evals.suite import Suite
from evals.suite_libraries import open_libraries
from index.embedder import Embedder
from index.library import Library
from rag.assistant import CANDIDATES, FEW, MOST, Assistant
from rag.confidence import signs
from rag.models import Models
from rag.question import kind
from rag.training.build import HELD_OUT
from rag.work import Work

SURE = 1e-4  # a confidence is at least this far from 0 and 1
DECLINED = (0.05, 0.07, 0.1, 0.15)  # shares of the answerable for which a threshold is printed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--clapnq", type=Path, help="folder, for the writer's verdict")
    parser.add_argument("--sample", type=int, default=700, help="questions of FILE")
    parser.add_argument("--judged", type=int, default=60, help="questions of each kind, answerable and not, of both")
    parser.add_argument("--count", type=int, nargs="*", default=[FEW, CANDIDATES], help="units of evidence")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        asked, library = _kept(squad.load(options.file, Path(folder)), Path(folder), rng, stack)
        assistant = Assistant(library, Models())
        for count in options.count:
            drawn = track(asked[: options.sample], f"{count} units")
            rows = [(*_signs(assistant, case, count), case.answerable) for case in drawn]
            if rows:
                _fit(np.array(rows, dtype=float), ("slope", "covered", "bias"))
        if options.clapnq:
            judged = _all_judged(assistant, _drawn(asked, options.judged, rng))
            suite = clapnq.load(options.clapnq, Path(folder))
            assistant.library = open_libraries([suite], Path(folder), Embedder(), stack)[suite.name]
            others = [case for kind in _kinds(suite.cases) for case in kind[::2]]
            judged += _all_judged(assistant, _drawn(others, options.judged, rng))
            _fit(np.array(judged, dtype=float), ("reader", "verdict", "offset"))


def _kept(suite: Suite, folder: Path, rng: random.Random, stack: ExitStack) -> tuple[list[Case], Library]:
    """The questions on the articles that nothing was trained on, shuffled, and a library of these articles."""
    held = set(rng.sample(sorted({case.category for case in suite.cases}), HELD_OUT))
    cases = [case for case in suite.cases if case.category in held]
    rng.shuffle(cases)
    library = stack.enter_context(Library.open(folder / "library"))
    library.sync([file for file in sorted(suite.articles[0].iterdir()) if file.stem in held])
    return cases, library


def _kinds(cases: Sequence[Case]) -> list[list[Case]]:
    """The answerable ones, and the others."""
    return [[case for case in cases if case.answerable is kind] for kind in (True, False)]


def _drawn(cases: Sequence[Case], count: int, rng: random.Random) -> list[Case]:
    """``count`` answerable and as many unanswerable questions."""
    return [case for kind in _kinds(cases) for case in rng.sample(kind, min(count, len(kind)))]


def _signs(assistant: Assistant, case: Case, count: int) -> tuple[float, float]:
    """The reader's log-odds, and what of the question's names does not stand near (0 where all do)."""
    work = Work(case.question, kind(case.question), hits=assistant.search(case.question))
    deque(assistant.read(work, count), 0)
    assert work.reading
    odds, covered = signs(case.question, work.reading, work.evidence, work.hits)
    return odds, covered - 1


def _all_judged(assistant: Assistant, cases: Sequence[Case]) -> list[tuple[float, float, bool]]:
    return [(*_judged(assistant, case), case.answerable) for case in track(cases, "verdicts")]


def _judged(assistant: Assistant, case: Case) -> tuple[float, float]:
    """The log-odds of the reader's confidence, and the judge's best verdict."""
    work = Work(case.question, kind(case.question), hits=assistant.search(case.question))
    deque(assistant.read(work, CANDIDATES), 0)
    if not assistant.ask_judge(work, MOST):
        raise SystemExit("The writer has no probe, or none is installed: there are no verdicts to fit.")
    return float(logit(np.clip(work.confidence, SURE, 1 - SURE))), max(work.verdicts.values())


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
