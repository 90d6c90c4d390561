"""An indexer to be killed: loaded once, then forked for each fault, so that a hundred of them take seconds.

``python indexer.py FAULT LIBRARY ARTICLES`` tries a fault many times and prints, as JSON, what came of it.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import faiss  # noqa: F401  loaded before the fork, as is tantivy
import numpy as np
import tantivy  # noqa: F401

from index import sync
from index.embedder import Embedder
from index.errors import FootnoteError
from index.language import detect
from index.library import Library

KILLS = 100
ROOM = 12  # limits that a full disk is tried with
TOWNS = ("Brindle", "Ostra", "Sorrel", "Quill", "Marsh", "Thorne", "Bergen", "Pellow")
SENTENCE = "The harbour of {town} was built in {year} by the engineer Anna Thorsen, who came with {year} stones. "
KINDS = {"old": 1700, "new": 1800}

sync.BATCH = 4  # passages: so that a small folder takes several transactions


class CheapEmbedder(Embedder):
    """Bags of words: texts with the same words are near each other, and nothing has to be loaded."""

    dimensions = 64
    window = 40

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def encode(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.strip(".,?").encode()) % self.dimensions] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def write(articles: Path, kind: str) -> None:
    """The folder in its old or its new state: half of the articles change, one is renamed, one comes, one goes."""
    shutil.rmtree(articles, ignore_errors=True)
    articles.mkdir(parents=True)
    for number, town in enumerate(TOWNS[1:] if kind == "new" else TOWNS[:-1]):
        year = KINDS[kind] + number if number % 2 else 1742
        name = f"{kind}-{town}" if number == 2 else town
        text = "\n\n".join(SENTENCE.format(town=town, year=year + part) * 2 for part in range(3))
        (articles / f"{name}.txt").write_text(text, encoding="utf-8")


def texts(articles: Path) -> list[str]:
    return sorted(path.read_text(encoding="utf-8") for path in articles.iterdir())


def index(library: Path, articles: Path) -> None:
    with Library.open(library, CheapEmbedder()) as opened:
        opened.sync([articles])


def state(library: Path, states: dict[str, list[str]]) -> str:
    """Which of ``states`` the library is in; raises AssertionError for none, for a fault, or for a wrong answer."""
    with Library.open(library, CheapEmbedder(), create=False) as opened:
        held = sorted(article.text for article in opened.articles())
        (name,) = [name for name, texts in states.items() if texts == held] or [""]
        assert name, f"the library holds {len(held)} articles, neither the old nor the new ones"
        if held:
            found = opened.search("Who built the harbour of Sorrel?")[0].passage.text
            assert "Sorrel" in found, found
            assert not (faults := opened.check()), faults
        return name


def forked(
    work: Callable[[], object], kill_after: float | None = None, meanwhile: Callable[[], object] | None = None
) -> int:
    """The exit status of ``work`` in a process of its own: 0, 1 for a FootnoteError, -9 when it was killed.

    ``meanwhile`` is done in this one.
    """
    child = os.fork()
    if not child:
        status = 2
        try:
            work()
            status = 0
        except FootnoteError as error:
            print(error, file=sys.stderr)
            status = 1
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            sys.stderr.flush()
            os._exit(status)
    if meanwhile:
        meanwhile()
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def asked(library: Path, states: dict[str, list[str]]) -> str:
    """``state``, in a process of its own; what is wrong, if something is."""
    report = library.with_name("report")
    report.unlink(missing_ok=True)
    status = forked(lambda: report.write_text(state(library, states)))
    return report.read_text() if status == 0 else "lost"


def kills(library: Path, articles: Path) -> dict[str, int]:
    """Kill an indexer at random moments, from its first instruction to its last."""
    states: dict[str, list[str]] = {}
    for kind in KINDS:
        write(articles, kind)
        states[kind] = texts(articles)
    began = time.perf_counter()
    assert forked(lambda: index(library, articles)) == 0
    lasts = time.perf_counter() - began
    now, chance = "new", random.Random(6)
    outcomes = {"killed": 0, "old": 0, "new": 0, "lost": 0}
    while outcomes["killed"] < KILLS:
        wanted = "old" if now == "new" else "new"
        write(articles, wanted)
        killed = forked(lambda: index(library, articles), kill_after=chance.uniform(0, lasts)) == -signal.SIGKILL
        found = asked(library, states)
        outcomes["killed"] += killed
        if killed:
            outcomes["lost" if found == "lost" else "new" if found == wanted else "old"] += 1
        now = found if found != "lost" else now
    return outcomes


def full(library: Path, articles: Path, room: Callable[[int], Callable[[], None]]) -> dict[str, int]:
    """Index with less and less room; ``room`` takes a share of ROOM and returns how to make room again."""
    states: dict[str, list[str]] = {}
    for kind in KINDS:
        write(articles, kind)
        states[kind] = texts(articles)
    outcomes = {"refused": 0, "old": 0, "new": 0, "lost": 0}
    detect("What tells languages is unpacked into a temporary file once; this is about the library's own files.")
    for share in range(ROOM):
        write(articles, "old")
        assert forked(lambda: index(library, articles)) == 0
        write(articles, "new")

        def squeezed(share: int = share) -> None:
            again = room(share)
            try:
                index(library, articles)
            finally:
                again()

        status = forked(squeezed)
        assert status in (0, 1), "it has to say what is wrong in one line"
        outcomes["refused"] += status
        outcomes[asked(library, states)] += 1
        assert forked(lambda: index(library, articles)) == 0, "with room again, it goes on"
        assert asked(library, states) == "new"
    return outcomes


def quota(library: Path, articles: Path) -> dict[str, int]:
    """No file may grow beyond a limit, from 4 kB on."""
    import resource  # Windows has none, and there the rest is used

    def room(share: int) -> Callable[[], None]:
        limit = 4000 * (share + 1) ** 2
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    return full(library, articles, room)


def disk(library: Path, articles: Path) -> dict[str, int]:
    """A file beside the library, on a small disk of its own, leaves less and less of it."""

    def room(share: int) -> Callable[[], None]:
        filler = library.with_name("filler")
        status = os.statvfs(library)
        leave = 80_000 * share
        with filler.open("wb") as stream:
            stream.write(bytes(max(0, status.f_bavail * status.f_bsize - leave)))
        return lambda: filler.unlink()

    return full(library, articles, room)


if __name__ == "__main__":
    faults = {"kills": kills, "quota": quota, "disk": disk}
    print(json.dumps(faults[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
