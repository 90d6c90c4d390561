"""Health: how a library is, and every fault that can be found in its files."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.database import NAME, Database
from index.lexical import NAME as WORDS
from index.lexical import UnusableWords, Words
from index.vectors import NAME as VECTORS
from index.vectors import UnusableVectors, Vectors

ROUNDING = 1e-3  # by which the length of a vector may differ from 1


@dataclass(frozen=True)
class Status:
    """How much a library holds, what made it, its size in bytes by file, and how both rankings are.

    ``vectors`` and ``words`` are "current", "behind" (who searches takes over what has changed), or "missing",
    "damaged" or "stale" (it rebuilds them).
    """

    articles: int
    passages: int
    embedder: str
    dimensions: int
    generation: str
    sizes: dict[str, int]
    vectors: str
    words: str


def status(database: Database) -> Status:
    """See ``Library.status``."""
    with database.reading() as connection:
        (articles,) = connection.execute("SELECT count(*) FROM articles WHERE id NOTNULL").fetchone()
        (passages,) = connection.execute(
            "SELECT count(*) FROM passages JOIN articles ON number = article WHERE articles.id NOTNULL"
        ).fetchone()
        return Status(
            articles,
            passages,
            database.fact("embedder"),
            int(database.fact("dimensions") or 0),
            database.generation(),
            {name: _size(database.directory / name) for name in (NAME, VECTORS, WORDS)},
            _state(database, _vectors(database)),
            _state(database, _words(database)),
        )


def check(database: Database) -> list[str]:
    """See ``Library.check``."""
    with database.reading():
        return [*_database_faults(database), *_article_faults(database), *_ranking_faults(database)]


def _database_faults(database: Database) -> Iterator[str]:
    connection = database.connection
    for (verdict,) in connection.execute("PRAGMA integrity_check").fetchall():
        if verdict != "ok":
            yield f"{NAME}: {verdict}"
    for table, row, *_ in connection.execute("PRAGMA foreign_key_check").fetchall():
        yield f"{NAME}: row {row} of {table} points at nothing"


def _article_faults(database: Database) -> Iterator[str]:
    connection = database.connection
    dimensions = int(database.fact("dimensions") or 0)
    for number, id, text, sha256 in connection.execute("SELECT number, id, text, sha256 FROM articles"):
        name = id or f"article {number}, not yet published,"
        spans = "SELECT start, end, vector FROM passages LEFT JOIN embeddings ON passage = id WHERE article = ?"
        rows = connection.execute(f"{spans} ORDER BY start", [number])
        yield from faults(name, text, sha256, rows, dimensions)
        if id and not connection.execute("SELECT 1 FROM files WHERE article = ?", [number]).fetchone():
            yield f"{name}: it comes from no file"


def faults(
    name: str, text: str, sha256: str, passages: Iterable[tuple[int, int, bytes | None]], dimensions: int
) -> Iterator[str]:
    """What a citation relies on: the text that was indexed, passages inside it in order, a vector for each."""
    import numpy as np

    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        yield f"{name}: the text is not the one that was indexed"
    done = 0
    for start, end, vector in passages:
        if not done <= start < end <= len(text):
            yield f"{name}: passage {start}:{end} is no span of its own in the text"
        if vector is None or len(vector) != 4 * dimensions:
            yield f"{name}: passage {start}:{end} has no vector of {dimensions} dimensions"
        elif abs(float(np.linalg.norm(np.frombuffer(vector, dtype="<f4"))) - 1) > ROUNDING:
            yield f"{name}: passage {start}:{end} has a vector that is not of length 1"
        done = end


def _ranking_faults(database: Database) -> Iterator[str]:
    select = "SELECT passages.id FROM passages JOIN articles ON number = article WHERE articles.id NOTNULL"
    ids = {id for (id,) in database.connection.execute(select)}
    for name, found in ((VECTORS, _vectors(database)), (WORDS, _words(database))):
        state = _state(database, found)
        if state == "behind":
            continue  # a small change is not worth writing the whole file: who searches takes it over
        if state != "current" and not ids:
            continue  # where there is no article, nobody searches, so that nothing puts it right
        if state != "current":
            yield f"{name} is {state}: the next search puts that right, and so does --rebuild"
        elif not isinstance(found, str) and found.ids() != ids:
            yield f"{name} does not hold the passages that are in {NAME}: --rebuild puts that right"


def _vectors(database: Database) -> Vectors | str:
    """As they are on disk, or what is wrong with them."""
    try:
        return Vectors.read(database.directory / VECTORS)
    except UnusableVectors as error:
        return str(error)


def _words(database: Database) -> Words | str:
    try:
        return Words(database.directory / WORDS)
    except UnusableWords as error:
        return str(error)


def _state(database: Database, found: Vectors | Words | str) -> str:
    if isinstance(found, str):
        return found
    if found.generation == database.generation():
        return "current"
    return "behind" if database.since(found.generation) else "stale"


def _size(path: Path) -> int:
    return (
        sum(_size(child) for child in path.iterdir()) if path.is_dir() else path.stat().st_size if path.exists() else 0
    )
