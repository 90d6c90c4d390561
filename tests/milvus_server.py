"""milvus-lite's own server, killed at random while a library on it is written: ``python tests/milvus_server.py 100``.

After each kill it is started again; then the library has to open, to be in its old state or its new one, to answer, and
to have no faults.
"""

import argparse
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from disk import MEMORY
from indexer import KINDS, CheapEmbedder, texts, write

from index.errors import FootnoteError
from index.milvus import MilvusLibrary

STARTING = 120  # seconds that it takes at the most, on a machine with much else to do


class Server:
    """A process that keeps what it holds in ``folder``; it answers one call after the other."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self._place = ["--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(self.port)]

    def start(self) -> None:
        """Start it, and wait until it can be spoken to."""
        command = [sys.executable, "-m", "milvus_lite", "server", *self._place, "--max-workers", "1"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(STARTING * 10):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()


def killed(count: int, seed: int) -> Counter[str]:
    """What came of a library whose server was killed ``count`` times; raises AssertionError where it is not sound."""
    chance, outcomes = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        place, states = Path(name), dict[str, list[str]]()
        server = Server(place / "data")
        server.start()
        library = f"milvus://{server.address}/killed"
        for kind in KINDS:
            write(place / "articles", kind)
            states[kind] = texts(place / "articles")
            began = time.perf_counter()
            _sync(library, place / "articles")
        lasts, now = time.perf_counter() - began, "new"
        with ThreadPoolExecutor(1) as pool:
            for _ in range(count):
                wanted = "old" if now == "new" else "new"
                write(place / "articles", wanted)
                writing = pool.submit(_sync, library, place / "articles")
                time.sleep(chance.uniform(0, lasts))
                server.kill()
                with suppress(FootnoteError):
                    writing.result()
                server.start()
                now = _once_reached(library, states)
                outcomes["new" if now == wanted else "old"] += 1
                _sync(library, place / "articles")
                now = _state(library, states)
                assert now == wanted, "what was cut off goes on"
        server.kill()
    return outcomes


def _once_reached(address: str, states: dict[str, list[str]]) -> str:
    """``_state``; a client whose server was away looks for it again after some seconds only."""
    until = time.monotonic() + STARTING
    while True:
        try:
            return _state(address, states)
        except FootnoteError as error:
            assert "can't be reached" in str(error) and time.monotonic() < until, error
            time.sleep(0.5)


def _sync(address: str, articles: Path) -> None:
    with MilvusLibrary.open(address, CheapEmbedder()) as library:
        library.sync([articles])


def _state(address: str, states: dict[str, list[str]]) -> str:
    with MilvusLibrary.open(address, CheapEmbedder()) as library:
        held = sorted(article.text for article in library.articles())
        (name,) = [name for name, texts in states.items() if texts == held] or [""]
        assert name, f"the library holds {len(held)} articles, neither the old nor the new ones"
        assert "Sorrel" in library.search("Who built the harbour of Sorrel?")[0].passage.text
        assert not (faults := library.check()), faults
        return name


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", nargs="?", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"killed {options.kills} times, nothing lost: {dict(killed(options.kills, options.seed))}")
