"""Vectors: the dense side of retrieval, an exact FAISS index kept in one file."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import FootnoteError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class UnusableVectors(FootnoteError):
    """A vectors file that is missing, stale or damaged (the message is that word): build it anew."""


@dataclass(frozen=True)
class Vectors:
    """Unit vectors of passages, searched exactly by inner product (cosine similarity).

    ``generation`` names the state of the library that they were built from.
    """

    generation: str
    index: Any  # faiss.IndexIDMap2 over IndexFlatIP: FAISS has no types

    @classmethod
    def build(cls, connection: sqlite3.Connection, generation: str, dimensions: int) -> Vectors:
        """The index of the embeddings in ``library.db``, by passage id."""
        import faiss
        import numpy as np

        rows = connection.execute("SELECT passage, vector FROM embeddings ORDER BY passage").fetchall()
        ids = np.array([id for id, _ in rows], dtype=np.int64)
        matrix = np.frombuffer(b"".join(vector for _, vector in rows), dtype="<f4").reshape(-1, dimensions)
        index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimensions))
        index.add_with_ids(matrix, ids)
        return cls(generation, index)

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self.index.ntotal)

    @classmethod
    def read(cls, file: Path, generation: str) -> Vectors:
        """The vectors in ``file``; raises UnusableVectors unless they are whole and of ``generation``."""
        import faiss
        import numpy as np

        try:
            with file.open("rb") as stream:
                header = json.loads(stream.readline(1000))
                data = np.fromfile(stream, dtype=np.uint8)
        except FileNotFoundError as error:
            raise UnusableVectors("missing") from error
        except (OSError, ValueError) as error:
            raise UnusableVectors("damaged") from error
        if not isinstance(header, dict) or header.get("sha256") != hashlib.sha256(data.data).hexdigest():
            raise UnusableVectors("damaged")
        if header.get("generation") != generation:
            raise UnusableVectors("stale")
        return cls(generation, faiss.deserialize_index(data))

    def write(self, file: Path) -> None:
        """Replace ``file`` at once: one line of JSON (generation, sha256), then FAISS's own bytes.

        Raises OSError when the folder can't be written.
        """
        import faiss

        data = faiss.serialize_index(self.index)
        header = {"generation": self.generation, "sha256": hashlib.sha256(data.data).hexdigest()}
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            with draft.open("wb") as stream:
                stream.write(json.dumps(header).encode() + b"\n")
                data.tofile(stream)
            os.replace(draft, file)
        finally:
            draft.unlink(missing_ok=True)

    def nearest(self, queries: NDArray[np.float32], k: int) -> list[list[int]]:
        """For each row of ``queries``, the ids of the ``k`` nearest passages, nearest first."""
        _, ids = self.index.search(queries, min(k, self.index.ntotal))
        return [row.tolist() for row in ids]

    def scores(self, query: NDArray[np.float32], ids: list[int]) -> dict[int, float]:
        """The cosine similarity of ``query``, shape (dimensions,), and each passage in ``ids``."""
        import numpy as np

        rows = self.index.reconstruct_batch(np.array(ids, dtype=np.int64))
        return dict(zip(ids, (rows @ query).tolist(), strict=True))
