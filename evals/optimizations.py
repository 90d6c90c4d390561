"""What each optimization gives: quick answers with one of them disabled at a time: ``python -m evals.optimizations``.

Fresh processes, in turn, on the articles in seeds/ already indexed: the first answer, counted from the start of the
process, and the median of the answers to the other questions of the suite.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

SUITE = "deal"
QUESTIONS = 16
RUNS = 3
INSIDE = "{disabling}\nfrom evals.optimizations import inside\ninside({library!r}, {began})"
DISABLED = {
    "nothing disabled": "",
    "8 bits, not bfloat16": "from rag import adapter; adapter.fastest_type = lambda: 'Q8_0'",
    "the packaged type, Q4_1": "from rag import adapter; adapter.fastest_type = lambda: 'Q4_1'",
    "few tokens not filled up": "from rag import language_model; language_model.TILE = 0",
    "the question embedded by torch": "from index import embedder; embedder.AGREEMENT = 2",
    "the question on all cores": "import contextlib; from index import bert; "
    "bert.ThreadpoolController.limit = lambda *_, **__: contextlib.nullcontext()",
    "the reader loaded first": "from rag import models; models._begun = lambda load: models._done(load())",
    "a sentence more": "from rag import assistant; assistant.FEW += 1",
}


def inside(library: str, began: float) -> None:
    """Prints the seconds of the first answer since ``began``, and the median of the others, as JSON."""
    from evals import suite
    from index.library import Library
    from rag.assistant import Assistant
    from rag.models import Models

    with Library.open(library) as opened:
        assistant = Assistant(opened, Models(quick=True))
        first, *others = (case.question for case in suite.load(SUITE).cases[: QUESTIONS + 1])
        assistant.ask(first)
        cold = time.time() - began
        print(json.dumps([cold, median(assistant.ask(question).timings.total for question in others)]))


def main() -> None:
    argparse.ArgumentParser(prog="python -m evals.optimizations", description=__doc__).parse_args()
    from evals import suite
    from index.library import Library

    found: dict[str, list[list[float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        with Library.open(Path(folder)) as library:
            library.sync(suite.load(SUITE).articles)
        for run in range(RUNS + 1):
            for name, disabling in DISABLED.items():
                code = INSIDE.format(disabling=disabling, library=folder, began=time.time())
                done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
                if run:  # the first one fills caches
                    found[name].append(json.loads(done.stdout))
    print(f"{'':32}{'cold':>8}{'warm':>8}")
    for name, runs in found.items():
        cold, warm = (median(values) for values in zip(*runs, strict=True))
        print(f"{name:32}{cold:7.2f}s{warm:7.2f}s")


if __name__ == "__main__":
    main()
