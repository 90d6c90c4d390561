"""Fits the confidence: ``python -m evals.calibrate FILE``, the training file with human negatives, in SQuAD's layout.

It takes the articles that `rag/training/build.py` keeps from training, on which no figure is reported. Each question's
signs (`rag/confidence.py`) are fitted by logistic regression (Platt 1999), and the thresholds decline 15% of the
answerable questions.
"""

import argparse
import random
import tempfile
from pathlib import Path

import numpy as np
from rich.progress import track
from scipy.optimize import minimize
from scipy.special import expit

from evals import squad
from index.library import Library
from rag.assistant import CANDIDATES, FEW, HITS
from rag.confidence import signs
from rag.evidence import searches, select, together
from rag.models import reader
from rag.training.build import HELD_OUT

DECLINED = 0.15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--sample", type=int, default=700, help="questions")
    parser.add_argument("--count", type=int, nargs="*", default=[FEW, CANDIDATES], help="units of evidence")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        suite = squad.load(options.file, Path(folder))
        rng = random.Random(options.seed)
        held = set(rng.sample(sorted({case.category for case in suite.cases}), HELD_OUT))
        cases = [case for case in suite.cases if case.category in held]
        rng.shuffle(cases)
        files = [file for file in sorted(suite.articles[0].iterdir()) if file.stem in held]
        with Library.open(Path(folder) / "library") as library:
            library.mirror(files)
            model = reader()
            for count in options.count:
                rows = []
                for case in track(cases[: options.sample], f"{count} units"):
                    hits = together(library.search_all(searches(case.question), HITS))
                    evidence = select(case.question, hits, count, library.article)
                    read = model.read(case.question, [e.line for e in evidence], (), [e.score for e in evidence])
                    rows.append((*signs(case.question, read, evidence, hits), case.answerable))
                _fit(np.array(rows, dtype=float), count)


def _fit(rows: np.ndarray, count: int) -> None:
    odds, covered, answerable = rows.T
    weight = np.where(answerable == 1, 0.5 / answerable.mean(), 0.5 / (1 - answerable.mean()))

    def loss(x: np.ndarray) -> float:
        p = expit(x[0] * odds + x[1] * (covered - 1) + x[2])
        return float(-(weight * np.log(np.where(answerable == 1, p, 1 - p) + 1e-9)).mean())

    best = minimize(loss, np.array([0.5, 1.0, 0.0]), method="Nelder-Mead").x
    p = expit(best[0] * odds + best[1] * (covered - 1) + best[2])
    threshold = np.quantile(p[answerable == 1], DECLINED)
    area = (p[answerable == 1][:, None] > p[answerable == 0][None]).mean()
    print(
        f"{count} units, {len(rows)} questions: slope {best[0]:.3f}, covered {best[1]:.3f}, bias {best[2]:.3f}, "
        f"threshold {threshold:.3f}, area {area:.3f}, abstains {(p[answerable == 0] < threshold).mean():.3f}"
    )


if __name__ == "__main__":
    main()
