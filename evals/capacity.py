"""Estimates of capacity: ``python -m evals.capacity`` computes nodes, memory, disk, hours and latency.

What is measured comes from the files that ``make bench`` leaves in ``--bench``, or from options; what is assumed stands
below, and is printed with the tables. Milvus itself is not measured here: bytes follow from its index types as its
documentation has them, processor time from what the same kinds of index take here, and both grow with the passages,
which lie in segments of bounded size, each searched whole.
"""

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

SIZES = {"1 million": 1e6, "100 million": 1e8, "10 billion": 1e10}  # passages
RATES = (1, 100, 10_000)  # questions a minute
INDEXERS = {1e6: 1, 1e8: 10, 1e10: 100}  # nodes

# Assumed
CORES, MEMORY = 16, 128e9  # of a node, in cores and bytes
FULL = 0.7  # of either that is used
DIMENSIONS, LINK = 384, 4  # of a vector; bytes of a link or a float32
VECTOR = DIMENSIONS * LINK
GRAPH_LINKS = 2 * 32  # of a vector in HNSW, M = 32 (index/milvus)
DISK_RATIO, DISK_LINKS = 0.125 + 0.1, 56  # DISKANN: codes and cache in memory / vectors; Milvus's defaults
TERMS, POSTING = 75, 8  # of a passage, different ones; bytes of one in a sparse vector: id and weight
GRAPH_S = 0.0006  # seconds for HNSW among a million vectors (`python -m index.vector_comparison`)
NETWORK = 0.02  # seconds


@dataclass(frozen=True)
class Measured:
    """What one machine of ``cores`` did with the embedded library at a million passages."""

    cores: float
    answer_s: float  # a warm answer on all cores
    search_s: float  # a hybrid search, p50, the question's embedding included
    embedding_s: float  # that embedding
    memory_gib: float  # of the process that searches, at its peak
    disk_bytes: float  # a passage, all files
    database_bytes: float  # a passage, vector and text
    passages_s: float  # read, split, embedded and stored


def read(folder: Path) -> dict[str, float]:
    """The figures in what ``make bench`` left in ``folder``, as far as they are there."""
    found: dict[str, float] = {"cores": 2}
    if rows := _json(folder / "speed.json"):
        found["answer_s"] = next(row["median"] for row in rows if row["what"] == "warm answer, whole")
    if curves := _json(folder / "growth.json"):
        curve = next(curve for curve in curves if curve["what"] == "indexing")
        found["passages_s"] = (curve["sizes"][-1] - curve["sizes"][0]) / (curve["costs"][-1] - curve["costs"][0])
    for row in _json(folder / "scale" / "scale.json") or []:
        if row["passages"] == SIZES["1 million"]:
            found["search_s"], found["embedding_s"] = row["p50_ms"] / 1000, row["embedding_p50_ms"] / 1000
            found["memory_gib"], found["database_bytes"] = row["memory_gib"], row["library.db_bytes"]
            found["disk_bytes"] = sum(size for name, size in row.items() if name.endswith("_bytes"))
    return found


def libraries(m: Measured) -> Iterator[list[str]]:
    """Engine, bytes in memory and on disk, and hours of indexing, by passages."""
    for name, size in SIZES.items():
        engine, memory, disk = _engine(m, size)
        cores = INDEXERS[size] * (m.cores if size == SIZES["1 million"] else CORES)
        hours = size / (m.passages_s / m.cores * cores) / 3600
        yield [name, engine, _bytes(memory), _bytes(disk), f"{hours:,.1f} on {cores:,.0f} cores"]


def services(m: Measured) -> Iterator[list[str]]:
    """Nodes that search and nodes that answer, and the mean latency, by passages and questions a minute."""
    for name, size in SIZES.items():
        cells = [name]
        for rate in RATES:
            searching = _searching(m, size, rate)
            processes = max(1, math.ceil(rate / 60 * m.answer_s / FULL))
            answering = math.ceil(processes * m.cores / CORES)
            latency = _wait(rate / 60, m.answer_s, processes) + m.answer_s + _search_s(m, size, searching)
            cells.append(f"{searching or 'no'} + {answering}, {latency:.2f} s")
        yield cells


def _engine(m: Measured, size: float) -> tuple[str, float, float]:
    """Its name, and the bytes that it takes in memory and on disk."""
    words = TERMS * POSTING
    if size <= SIZES["1 million"]:
        return "embedded", m.memory_gib * 2**30, m.disk_bytes * size
    if size <= SIZES["100 million"]:
        index = VECTOR + GRAPH_LINKS * LINK
        return "Milvus, HNSW", (index + words) * size, (m.database_bytes + index + words) * size
    index = VECTOR + DISK_LINKS * LINK
    return "Milvus, DISKANN", (DISK_RATIO * VECTOR + words) * size, (m.database_bytes + index + words) * size


def _searching(m: Measured, size: float, rate: float) -> int:
    """Nodes of Milvus: enough for its memory, and for the processor time of all questions."""
    if size <= SIZES["1 million"]:
        return 0
    return max(
        math.ceil(_engine(m, size)[1] / (FULL * MEMORY)), math.ceil(rate / 60 * _work_s(m, size) / (FULL * CORES))
    )


def _work_s(m: Measured, size: float) -> float:
    """Seconds of one core for a search among ``size`` passages: per million, what BM25 takes here, and a graph."""
    return size / 1e6 * (m.search_s - m.embedding_s + GRAPH_S)


def _search_s(m: Measured, size: float, nodes: int) -> float:
    return m.search_s if not nodes else m.embedding_s + NETWORK + _work_s(m, size) / (nodes * CORES)


def _wait(rate: float, seconds: float, processes: int) -> float:
    """The mean wait in seconds of questions at ``rate`` a second for one of ``processes`` that take ``seconds`` each.

    M/D/c by Sakasegawa's approximation (1977) and half its variance, for times that do not vary.
    """
    busy = rate * seconds / processes
    return seconds / 2 * math.pow(busy, math.sqrt(2 * (processes + 1)) - 1) / (processes * (1 - busy))


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _bytes(size: float) -> str:
    return f"{size / 1e12:.1f} TB" if size >= 1e12 else f"{size / 1e9:.3g} GB"


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print what is measured and assumed, then both tables, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m evals.capacity", description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, default=Path(".rag/bench"), help="where make bench left its files")
    for field in fields(Measured):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float)
    given = vars(parser.parse_args())
    found = read(given.pop("bench")) | {name: value for name, value in given.items() if value is not None}
    if missing := [field.name for field in fields(Measured) if field.name not in found]:
        raise SystemExit(f"Not measured: {', '.join(missing)}. Run make bench, or name them as options.")
    measured = Measured(**found)
    print(f"Measured: {', '.join(f'{name} {value:.4g}' for name, value in found.items())}\n")
    head = ["passages", "engine", "memory", "disk", "hours of indexing"]
    print(_table(head, libraries(measured)), "\n")
    print(_table(["passages", *(f"{rate:,} a minute" for rate in RATES)], services(measured)))


if __name__ == "__main__":
    main()
