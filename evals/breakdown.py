"""Where each millisecond of an answer goes: ``python -m evals.breakdown``.

In a fresh process, on the articles in seeds/ already indexed: the first answer, counted from the start of the process,
one about other evidence, and one to two questions at once; of the default writer, or without it (``--quick``). A part's
time is its own: what it calls and is listed, too, is left out.
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
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

SUITE = "deal"
QUESTIONS = {
    "cold, in one thread": "What would Microsoft lose if OpenAI develops AGI?",
    "warm": "Which company did OpenAI sign a deal with?",
    "warm, two questions in one": "Who did OpenAI sign a deal with, and when does the agreement end?",
}
REST = "everything else"
T = TypeVar("T")


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

    def watch_steps(self, owner: Any, method: str, first: str, then: str) -> None:
        """Count what ``owner.method``, a generator, does up to its first step as one part, and the rest as another."""
        original: Callable[..., Iterator[Any]] = getattr(owner, method)

        def timed(*arguments: Any, **named: Any) -> Iterator[Any]:
            steps, name, over = original(*arguments, **named), first, object()
            while True:
                with self.part(name):
                    step = next(steps, over)
                if step is over:
                    return
                yield step
                name = then

        setattr(owner, method, timed)

    def lap(self) -> dict[str, float]:
        """The parts since the last lap, in milliseconds, longest first; the rest is a part, too."""
        now = time.time()
        parts = {**self.own, REST: now - self.began - sum(self.own.values())}
        self.began, self._inside = now, [0.0]
        self.own.clear()
        return {name: 1000 * took for name, took in sorted(parts.items(), key=lambda part: -part[1])}


def at_once(load: Callable[[], T]) -> Future[T]:
    """What ``load`` returns, loaded in this thread."""
    promised: Future[T] = Future()
    promised.set_result(load())
    return promised


def measure(library: Path, began: float, quick: bool) -> list[dict[str, float]]:
    """The parts of the answer to each of QUESTIONS; ``began`` is when this process was started."""
    clock = Clock(began)
    clock.own["starting Python"] = time.time() - began
    with clock.part("importing"):
        import faiss  # noqa: F401  (what `rag ask` imports on its way)

        from index import lexical, vectors
        from index.database import Database
        from index.embedder import Embedder
        from index.library import Library
        from rag import assistant, composition, local_writer, models, reader
    clock.watch(Database, "__init__", "opening library.db")
    clock.watch(lexical, "current", "opening the words")
    clock.watch(vectors, "current", "opening the vectors")
    clock.watch(Embedder, "encode_questions", "embedding the question")
    clock.watch(Library, "search_all", "ranking passages")
    clock.watch(assistant, "select", "choosing evidence")
    clock.watch(models, "reader", "loading the reader")
    clock.watch(models, "writer", "loading the writer")
    clock.watch(reader.Reader, "read", "reading")
    clock.watch(local_writer.LocalWriter, "parts", "taking the question apart")
    clock.watch_steps(local_writer.LocalWriter, "write", "the writer's prompt", "the writer's words")
    clock.watch(composition.Composition, "_checked", "checking")
    models._begun = at_once
    with Library.open(library) as opened:
        asked = assistant.Assistant(opened, models.Models(quick=quick))
        laps = []
        for question in QUESTIONS.values():
            asked.ask(question)
            laps.append(clock.lap())
    return laps


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.breakdown", description=__doc__.splitlines()[0])
    parser.add_argument("--inside", nargs=2, metavar=("LIBRARY", "BEGAN"), help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="without the writer")
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(Path(options.inside[0]), float(options.inside[1]), options.quick)))
        return
    from evals import suite
    from index.library import Library

    with tempfile.TemporaryDirectory() as folder:
        with Library.open(folder) as library:
            library.sync(suite.load(SUITE).articles)
        for _ in range(2):  # the first fills the page cache
            command = [sys.executable, "-m", "evals.breakdown", *sys.argv[1:], "--inside", folder, str(time.time())]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ)
    for name, parts in zip(QUESTIONS, json.loads(done.stdout), strict=True):
        print(f"\n{name}: {sum(parts.values()):.0f} ms")
        for part, milliseconds in parts.items():
            print(f"  {part:28}{milliseconds:8.1f} ms")


if __name__ == "__main__":
    main()
