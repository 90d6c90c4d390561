"""The library: articles, their passages and both rankings of them, in one folder."""

from __future__ import annotations

import difflib
import hashlib
import logging
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from index import lexical
from index.article import Article, Problem, UnreadableFile, find, read
from index.database import Database
from index.embedder import Embedder
from index.errors import DamagedLibrary, UsageError
from index.passage import Passage, split
from index.search import CANDIDATES, Hit, fuse, place, ranks

if TYPE_CHECKING:
    import sqlite3

    import numpy as np
    from numpy.typing import NDArray

    from index.vectors import Vectors

log = logging.getLogger(__name__)
ARTICLE = "SELECT id, title, source, text, sha256 FROM articles"


@dataclass(frozen=True)
class Changes:
    """What ``Library.mirror`` did: article ids, and the files that could not be indexed."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    unchanged: list[str]
    problems: list[Problem]


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
        return cls(database, embedder or Embedder(made_with))

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
        paths = [Path(path) for path in paths]
        files = {self._place(file): file for file in find(paths)}
        with self._database.writing() as connection:
            known = {
                place: (id, sha256)
                for place, id, sha256 in connection.execute("SELECT path, id, sha256 FROM articles ORDER BY path")
            }
            gone = [place for place in known if place not in files and self._is_gone(place, paths)]
            if not files and not gone:
                raise UsageError(f"There is no .txt or .md file in {', '.join(map(str, paths))}: add one.")
            articles, problems = self._read(files, {place: id for place, (id, _) in known.items()})
            added = [place for place in articles if place not in known]
            kept = [place for place in articles if place in known]
            changed = [place for place in kept if articles[place].sha256 != known[place][1]]
            unchanged = [place for place in kept if articles[place].sha256 == known[place][1]]
            self._delete(connection, [known[place][0] for place in gone + changed])
            self._insert(connection, {place: articles[place] for place in added + changed}, progress)
            for place in unchanged:
                connection.execute("UPDATE articles SET source = ? WHERE path = ?", [articles[place].source, place])
        if gone or added or changed:
            with self._database.reading() as connection:
                self._vectors = self._build_vectors(connection)
        return Changes(
            added=[articles[place].id for place in added],
            changed=[articles[place].id for place in changed],
            removed=[known[place][0] for place in gone],
            unchanged=[articles[place].id for place in unchanged],
            problems=problems,
        )

    def remove(self, key: str) -> Article:
        """Take an article out of the library (its file is not touched); ``key`` as for ``article``."""
        removed = self.article(key)
        with self._database.writing() as connection:
            self._delete(connection, [removed.id])
        with self._database.reading() as connection:
            self._vectors = self._build_vectors(connection)
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
            for column in ("id", "source", "title"):
                rows = connection.execute(f"{ARTICLE} WHERE {column} = ? COLLATE NOCASE ORDER BY id", [key]).fetchall()
                if len(rows) > 1:
                    raise UsageError(f"Several articles have the {column} {key}: say {' or '.join(r[0] for r in rows)}.")
                if rows:
                    return self._intact(Article(*rows[0]))
            raise UsageError(f"There is no article {key} in the library{self._alike(connection, key)}.")

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
            vectors = self._current_vectors(connection)
            if not len(vectors):
                return [[] for _ in questions]
            queries = self._embedder.encode(questions)
            nearest = vectors.nearest(queries, CANDIDATES)
            return [
                _hits(connection, vectors, question, query, dense, k)
                for question, query, dense in zip(questions, queries, nearest, strict=True)
            ]

    def _place(self, file: Path) -> str:
        """``file`` as seen from the library's folder: it stays the same when both are moved together."""
        return os.path.relpath(file.parent.resolve() / file.name, self._database.directory.resolve())

    def _is_gone(self, place: str, paths: Iterable[Path]) -> bool:
        """Whether the file at ``place`` was in one of ``paths`` and is no more."""
        file = Path(os.path.normpath(self._database.directory.resolve() / place))
        return not file.exists() and any(file.is_relative_to(path.resolve()) for path in paths)

    def _read(self, files: dict[str, Path], ids: dict[str, str]) -> tuple[dict[str, Article], list[Problem]]:
        """The articles in ``files`` by place, each with its old id or one that nothing else has."""
        articles: dict[str, Article] = {}
        problems: list[Problem] = []
        taken = set(ids.values())
        for place, file in files.items():
            try:
                article = read(file)
            except UnreadableFile as error:
                kept = "; what was indexed before is kept" if place in ids else ""
                problems.append(Problem(str(file), f"{error}{kept}"))
                continue
            names = chain([article.id], (f"{article.id}-{number}" for number in count(2)))
            id = ids.get(place) or next(name for name in names if name not in taken)
            taken.add(id)
            articles[place] = replace(article, id=id)
        return articles, problems

    def _delete(self, connection: sqlite3.Connection, ids: list[str]) -> None:
        connection.executemany("DELETE FROM articles WHERE id = ?", [(id,) for id in ids])
        self._database.next_generation()

    def _insert(self, connection: sqlite3.Connection, articles: dict[str, Article], progress: bool) -> None:
        if not articles:
            return
        passages = []
        for place, article in articles.items():
            row = [article.id, place, article.source, article.title, article.text, article.sha256]
            connection.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?)", row)
            for passage in split(article, self._embedder.count_tokens, self._embedder.window):
                passages.append((article.title, passage))
        vectors = self._embedder.encode([passage.text for _, passage in passages], progress)
        for (title, passage), vector in zip(passages, vectors, strict=True):
            row = connection.execute(
                "INSERT INTO passages (article, start, end) VALUES (?, ?, ?)",
                [passage.article_id, passage.start, passage.end],
            ).lastrowid
            connection.execute("INSERT INTO embeddings VALUES (?, ?)", [row, vector.tobytes()])
            connection.execute("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", [row, title, passage.text])
        self._database.remember(embedder=self._embedder.name, dimensions=str(self._embedder.dimensions))
        self._database.next_generation()

    def _intact(self, article: Article) -> Article:
        if hashlib.sha256(article.text.encode()).hexdigest() != article.sha256:
            raise DamagedLibrary(
                f"The text of {article.id} in {self._database.file} is damaged. "
                "Move the file away and index the articles again."
            )
        return article

    def _alike(self, connection: sqlite3.Connection, key: str) -> str:
        names = [name for row in connection.execute("SELECT id, title FROM articles ORDER BY id") for name in row]
        close = difflib.get_close_matches(key, names, n=3, cutoff=0.5)
        return f": did you mean {' or '.join(dict.fromkeys(close))}?" if close else ""

    def _current_vectors(self, connection: sqlite3.Connection) -> Vectors:
        """The vectors of the state that ``connection`` sees, from ``vectors.faiss`` while that is sound."""
        from index.vectors import UnusableVectors, Vectors

        generation = self._database.fact("generation") or ""
        if self._vectors is None or self._vectors.generation != generation:
            try:
                self._vectors = Vectors.read(self._vectors_file, generation)
            except UnusableVectors as error:
                log.warning("%s was %s: it is built anew from library.db.", self._vectors_file, error)
                self._vectors = self._build_vectors(connection)
        return self._vectors

    def _build_vectors(self, connection: sqlite3.Connection) -> Vectors:
        from index.vectors import Vectors

        dimensions = int(self._database.fact("dimensions") or 1)
        vectors = Vectors.build(connection, self._database.fact("generation") or "", dimensions)
        with suppress(OSError):  # a library that can only be read is searched all the same
            vectors.write(self._vectors_file)
        return vectors


def _hits(
    connection: sqlite3.Connection,
    vectors: Vectors,
    question: str,
    query: NDArray[np.float32],
    nearest: list[int],
    k: int,
) -> list[Hit]:
    """Both sides' candidates scored by both sides, fused, and the ``k`` best of them."""
    dense = place(nearest)
    words = place(lexical.best(connection, question, CANDIDATES))
    ids = sorted({*dense, *words})
    scores = fuse(vectors.scores(query, ids), lexical.scores(connection, question, ids))
    best = ranks(scores)[:k]
    passages = _passages(connection, f"passages.id IN ({','.join('?' * len(best))})", best)
    return [
        Hit(passages[id], scores[id], rank, dense.get(id), words.get(id)) for rank, id in enumerate(best, 1)
    ]


def _passages(connection: sqlite3.Connection, condition: str, arguments: Sequence[object]) -> dict[int, Passage]:
    rows = connection.execute(
        "SELECT passages.id, article, start, end, substr(text, start + 1, end - start) "
        f"FROM passages JOIN articles ON articles.id = article WHERE {condition}",
        arguments,
    )
    return {row[0]: Passage(*row[1:]) for row in rows}
