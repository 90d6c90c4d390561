"""How much memory a large text without a blank line takes: ``nice python tests/large.py 50`` (megabytes).

Each stage runs in a process of its own: reading the file, splitting it into passages, indexing it with a stand-in for
the embedder (384 dimensions, a window of 256 tokens), and searching. "Beyond" is the memory beyond that of the same
stage with a text of a page. The exit status is 1 where that is more than TIMES the size of the file.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from fuzz import peak

from index.article import read
from index.embedder import Embedder
from index.library import Library
from index.passage import split

TIMES = 10
STAGES = ("read", "split", "index", "search")
SHAPES = {"lines": "\n", "one line": " "}
WORDS = (
    *("the", "keeper", "of", "mill", "harbour", "wrote", "that", "river", "rose", "again", "in", "March", "while"),
    *("his", "boats", "lay", "dry", "on", "sand"),
)
FACT = "Petra Holub broke the seal of the vault."


class StandIn(Embedder):
    """A direction of its own for each text: nothing has to be loaded."""

    dimensions = 384
    window = 256

    def count_tokens(self, text: str) -> int:
        return len(text) // 4

    def agreement(self, texts: Sequence[str]) -> float:
        return 0.0

    def encode(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        rows = [np.random.default_rng(zlib.crc32(text.encode())).random(self.dimensions) - 0.5 for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def write(path: Path, size: float, between: str) -> None:
    """A text of ``size`` bytes; ``between`` stands between its sentences, a fact in its middle."""
    chance = random.Random(size)
    with path.open("w", encoding="utf-8") as stream:
        told = False
        while stream.tell() < size:
            sentences = [" ".join(chance.choices(WORDS, k=12)) + f" {chance.randrange(10**6)}." for _ in range(1000)]
            if stream.tell() >= size / 2 and not told:
                sentences, told = [FACT, *sentences], True
            stream.write(between.join(sentences[: max(1, int(size / 80))]) + between)


def run(stage: str, path: Path) -> dict[str, float]:
    """Seconds and MiB of a stage."""
    began = time.perf_counter()
    embedder = StandIn()
    if stage == "read":
        read(path)
    elif stage == "split":
        for _ in split(read(path), embedder.count_tokens, embedder.window):
            pass
    else:
        with Library.open(path.with_suffix(""), embedder) as library:
            if stage == "index":
                library.sync([path])
            began = time.perf_counter() if stage == "search" else began
            hits = library.search("Who broke the seal of the vault?", 100) if stage == "search" else []
            assert stage == "index" or any(FACT in hit.passage.text for hit in hits)
    return {"seconds": time.perf_counter() - began, "memory": peak()}


def measure(folder: Path, shape: str, megabytes: float) -> list[dict[str, float]]:
    """What each stage takes with a text of that shape and size."""
    path = folder / f"{shape} {megabytes}.txt"
    write(path, megabytes * 10**6, SHAPES[shape])
    command = [sys.executable, __file__, str(megabytes), "--file", str(path), "--stage"]
    return [
        json.loads(subprocess.run([*command, stage], capture_output=True, text=True, check=True).stdout)
        for stage in STAGES
    ]


def main() -> int:
    """Print a row of Markdown for each shape and stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megabytes", type=float)
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(run(options.stage, options.file)))
        return 0
    allowed = TIMES * options.megabytes * 10**6 / 2**20
    worst = 0.0
    print("| text | stage | seconds | MiB | beyond |\n|---|---|---|---|---|")
    for shape in SHAPES:
        with tempfile.TemporaryDirectory() as folder:
            small, large = (measure(Path(folder), shape, size) for size in (0.002, options.megabytes))
        for stage, least, most in zip(STAGES, small, large, strict=True):
            beyond = most["memory"] - least["memory"]
            worst = max(worst, beyond)
            print(f"| {shape} | {stage} | {most['seconds']:.1f} | {most['memory']:.0f} | {beyond:.0f} |")
    print(f"\n{options.megabytes:g} MB; {worst:.0f} MiB beyond at most, allowed are {allowed:.0f}")
    return int(worst > allowed)


if __name__ == "__main__":
    sys.exit(main())
