"""A day of ``rag index --watch`` on a busy folder, by a clock that is fast: ``python tests/watching.py --minutes 30``.

Files come, change, move and go, as editors, copying and clouds do that. At the end the library has to hold what the
folder does, and have no faults; memory, open files and threads of the command are shown early and late.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
from disk import MEMORY
from indexer import TOWNS, CheapEmbedder

from index.library import Library

DAY = 24 * 3600.0  # seconds
CHANGES = 2880  # in a day: two a minute
FILES = 200  # that there are, about
PATIENCE = 60.0  # seconds in which the library has to catch up at the end
COMMAND = """
import sys, time
sys.path.insert(0, {tests!r})
import index.embedder
from indexer import CheapEmbedder
from rag.cli import main
index.embedder.Embedder = CheapEmbedder
began, real = time.time(), time.time
time.time = lambda: began + (real() - began) * {speed}
main()
"""


class Folder:
    """A folder in which things happen; its files bear the times of a clock that began at ``began`` and is fast."""

    def __init__(self, place: Path, chance: random.Random, speed: float) -> None:
        self.place, self.chance, self.speed = place, chance, speed
        self.began = time.time()
        for _ in range(FILES):
            self.write()

    def happen(self) -> None:
        """One thing."""
        often: list[Callable[[], object]] = [self.write, self.write, self.save, self.save, self.delete, self.move]
        self.chance.choice([*often, *often, self.burst, self.away, self.litter])()

    def write(self) -> None:
        """A file is written in place, a new one or over an old one."""
        file = self.place / self.chance.choice(("", "notes", "notes/old")) / f"{self.chance.randrange(2 * FILES)}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        self._fill(file)

    def save(self) -> None:
        """As editors save: a file beside it takes its place."""
        if files := self.files():
            file, draft = self.chance.choice(files), self.place / ".draft.swp"
            self._fill(draft)
            draft.replace(file)

    def delete(self) -> None:
        if len(files := self.files()) > FILES / 2:
            self.chance.choice(files).unlink()

    def move(self) -> None:
        if files := self.files():
            self.chance.choice(files).replace(self.place / f"moved {self.chance.randrange(FILES)}.txt")

    def burst(self) -> None:
        """Many files at once."""
        for _ in range(20):
            self.write()

    def away(self) -> None:
        """A folder is renamed, and comes back."""
        notes = self.place / "notes"
        if notes.exists():
            notes.replace(self.place / "elsewhere")
            time.sleep(self.chance.uniform(0, 1))
            shutil.copytree(self.place / "elsewhere", notes, dirs_exist_ok=True)
            shutil.rmtree(self.place / "elsewhere")

    def litter(self) -> None:
        """What is no article: a file that is not whole yet, one that can't be read, one of another kind."""
        (self.place / "half.pdf").write_bytes(b"%PDF-1.7\n" + self.chance.randbytes(100))
        (self.place / "empty.txt").write_text("")
        (self.place / "a.part").write_bytes(self.chance.randbytes(100))

    def files(self) -> list[Path]:
        return [file for file in self.place.rglob("*.txt") if file.stat().st_size]

    def texts(self) -> set[str]:
        return {file.read_text(encoding="utf-8") for file in self.files()}

    def _fill(self, file: Path) -> None:
        town, year = self.chance.choice(TOWNS), self.chance.randint(1000, 1999)
        file.write_text(f"The harbour of {town} was built in {year} by Anna Thorsen.", encoding="utf-8")
        now = self.began + (time.time() - self.began) * self.speed
        os.utime(file, (now, now))


def day(minutes: float, seed: int) -> dict[str, Any]:
    """What a day in so many minutes came to; raises AssertionError where the library is not as the folder is."""
    chance, speed = random.Random(seed), DAY / (60 * minutes)
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        place = Path(name)
        folder, library = Folder(place / "articles", chance, speed), place / "library"
        code = COMMAND.format(tests=str(Path(__file__).parent), speed=speed)
        command = [sys.executable, "-c", code, "--library", str(library), "index", "--watch", str(folder.place)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as watching:
            assert watching.stdout and any("Watching" in line for line in watching.stdout), "it ended"
            said, process = _drained(watching), psutil.Process(watching.pid)
            until, held, count = time.monotonic() + 60 * minutes, [_held(process)], 0
            while time.monotonic() < until:
                folder.happen()
                count += 1
                held.append(_held(process))
                time.sleep(chance.expovariate(CHANGES / (60 * minutes)))
            caught_up = _caught_up(library, folder)
            watching.send_signal(signal.SIGINT)
            status = watching.wait(60)
        lines = said.result()
        assert caught_up and status == 0, lines[-5:]
        assert not any("Traceback" in line for line in lines), lines
        with Library.open(library, CheapEmbedder()) as opened:
            assert opened.check() == []
        return {"changes": count, "lines": len(lines), "early": held[len(held) // 4], "late": held[-1]}


def _drained(process: subprocess.Popen[str]) -> Future[list[str]]:
    """What it goes on to say."""
    return ThreadPoolExecutor(1).submit(lambda: list(process.stdout or ()))


def _caught_up(library: Path, folder: Folder) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with Library.open(library, CheapEmbedder()) as opened:
            if {article.text for article in opened.articles()} == folder.texts():
                return True
        time.sleep(0.5)
    return False


def _held(process: psutil.Process) -> dict[str, int]:
    """Megabytes, open files and threads."""
    return {
        "memory": round(process.memory_info().rss / 2**20),
        "files": process.num_fds(),
        "threads": process.num_threads(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(day(options.minutes, options.seed)))
