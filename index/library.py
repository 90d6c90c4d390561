"""The library: articles, their passages and both rankings of them, in one folder."""

from __future__ import annotations

import difflib
import hashlib
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from index import feedback, lexical
from index.article import Article
from index.database import Database
from index.embedder import Embedder
from index.errors import DamagedLibrary, UsageError
from index.feedback import Feedback
from index.mirror import Changes, mirror
from index.passage import Passage
from index.search import CANDIDATES, Hit, fuse, order

if TYPE_CHECKING:
    import sqlite3

    import numpy as np
    from numpy.typing import NDArray

    from index.vectors import Vectors

__all__ = ["Changes", "Library"]

log = logging.getLogger(__name__)
ARTICLE = "SELECT id, title, source, text, sha256 FROM articles"


class Library:
    """Articles in a folder of their own: ``library.db`` is the truth, ``vectors.faiss`` follows from it."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._vectors: Vectors | None = None
        self._vectors_file = database.directory / "vectors.faiss"

    @classmethod
    def open(cls, directory: str | Path, embedder: Embedder | None = None, create: bool = True) -> Library:
        """The library in ``directory``, made empty where there is none (or refused without ``create``).

        Without ``embedder`` the one that made the library is used; no model is loaded yet.
        Raises UsageError for a missing library or another embedder than the one that made it,
        DamagedLibrary for a ``library.db`` that can't be trusted, FootnoteError for a folder that
        can't be used.
        """
        database = Database(Path(directory), create)
        made_with = database.fact("embedder")
        if embedder and made_with and embedder.name != made_with:
            database.close()
            raise UsageError(
                f"The library in {directory} was made with the embedder {made_with}, not {embedder.name}: "
                f"use {made_with}, or index into another library."
            )
        return cls(database, embedder or Embedder(made_with or None))

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def mirror(self, paths: Iterable[str | Path], progress: bool = False) -> Changes:
        """Make the library hold ``paths`` (files, or folders with all below) as they are now.

        Only what was added, changed or removed is touched, by the sha256 of the text, in one
        transaction. Removed is what was indexed from one of the folders and is no longer there; what
        was indexed from elsewhere stays. A file that can't be read is a problem, not an error, and
        stays as it was indexed before. ``progress`` shows a bar on a terminal.
        Raises UsageError for a path that does not exist, or when there is nothing to index or remove.
        """
        changes = mirror(self._database, self._embedder, paths, progress)
        if changes:
            self._build_vectors()
        return changes

    def remove(self, key: str) -> Article:
        """Take an article out of the library (its file is not touched); ``key`` as for ``article``."""
        removed = self.article(key)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM articles WHERE id = ?", [removed.id])
            self._database.next_generation()
        self._build_vectors()
        return removed

    def articles(self) -> list[Article]:
        """Every article, by source."""
        with self._database.reading() as connection:
            return [Article(*row) for row in connection.execute(f"{ARTICLE} ORDER BY source, id")]

    def article(self, key: str) -> Article:
        """The article whose id, source or title is ``key``, in that order.

        Raises UsageError when there is none (with the closest ones) or a title is shared, and
        DamagedLibrary when its text is no longer what was indexed.
        """
        with self._database.reading() as connection:
            for match in ("id = ?", "source = ?", "title = ?", "title = ? COLLATE NOCASE"):
                rows = connection.execute(f"{ARTICLE} WHERE {match} ORDER BY id", [key]).fetchall()
                if len(rows) > 1:
                    ids = " or ".join(id for id, *_ in rows)
                    raise UsageError(f'Several articles have the title "{key}": say {ids}.')
                if rows:
                    return self._intact(Article(*rows[0]))
            raise UsageError(f'There is no article "{key}" in the library. {_alike(connection, key)}')

    def dates(self) -> dict[str, datetime]:
        """When each article, by id, was added or last changed."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, added FROM articles").fetchall()
        return {id: datetime.fromisoformat(added).replace(tzinfo=UTC) for id, added in rows}

    def passages(self, article_id: str) -> list[Passage]:
        """The passages of an article, in order."""
        with self._database.reading() as connection:
            return list(_passages(connection, "article = ? ORDER BY start", [article_id]).values())

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The ``k`` passages that answer ``question`` best, best first; none in an empty library.

        Raises UsageError for an empty question.
        """
        return self.search_all([question], k)[0]

    def search_all(self, questions: Sequence[str], k: int = 10) -> list[list[Hit]]:
        """``search`` for each of ``questions``, embedded in batches."""
        if not all(question.strip() for question in questions):
            raise UsageError("The question is empty: ask something.")
        with self._database.reading() as connection:
            if not connection.execute("SELECT EXISTS (SELECT * FROM passages)").fetchone()[0]:
                return [[] for _ in questions]
            vectors = self._current_vectors()
            queries = self._embedder.encode(questions)
            self._check_dimensions(queries.shape[1])
            nearest = vectors.nearest(queries, CANDIDATES)
            return [
                _hits(connection, vectors, question, query, dense, k)
                for question, query, dense in zip(questions, queries, nearest, strict=True)
            ]

    def rate(self, rating: Feedback) -> None:
        """Keep what a visitor says of an answer, in place of what they said of it before."""
        with self._database.writing() as connection:
            feedback.keep(connection, rating)

    def feedback(self) -> list[Feedback]:
        """What visitors said of answers, oldest first."""
        with self._database.reading() as connection:
            return feedback.kept(connection)

    def _check_dimensions(self, dimensions: int) -> None:
        made_with = self._database.fact("dimensions")
        if str(dimensions) != made_with:
            raise UsageError(
                f"The embedder {self._embedder.name} now gives {dimensions} dimensions, the library has "
                f"{made_with}: use the model that made it, or index into another library."
            )

    def _intact(self, article: Article) -> Article:
        if hashlib.sha256(article.text.encode()).hexdigest() != article.sha256:
            raise DamagedLibrary(
                f"The text of {article.id} in {self._database.file} is damaged. "
                "Move the file away and index the articles again."
            )
        return article

    def _current_vectors(self) -> Vectors:
        """The vectors of the library as it is now, from ``vectors.faiss`` while that is sound."""
        from index.vectors import UnusableVectors, Vectors

        generation = self._database.fact("generation")
        if self._vectors is None or self._vectors.generation != generation:
            try:
                self._vectors = Vectors.read(self._vectors_file, generation)
            except UnusableVectors as error:
                log.warning("%s was %s: it is built anew from library.db.", self._vectors_file, error)
                self._vectors = self._build_vectors()
        return self._vectors

    def _build_vectors(self) -> Vectors:
        from index.vectors import Vectors

        with self._database.reading() as connection:
            dimensions = int(self._database.fact("dimensions"))
            self._vectors = Vectors.build(connection, self._database.fact("generation"), dimensions)
        with suppress(OSError):  # a library that can only be read is searched all the same
            self._vectors.write(self._vectors_file)
        return self._vectors


def _alike(connection: sqlite3.Connection, key: str) -> str:
    names = [name for row in connection.execute("SELECT id, title FROM articles ORDER BY id") for name in row]
    close = [name for name in names if key.lower() in name.lower()] or difflib.get_close_matches(key, names, cutoff=0.5)
    return f"Did you mean {' or '.join(list(dict.fromkeys(close))[:3])}?" if close else "List the articles to see them."


def _hits(
    connection: sqlite3.Connection,
    vectors: Vectors,
    question: str,
    query: NDArray[np.float32],
    nearest: list[int],
    k: int,
) -> list[Hit]:
    """Both sides' candidates scored by both sides, fused, and the ``k`` best of them."""
    dense = {id: rank for rank, id in enumerate(nearest, 1)}
    words = {id: rank for rank, id in enumerate(lexical.best(connection, question, CANDIDATES), 1)}
    ids = sorted({*dense, *words})
    scores = fuse(vectors.scores(query, ids), lexical.scores(connection, question, ids))
    best = order(scores)[:k]
    passages = _passages(connection, f"passages.id IN ({','.join('?' * len(best))})", best)
    return [Hit(passages[id], scores[id], rank, dense.get(id), words.get(id)) for rank, id in enumerate(best, 1)]


def _passages(connection: sqlite3.Connection, condition: str, arguments: Sequence[object]) -> dict[int, Passage]:
    rows = connection.execute(
        "SELECT passages.id, article, start, end, substr(text, start + 1, end - start) "
        f"FROM passages JOIN articles ON articles.id = article WHERE {condition}",
        arguments,
    )
    return {row[0]: Passage(*row[1:]) for row in rows}
