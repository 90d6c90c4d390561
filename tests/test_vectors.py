"""The file of vectors: whole, of the right state, or built anew."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from index.vectors import UnusableVectors, Vectors


@pytest.fixture
def vectors() -> Vectors:
    rows = np.eye(4, dtype=np.float32)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE embeddings (passage INTEGER PRIMARY KEY, vector BLOB)")
    connection.executemany(
        "INSERT INTO embeddings VALUES (?, ?)", [(10 * i, row.tobytes()) for i, row in enumerate(rows)]
    )
    return Vectors.build(connection, "monday", 4)


def test_a_file_reads_back_as_it_was_written(vectors: Vectors, tmp_path: Path) -> None:
    vectors.write(tmp_path / "v")
    again = Vectors.read(tmp_path / "v", "monday")
    query = np.array([0.1, 0.9, 0.3, 0.2], dtype=np.float32)
    assert again.nearest(query[None], 3) == vectors.nearest(query[None], 3) == [[10, 20, 30]]
    assert again.scores(query, [0, 20]) == pytest.approx({0: 0.1, 20: 0.3})
    assert [path.name for path in tmp_path.iterdir()] == ["v"], "no draft is left behind"


def test_a_missing_or_stale_file_is_told_apart(vectors: Vectors, tmp_path: Path) -> None:
    with pytest.raises(UnusableVectors, match="missing"):
        Vectors.read(tmp_path / "v", "monday")
    vectors.write(tmp_path / "v")
    with pytest.raises(UnusableVectors, match="stale"):
        Vectors.read(tmp_path / "v", "tuesday")


def test_every_flipped_byte_and_every_cut_is_noticed(vectors: Vectors, tmp_path: Path) -> None:
    vectors.write(tmp_path / "v")
    whole = (tmp_path / "v").read_bytes()
    damaged = [whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :] for i in range(len(whole))]
    for data in damaged + [whole[:length] for length in range(len(whole))]:
        (tmp_path / "v").write_bytes(data)
        with pytest.raises(UnusableVectors):
            Vectors.read(tmp_path / "v", "monday")
