"""Vectors: the dense side of retrieval, a FAISS index kept in one file."""

from __future__ import annotations

import json
import logging
import math
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.database import Database
from index.errors import FootnoteError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)
NAME = "vectors.faiss"
FLAT = 50_000  # vectors that are searched exactly; more are searched by clusters: python -m index.scale
SAMPLE = 40  # vectors to learn each cluster from; FAISS asks for 39 at least
PROBES = 1 / 32  # share of the clusters that a search looks into
GROWTH = 4  # times as many vectors as the clusters were learnt from, and they are learnt again
SLACK = 0.05  # share of vectors that may have changed before the file is written again
CHUNK = 10_000  # rows read from the database at once

PUBLISHED = (
    "FROM articles CROSS JOIN passages ON passages.article = number CROSS JOIN embeddings ON passage = passages.id "
    "WHERE generation > ?"  # CROSS JOIN: SQLite keeps this order, so that few articles are quickly found
)


class UnusableVectors(FootnoteError):
    """A vectors file that is missing, stale or damaged (the message is that word): rebuild it."""


class Vectors:
    """Unit vectors of passages, searched by inner product (cosine similarity).

    ``generation`` names the state of the library that they are of, ``changed`` counts what came or went since they
    were last written. Up to 50,000 are searched exactly. More are kept in clusters, a byte a dimension, and the
    nearest clusters searched (an inverted file with scalar quantization): Sivic and Zisserman, "Video Google", 2003.
    """

    def __init__(self, index: Any, generation: str, changed: int = 0) -> None:  # FAISS has no types
        self.index = index
        self.generation = generation
        self.changed = changed

    @classmethod
    def build(cls, connection: sqlite3.Connection, generation: str, dimensions: int) -> Vectors:
        """The index of the embeddings in ``library.db``, by passage id."""
        (count,) = connection.execute(f"SELECT count(*) {PUBLISHED}", [0]).fetchone()
        vectors = cls(_empty(connection, count, dimensions), generation)
        vectors.update(connection, 0, generation)
        return vectors

    @classmethod
    def read(cls, file: Path) -> Vectors:
        """The vectors in ``file``; raises UnusableVectors unless they are whole."""
        import faiss
        import numpy as np

        try:
            with file.open("rb") as stream:
                header = json.loads(stream.readline(1000))
                data = np.fromfile(stream, dtype=np.uint8)
            generation, checksum = header["generation"], header["crc32"]
        except FileNotFoundError as error:
            raise UnusableVectors("missing") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnusableVectors("damaged") from error
        if checksum != zlib.crc32(data.data, zlib.crc32(str(generation).encode())):
            raise UnusableVectors("damaged")
        return cls(faiss.deserialize_index(data), generation)

    def write(self, file: Path) -> None:
        """Replace ``file`` at once: one line of JSON (generation, checksum), then FAISS's own bytes.

        Raises OSError when the folder can't be written.
        """
        import faiss

        data = faiss.serialize_index(self.index)
        checksum = zlib.crc32(data.data, zlib.crc32(self.generation.encode()))
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            with draft.open("wb") as stream:
                stream.write(json.dumps({"generation": self.generation, "crc32": checksum}).encode() + b"\n")
                data.tofile(stream)
            os.replace(draft, file)
        finally:
            draft.unlink(missing_ok=True)
        self.changed = 0

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self.index.ntotal)

    def ids(self) -> set[int]:
        """The ids of all passages."""
        import faiss

        if not self.clustered:
            return set(faiss.vector_to_array(self.index.id_map).tolist())
        lists = self.index.invlists
        return {
            id
            for number in range(self.index.nlist)
            for id in faiss.rev_swig_ptr(lists.get_ids(number), lists.list_size(number)).tolist()
        }

    @property
    def needs_rebuilding(self) -> bool:
        """Whether another index suits so many vectors."""
        return len(self) > (GROWTH * _learnt_from(self.index.nlist) if self.clustered else FLAT)

    @property
    def needs_writing(self) -> bool:
        """Whether so much has changed that the file should be written again."""
        return self.changed > SLACK * len(self)

    @property
    def clustered(self) -> bool:
        """Whether a search is approximate."""
        return hasattr(self.index, "nprobe")

    def update(self, connection: sqlite3.Connection, since: int, generation: str) -> None:
        """Take over what has changed in ``library.db`` since the generation of that number."""
        import numpy as np

        if since:
            gone = [id for (id,) in connection.execute("SELECT passage FROM forgotten WHERE generation > ?", [since])]
            gone += [id for (id,) in connection.execute(f"SELECT passage {PUBLISHED}", [since])]
            self.changed += len(gone)
            self.index.remove_ids(np.array(gone, dtype=np.int64))
        for ids, rows in _chunks(connection, f"SELECT passage, vector {PUBLISHED}", [since], self.index.d):
            self.changed += len(ids)
            self.index.add_with_ids(rows, ids)
        self.generation = generation

    def nearest(self, queries: NDArray[np.float32], k: int) -> list[list[int]]:
        """For each row of ``queries``, the ids of the ``k`` nearest passages, nearest first.

        Where that is approximate, they are twice as many, so that ``scores`` can tell which are nearest.
        """
        _, ids = self.index.search(queries, min(2 * k if self.clustered else k, len(self)))
        return [row[row >= 0].tolist() for row in ids]


def current(database: Database, held: Vectors | None, announced: bool = True) -> Vectors:
    """``held``, or else what is in ``vectors.faiss``, brought up to date; rebuilt where neither is of use.

    ``announced`` says the latter in the log.
    """
    file = database.directory / NAME
    with database.reading() as connection:
        generation = database.generation()
        if held and held.generation == generation:
            return held
        try:
            vectors = held or Vectors.read(file)
            since = database.since(vectors.generation)
            if not since:
                raise UnusableVectors("stale")
            vectors.update(connection, since, generation)
            fit = not vectors.needs_rebuilding
        except UnusableVectors as error:
            fit = False
            if announced:
                log.warning("%s was %s: it is rebuilt from library.db.", file, error)
        if not fit:
            vectors = Vectors.build(connection, generation, int(database.fact("dimensions") or 1))
        if vectors.needs_writing:
            with suppress(OSError):  # a library that can only be read is searched all the same
                vectors.write(file)
        return vectors


def scores(connection: sqlite3.Connection, query: NDArray[np.float32], ids: list[int]) -> dict[int, float]:
    """The cosine similarity of ``query``, shape (dimensions,), and each passage in ``ids`` that is published."""
    select = (
        "SELECT passage, vector FROM embeddings CROSS JOIN passages ON passages.id = passage "
        f"JOIN articles ON number = article WHERE passage IN ({','.join('?' * len(ids))}) AND +generation > 0"
    )
    found = [(chunk.tolist(), rows @ query) for chunk, rows in _chunks(connection, select, ids, len(query))]
    return {id: float(score) for chunk, values in found for id, score in zip(chunk, values, strict=True)}


def _empty(connection: sqlite3.Connection, count: int, dimensions: int) -> Any:
    """An index that suits ``count`` vectors, trained on some of them."""
    import faiss
    import numpy as np

    if count <= FLAT:
        return faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions))
    index = clusters(count, dimensions)
    every = max(1, count // (SAMPLE * index.nlist))
    sample = f"SELECT passage, vector {PUBLISHED} AND passage % ? = 0"
    index.train(np.concatenate([rows for _, rows in _chunks(connection, sample, [0, every], dimensions)]))
    return index


def clusters(count: int, dimensions: int) -> Any:
    """An untrained index in clusters that suits ``count`` vectors."""
    import faiss

    lists = 4 * math.isqrt(count)
    index: Any = faiss.index_factory(dimensions, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.nprobe = max(1, round(lists * PROBES))
    return index


def _learnt_from(lists: int) -> int:
    """How many vectors there were when so many clusters were chosen."""
    return (lists // 4) ** 2


def _chunks(
    connection: sqlite3.Connection, select: str, arguments: list[int], dimensions: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Ids, shape (n,), and vectors, shape (n, dimensions), a chunk at a time."""
    import numpy as np

    cursor = connection.execute(select, arguments)
    while found := cursor.fetchmany(CHUNK):
        ids = np.array([id for id, _ in found], dtype=np.int64)
        yield ids, np.frombuffer(b"".join(vector for _, vector in found), dtype="<f4").reshape(-1, dimensions)
