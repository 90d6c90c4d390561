"""Damage files of all kinds at random and read them: ``nice python tests/fuzz.py 10000 [--seed N] [--folder DIR]``.

Each is read, or refused in one line; whatever else happens is printed and makes the exit status 1. The files stand in
DIR (default: a temporary folder), where nothing else may appear. About 50 files a second and core.
"""

import argparse
import io
import json
import os
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from corpus import WRITERS, content, kinds

from index.article import UnreadableFile, read
from index.reader import READERS
from index.unit import units

PATIENCE = 10  # seconds of processor a file
MEMORY = 1024  # MiB in all


def flips(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 4, 32))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end missing, or the beginning, or a piece."""
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return chance.choice((data[:end], data[start:], data[:start] + data[end:]))


def doubled(data: bytes, chance: random.Random) -> bytes:
    """A piece of it many times."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start : start + chance.randrange(1, 200)] * chance.randrange(2, 400) + data[start:]


def repacked(data: bytes, chance: random.Random) -> bytes:
    """A zip archive whose parts are changed, missing, doubled, swapped, nested, or a bomb; other files: ``flips``."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return flips(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(parts))
    match chance.choice((0, 0, 0, 0, 1, 2, 3, 5)) if chance.random() < 0.97 else 4:
        case 0:
            parts[name] = chance.choice((flips, cut, doubled))(parts[name], chance)
        case 1:
            del parts[name]
        case 2:
            parts[name] = data
        case 3:
            parts[name] = parts[chance.choice(list(parts))]
        case 4:
            middle = len(parts[name]) // 2
            parts[name] = parts[name][:middle] + b" " * 70_000_000 + parts[name][middle:]
        case _:
            parts[f"../../{name}"] = parts[name]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for other, content_ in parts.items():
            archive.writestr(other, content_)
    return made.getvalue()


def peak() -> float:
    """The most memory that this process has held, in MiB; getrusage counts what its parent held, too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> int:
    """Print a report as JSON: how many were read and refused, the slowest in seconds, the memory in MiB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    os.environ["FOOTNOTE_OCR"] = "0"
    chance = random.Random(options.seed)
    folder = options.folder or Path(tempfile.mkdtemp())
    wholes = {}
    for number, (ending, write) in enumerate(WRITERS.items()):
        write(folder / f"whole{ending}", content(number))
        wholes[ending] = (folder / f"whole{ending}").read_bytes()
    with tempfile.TemporaryDirectory() as others:
        wholes |= {
            made.path.suffix: made.path.read_bytes() for made in kinds(Path(others)) if made.path.suffix not in WRITERS
        }
    outcomes: Counter[str] = Counter()
    slowest, faults = (0.0, ""), []
    for number in range(options.count):
        source = chance.choice(list(wholes))
        ending = source if chance.random() < 0.9 else chance.choice(list(READERS))
        data = chance.choice((flips, cut, doubled, repacked, repacked))(wholes[source], chance)
        path = folder / f"fuzzd{ending}"
        path.write_bytes(data)
        began = time.process_time()
        try:
            text = read(path).text
            found = units(text)
            assert all(text[unit.start : unit.end] == unit.text for unit in found)
            outcomes["read"] += 1
        except UnreadableFile as error:
            outcomes["refused"] += 1
            if "\n" in str(error):
                faults.append(f"{number} {ending}: more than a line: {error}")
        except BaseException as error:
            faults.append(f"{number} {ending}: {type(error).__name__}: {error}"[:300])
            (folder / f"fault{number}").write_bytes(data)
        slowest = max(slowest, (time.process_time() - began, f"{number} {ending}"))
        path.unlink()
    memory = peak()
    strays = [p.name for p in folder.iterdir() if not p.name.startswith(("whole", "fault"))]
    report = {"read": outcomes["read"], "refused": outcomes["refused"], "slowest": round(slowest[0], 2),
              "slowest_file": slowest[1], "memory": round(memory), "faults": faults[:20], "strays": strays}  # fmt: skip
    print(json.dumps(report, indent=1))
    return int(bool(faults or strays) or slowest[0] > PATIENCE or memory > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
