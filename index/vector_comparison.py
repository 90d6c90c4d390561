"""Compare FAISS's indexes on one library's vectors: ``python -m index.vector_comparison LIBRARY FILE``.

FILE holds the questions, in SQuAD's JSON layout; LIBRARY is what `index.scale` left. For each kind of index: seconds to
build, milliseconds a question (one at a time, as users ask), the share of the ten nearest passages among the candidates
(which are then ordered exactly), bytes a vector. HNSW: Malkov and Yashunin, "Efficient and robust approximate nearest
neighbor search using Hierarchical Navigable Small World graphs", 2016.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.database import Database
from index.embedder import Embedder
from index.recall import unpack
from index.search import CANDIDATES
from index.vectors import PUBLISHED, SAMPLE, clusters

NEAREST = 10
ASKED = 300
Floats = NDArray[np.float32]


def flat(vectors: Floats) -> Any:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def graph(vectors: Floats) -> Any:
    index: Any = faiss.index_factory(vectors.shape[1], "HNSW32,SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    index.hnsw.efSearch = 4 * CANDIDATES
    return index


def inverted(vectors: Floats) -> Any:
    index = clusters(*vectors.shape)
    index.train(vectors[:: max(1, len(vectors) // (SAMPLE * index.nlist))])
    index.add(vectors)
    return index


KINDS: dict[str, Callable[[Floats], Any]] = {"flat": flat, "HNSW32, SQ8": graph, "IVF, SQ8": inverted}


def rows(vectors: Floats, queries: Floats) -> Iterator[str]:
    """A line for each kind of index."""
    exact = np.argsort(-(queries @ vectors.T), axis=1)[:, :NEAREST]
    for name, build in KINDS.items():
        began = time.perf_counter()
        index = build(vectors)
        built = time.perf_counter() - began
        taken, shares = [], []
        for query, near in zip(queries, exact, strict=True):
            began = time.perf_counter()
            _, found = index.search(query[None], 2 * CANDIDATES)
            taken.append(1000 * (time.perf_counter() - began))
            shares.append(len({*found[0]} & {*near}) / NEAREST)
        size = len(faiss.serialize_index(index)) / len(vectors)
        p50, p95 = np.percentile(taken, [50, 95])
        yield f"{name:14}{built:>9.1f}{p50:>9.2f}{p95:>9.2f}{np.mean(shares):>9.3f}{size:>9.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m index.vector_comparison", description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("file", type=Path, help="questions in SQuAD's JSON layout")
    parser.add_argument("--size", type=int, default=100_000, help="vectors, at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        texts = [question.text for question in unpack(options.file, Path(folder))]
    queries = Embedder().encode(texts[:: max(1, len(texts) // ASKED)])
    with closing(Database(options.library)) as database:
        held = database.connection.execute(f"SELECT vector {PUBLISHED} LIMIT ?", [0, options.size]).fetchall()
    vectors = np.frombuffer(b"".join(vector for (vector,) in held), dtype="<f4").reshape(len(held), -1)
    print(f"{len(vectors)} vectors\n{'':14}{'build s':>9}{'p50 ms':>9}{'p95 ms':>9}{'recall':>9}{'bytes':>9}")
    for line in rows(vectors, queries):
        print(line, flush=True)


if __name__ == "__main__":
    main()
