"""The file of vectors: whole, of the right state, or rebuilt."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.database import Database
from index.vectors import UnusableVectors, Vectors, current, scores

ARTICLE = (
    "INSERT INTO articles (number, id, title, sha256, pages, generation, text) VALUES (?, ?, 'A', ?, '[]', ?, 'text')"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A library of one article with four passages, numbered from 1, whose vectors are the axes."""
    database = Database(tmp_path / "library")
    with database.writing() as connection:
        database.set_facts(dimensions="4")
        connection.execute(ARTICLE, [1, "a", "x", database.next_generation()])
        for number, row in enumerate(np.eye(4, dtype=np.float32), 1):
            connection.execute("INSERT INTO passages VALUES (?, 1, 0, 4)", [number])
            connection.execute("INSERT INTO embeddings VALUES (?, ?)", [number, row.tobytes()])
    yield database
    database.close()


@pytest.fixture
def vectors(database: Database) -> Vectors:
    return Vectors.build(database.connection, database.generation(), 4)


def test_a_file_reads_back_as_it_was_written(vectors: Vectors, tmp_path: Path) -> None:
    vectors.write(tmp_path / "v")
    again = Vectors.read(tmp_path / "v")
    query = np.array([[0.1, 0.9, 0.3, 0.2]], dtype=np.float32)
    assert again.nearest(query, 3) == vectors.nearest(query, 3) == [[2, 3, 4]]
    assert again.generation == vectors.generation
    assert "v.1" not in [path.name[:3] for path in tmp_path.iterdir()], "no draft is left behind"


def test_the_database_says_how_near(database: Database) -> None:
    query = np.array([0.1, 0.9, 0.3, 0.2], dtype=np.float32)
    assert scores(database.connection, query, [1, 3, 99]) == pytest.approx({1: 0.1, 3: 0.3})


def test_what_changed_is_taken_over(database: Database, vectors: Vectors, tmp_path: Path) -> None:
    file = database.directory / "vectors.faiss"
    vectors.write(file)
    before = file.read_bytes()
    with database.writing() as connection:
        connection.execute("DELETE FROM passages WHERE id = 2")
        database.next_generation()
    held = current(database, None)
    assert held.ids() == {1, 3, 4} and held.generation == database.generation()
    assert file.read_bytes() != before, "a quarter has changed: the file is written again"
    assert current(database, held) is held


def test_a_missing_file_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnusableVectors, match="missing"):
        Vectors.read(tmp_path / "v")


def test_every_flipped_byte_and_every_cut_is_noticed(vectors: Vectors, tmp_path: Path) -> None:
    vectors.write(tmp_path / "v")
    whole = (tmp_path / "v").read_bytes()
    damaged = [whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :] for i in range(len(whole))]
    for data in damaged + [whole[:length] for length in range(len(whole))]:
        (tmp_path / "v").write_bytes(data)
        with pytest.raises(UnusableVectors):
            Vectors.read(tmp_path / "v")


def test_many_vectors_are_clustered_and_what_is_near_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a large library does it, from 2,000 vectors on."""
    monkeypatch.setattr("index.vectors.FLAT", 1999)
    chance = np.random.default_rng(1)
    centres = chance.standard_normal((20, 16))
    rows = (centres[chance.integers(0, 20, 3000)] + 0.3 * chance.standard_normal((3000, 16))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    database = Database(tmp_path / "library")

    def add(numbers: range) -> None:
        with database.writing() as connection:
            connection.execute(
                ARTICLE,
                [numbers.start, f"a{numbers.start}", str(numbers.start), database.next_generation()],
            )
            for number in numbers:
                connection.execute("INSERT INTO passages VALUES (?, ?, 0, 4)", [number, numbers.start])
                connection.execute("INSERT INTO embeddings VALUES (?, ?)", [number, rows[number - 1].tobytes()])

    database.set_facts(dimensions="16")
    add(range(1, 1000))
    vectors = current(database, None)
    assert not vectors.clustered
    add(range(1000, 2800))
    vectors = current(database, vectors)
    assert vectors.clustered and len(vectors) == 2799
    add(range(2800, 3001))
    vectors = current(database, vectors)
    with database.writing() as connection:
        connection.execute("DELETE FROM articles WHERE number = 1000")
        database.next_generation()
    vectors = current(database, vectors)
    left = [*range(1, 1000), *range(2800, 3001)]
    assert vectors.ids() == set(left) == current(database, None).ids()
    exact = np.array(left)[np.argsort(-rows[:20] @ rows[np.array(left) - 1].T, axis=1)[:, :10]]
    vectors.index.nprobe = vectors.index.nlist // 4
    found = vectors.nearest(rows[:20], 10)
    assert np.mean([len({*near} & {*truth}) / 10 for near, truth in zip(found, exact.tolist(), strict=True)]) > 0.9
    database.close()
