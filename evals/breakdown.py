"""Where each millisecond of an answer goes: ``python -m evals.breakdown``.

In a fresh process, on the articles in seeds/ already indexed: the first answer, counted from the start of the process,
and the second one, about other evidence. A part's time is its own: what it calls and is listed, too, is left out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SUITE = "deal"
QUESTIONS = ("What would Microsoft lose if OpenAI develops AGI?", "Which company did OpenAI sign a deal with?")
REST = "everything else"


class Clock:
    """The time of each part on one thread, without that of the parts inside it."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.own: dict[str, float] = defaultdict(float)
        self._inside = [0.0]

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        began = time.time()
        self._inside.append(0.0)
        try:
            yield
        finally:
            took = time.time() - began
            self.own[name] += took - self._inside.pop()
            self._inside[-1] += took

    def watch(self, owner: Any, method: str, name: str) -> None:
        """Count each call of ``owner.method`` as a part."""
        original: Callable[..., Any] = getattr(owner, method)

        def timed(*arguments: Any, **named: Any) -> Any:
            with self.part(name):
                return original(*arguments, **named)

        setattr(owner, method, timed)

    def lap(self) -> dict[str, float]:
        """The parts since the last lap, in milliseconds, longest first; the rest is a part, too."""
        now = time.time()
        parts = {**self.own, REST: now - self.began - sum(self.own.values())}
        self.began, self._inside = now, [0.0]
        self.own.clear()
        return {name: 1000 * took for name, took in sorted(parts.items(), key=lambda part: -part[1])}


def measure(library: Path, began: float) -> list[dict[str, float]]:
    """The parts of the first and of the second answer; ``began`` is when this process was started."""
    clock = Clock(began)
    clock.own["starting Python"] = time.time() - began
    with clock.part("importing"):
        import faiss  # noqa: F401  (what `rag ask` imports on its way)

        from index import lexical, vectors
        from index.database import Database
        from index.embedder import Embedder
        from index.library import Library
        from rag import assistant, language_model, models
    clock.watch(Database, "__init__", "opening library.db")
    clock.watch(lexical, "current", "opening the words")
    clock.watch(vectors, "current", "opening the vectors")
    clock.watch(Embedder, "encode_questions", "embedding the question")
    clock.watch(Library, "search_all", "ranking passages")
    clock.watch(assistant, "select", "choosing evidence")
    clock.watch(language_model.LanguageModel, "__init__", "loading the language model")
    clock.watch(language_model.LanguageModel, "next", "reading the prompt")
    clock.watch(language_model.LanguageModel, "continuations", "scoring spans")
    clock.watch(assistant.Assistant, "_statements", "verifying")
    with Library.open(library) as opened:
        asked = assistant.Assistant(opened, models.load())
        laps = []
        for question in QUESTIONS:
            asked.ask(question)
            laps.append(clock.lap())
    return laps


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.breakdown", description=__doc__.splitlines()[0])
    parser.add_argument("--inside", nargs=2, metavar=("LIBRARY", "BEGAN"), help=argparse.SUPPRESS)
    inside = parser.parse_args().inside
    if inside:
        print(json.dumps(measure(Path(inside[0]), float(inside[1]))))
        return
    from evals import suite
    from index.library import Library

    with tempfile.TemporaryDirectory() as folder:
        with Library.open(folder) as library:
            library.mirror(suite.load(SUITE).articles)
        for _ in range(2):  # the first fills the page cache
            command = [sys.executable, "-m", "evals.breakdown", "--inside", folder, str(time.time())]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ)
    for name, parts in zip(("cold, in one thread", "warm"), json.loads(done.stdout), strict=True):
        print(f"\n{name}: {sum(parts.values()):.0f} ms")
        for part, milliseconds in parts.items():
            print(f"  {part:28}{milliseconds:8.1f} ms")


if __name__ == "__main__":
    main()
