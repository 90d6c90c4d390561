"""The store: what a library holds, as a sync sees it, and how ``library.db`` keeps it."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.article import Article, pages_from_json
from index.database import Database
from index.passage import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ORPHANS = "FROM articles WHERE number NOT IN (SELECT article FROM files)"


@dataclass(frozen=True)
class File:
    """A file and the sha256 of its article's text; ``id`` and ``title`` are None where it was not read again."""

    article: str
    source: str
    stamp: str | None
    id: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Plan:
    """What a library is to hold: files by place, without those in ``gone``.

    ``ids`` and ``titles`` hold what is new of either, by the sha256 of the article's text; articles that no file
    holds any longer are ``orphans``. ``added`` says when an article came, where that is not now.
    """

    found: dict[str, File]
    gone: set[str]
    ids: dict[str, str]
    titles: dict[str, str]
    orphans: set[str]
    added: dict[str, datetime] = field(default_factory=dict)


EmbeddedArticle = tuple[Article, list[Passage], "NDArray[np.float32]"]  # with a unit vector for each passage


class Store(Protocol):
    """Where a sync puts what it reads."""

    home: Path  # that places of files are seen from

    def changing(self) -> AbstractContextManager[None]:
        """Nobody else changes anything meanwhile; raises FootnoteError where somebody keeps doing so."""

    def files(self) -> dict[str, File]:
        """The files that articles came from, by place."""

    def live(self) -> dict[str, tuple[str, str]]:
        """Id and title of each article, by the sha256 of its text."""

    def stored(self, sha256: str) -> bool:
        """Whether that article is there as a whole, published or not."""

    def fact(self, name: str) -> str:
        """What is remembered under ``name`` ("embedder", "dimensions" or "agreement"), or ""."""

    def add(self, articles: Sequence[EmbeddedArticle], **facts: str) -> None:
        """Keep articles where nobody sees them yet."""

    def publish(self, plan: Plan) -> None:
        """Let everybody see what is planned, all at once."""

    def embedded(self, articles: Sequence[str]) -> Iterator[EmbeddedArticle]:
        """Published articles, by the sha256 of their texts; without their sources, which ``files`` says."""


class DatabaseStore:
    """Store in ``library.db``; each of these is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.home = database.directory.resolve()
        self.changing = database.changing
        self.fact = database.fact

    def files(self) -> dict[str, File]:
        """By place, in order."""
        select = "SELECT path, sha256, source, stamp FROM files JOIN articles ON number = article ORDER BY path"
        return {place: File(*row) for place, *row in self._database.connection.execute(select)}

    def live(self) -> dict[str, tuple[str, str]]:
        """What is published."""
        select = "SELECT sha256, id, title FROM articles WHERE id NOTNULL"
        return {sha256: (id, title) for sha256, id, title in self._database.connection.execute(select)}

    def stored(self, sha256: str) -> bool:
        """Whether there is a row of it."""
        select = "SELECT EXISTS (SELECT * FROM articles WHERE sha256 = ?)"
        return bool(self._database.connection.execute(select, [sha256]).fetchone()[0])

    def add(self, articles: Sequence[EmbeddedArticle], **facts: str) -> None:
        """Rows without an id."""
        with self._database.writing() as connection:
            self._database.set_facts(**facts)
            for article, passages, vectors in articles:
                about = [article.title, article.sha256, article.date, article.pages_as_json(), article.language]
                insert = "INSERT INTO articles (title, sha256, date, pages, language, text) VALUES (?, ?, ?, ?, ?, ?)"
                number = connection.execute(insert, [*about, article.text]).lastrowid
                for passage, vector in zip(passages, vectors, strict=True):
                    span = [number, passage.start, passage.end]
                    insert = "INSERT INTO passages (article, start, end) VALUES (?, ?, ?)"
                    id = connection.execute(insert, span).lastrowid
                    connection.execute("INSERT INTO embeddings VALUES (?, ?)", [id, vector.tobytes()])

    def publish(self, plan: Plan) -> None:
        """With a generation of its own, where any article is touched."""
        with self._database.writing() as connection:
            _point(connection, plan.found, plan.gone)
            connection.execute(f"DELETE {ORPHANS}")
            if plan.ids or plan.titles or plan.orphans:
                generation = self._database.next_generation()
                for column, values in (("id", plan.ids), ("title", plan.titles)):
                    rows = [(value, generation, sha256) for sha256, value in values.items()]
                    connection.executemany(f"UPDATE articles SET {column} = ?, generation = ? WHERE sha256 = ?", rows)
            added = [(f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}", sha256) for sha256, when in plan.added.items()]
            connection.executemany("UPDATE articles SET added = ? WHERE sha256 = ?", added)

    def embedded(self, articles: Sequence[str]) -> Iterator[EmbeddedArticle]:
        """One by one."""
        import numpy as np

        connection = self._database.connection
        for sha256 in articles:
            select = (
                "SELECT number, id, title, text, date, pages, language FROM articles WHERE sha256 = ? AND id NOTNULL"
            )
            for number, id, title, text, date, pages, language in connection.execute(select, [sha256]).fetchall():
                spans = "SELECT start, end, vector FROM passages JOIN embeddings ON passage = id WHERE article = ?"
                rows = connection.execute(f"{spans} ORDER BY start", [number]).fetchall()
                vectors = np.frombuffer(b"".join(vector for *_, vector in rows), dtype="<f4")
                yield (
                    Article(id, title, "", text, sha256, date, *pages_from_json(pages), language=language),
                    [Passage(id, start, end, text[start:end]) for start, end, _ in rows],
                    vectors.reshape(len(rows), -1),
                )


def _point(connection: sqlite3.Connection, found: dict[str, File], gone: Collection[str]) -> None:
    """Let each file point at the article it holds now."""
    connection.executemany("DELETE FROM files WHERE path = ?", [(place,) for place in gone])
    connection.executemany(
        "INSERT INTO files SELECT ?, ?, number, ? FROM articles WHERE sha256 = ? ON CONFLICT DO UPDATE "
        "SET source = excluded.source, article = excluded.article, stamp = excluded.stamp "
        "WHERE (source, article, stamp) IS NOT (excluded.source, excluded.article, excluded.stamp)",
        [(place, file.source, file.stamp, file.article) for place, file in found.items()],
    )
