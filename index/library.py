"""The library: articles, their passages and both rankings of them, in one folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import feedback, health, lexical
from index.article import Article, pages_from_json
from index.database import Database
from index.embedder import Embedder, matching_embedder
from index.entry import Entry
from index.errors import DamagedLibrary, FootnoteError, UsageError
from index.feedback import Feedback
from index.front_matter import LONGEST, tags
from index.passage import Passage
from index.ranking import Ranking
from index.search import CANDIDATES, Hit
from index.store import DatabaseStore
from index.suggestion import did_you_mean
from index.sync import Changes, Ingester, sync

if TYPE_CHECKING:
    from index.health import Status
    from index.lexical import Words
    from index.vectors import Vectors

__all__ = ["Changes", "Library"]

SOURCE = "(SELECT source FROM files WHERE article = number ORDER BY path LIMIT 1) AS source"
ARTICLE = f"SELECT id, title, {SOURCE}, text, sha256, date, pages, language FROM articles WHERE id NOTNULL"
ENTRY = f"SELECT id, title, {SOURCE}, sha256, date, length(text), added FROM articles WHERE id NOTNULL"


class Library:
    """Articles in a folder of their own: ``library.db`` holds all, ``vectors.faiss`` and ``words`` are built from it.

    Any number of processes may read while one writes; the next search of each finds what was written. Use it in a
    ``with`` statement, or call ``close``.
    """

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self.store = DatabaseStore(database)
        self._database = database
        self._embedder = embedder
        self._vectors: Vectors | None = None
        self._words: Words | None = None

    @classmethod
    def open(cls, directory: str | Path, embedder: Embedder | None = None, create: bool = True) -> Library:
        """Open the library in ``directory``. No model is loaded yet.

        Args:
            directory: The library's folder.
            embedder: Turns texts into vectors; by default the one that made the library.
            create: Whether to make an empty library where there is none.

        Returns:
            The library, which is to be closed.

        Raises:
            MissingLibrary: There is none, and ``create`` is False.
            UsageError: Another embedder made the library.
            DamagedLibrary: ``library.db`` is damaged.
            FootnoteError: The folder can't be used.
        """
        database = Database(Path(directory), create)
        try:
            return cls(database, matching_embedder(str(directory), database.fact("embedder"), embedder))
        except UsageError:
            database.close()
            raise

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def sync(
        self,
        paths: Iterable[str | Path],
        progress: bool = False,
        ingester: Callable[..., Ingester] | None = None,
        allow_empty: bool = False,
    ) -> Changes:
        """Make the library hold ``paths`` as they are now.

        Only what was added, changed, renamed or removed is touched, by the sha256 of the text, and all of it is
        published in one transaction. Articles are removed if they were indexed from one of ``paths`` and their file is
        gone; articles from elsewhere stay. A file that can't be read is listed in the result and stays as it was
        indexed before.

        Args:
            paths: Files, or folders with everything below them.
            progress: Whether to show a bar on a terminal.
            ingester: Makes the ingester that reads the files; by default this process does (`index/ray.py`).
            allow_empty: Whether most of the articles of a folder may be removed.

        Returns:
            The ids of the articles, by what became of them, and the files that could not be indexed.

        Raises:
            UsageError: A path does not exist, there is nothing to index or remove, or most of what was indexed from
                there is gone, as when a drive is not connected. Nothing was changed.
            FootnoteError: Another process keeps writing, or the disk is full. Nothing was changed.
        """
        changes = sync(self.store, self._embedder, paths, progress, ingester, allow_empty)
        if changes:
            self._follow()
        return changes

    def remove(self, key: str) -> Article:
        """Take an article out of the library; its file is not touched.

        Args:
            key: The article's id, source or title.

        Returns:
            The article that was removed.

        Raises:
            UsageError: There is no such article, or several have the title.
        """
        with self._database.changing():
            removed = self.article(key)
            with self._database.writing() as connection:
                connection.execute("DELETE FROM articles WHERE id = ?", [removed.id])
                self._database.next_generation()
        self._follow()
        return removed

    def forget(self, key: str) -> tuple[Article, list[Path]]:
        """Take an article out of the library and leave no trace of it in any file there.

        That includes ratings that quote it, and its own file if that is in the library's folder. If this is
        interrupted, ``rebuild`` finishes it.

        Args:
            key: The article's id, source or title.

        Returns:
            The article, and the files elsewhere that still hold it.

        Raises:
            UsageError: There is no such article, or several have the title.
            FootnoteError: Another process still reads an older state.
        """
        from index.erasure import erase

        with self._database.changing():
            forgotten = self.article(key)
            files = erase(self._database, forgotten, self.store.home)
        try:
            self.rebuild()
        except FootnoteError as error:
            raise FootnoteError(
                f"{forgotten.id} is taken out, but bytes of it are left ({error}) Run rag library --rebuild then."
            ) from error
        return forgotten, [file for file in files if file.exists()]

    def rebuild(self) -> None:
        """Build ``vectors.faiss`` and ``words`` again from ``library.db``; none of the three keeps what was deleted.

        Raises:
            FootnoteError: Another process still reads an older state.
        """
        from index.erasure import compact

        with self._database.changing():
            compact(self._database)
            self._vectors = self._words = None
        self._follow()

    def generation(self) -> str:
        """The name of the library's state; it changes whenever an article is added, changed or removed."""
        return self._database.generation()

    def status(self) -> Status:
        """How much there is, what made it, and whether both rankings are up to date."""
        return health.status(self._database)

    def check(self) -> list[str]:
        """Read all of the library's files; returns one line for each fault."""
        return health.check(self._database)

    def entries(self) -> list[Entry]:
        """Every article without its text, sorted by source."""
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(f"{ENTRY} ORDER BY source, id")]

    def tags(self) -> dict[str, tuple[str, ...]]:
        """The tags in the front matter of each article that has some, by its id."""
        begins = "substr(text, 1, 3) IN ('---', '+++')"
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT id, substr(text, 1, {LONGEST}) FROM articles WHERE id NOTNULL AND {begins}"
            )
            return {id: found for id, text in rows if (found := tags(text))}

    def articles(self, limit: int | None = None) -> list[Article]:
        """Every article with its text, sorted by source, or the first ``limit`` of them."""
        with self._database.reading() as connection:
            first = connection.execute(f"{ARTICLE} ORDER BY source, id LIMIT ?", [-1 if limit is None else limit])
            return [_article(row) for row in first]

    def article(self, key: str) -> Article:
        """Find one article.

        Args:
            key: Its id, source or title; an id is preferred to a source, and a source to a title.

        Returns:
            The article with its text.

        Raises:
            UsageError: There is none (the message names similar ones), or several have the title.
            DamagedLibrary: Its text is no longer what was indexed.
        """
        with self._database.reading() as connection:
            source = "number IN (SELECT article FROM files WHERE source = ?)"
            for match in ("id = ?", source, "title = ?", "title = ? COLLATE NOCASE"):
                rows = connection.execute(f"{ARTICLE} AND {match} ORDER BY id", [key]).fetchall()
                if len(rows) > 1:
                    ids = " or ".join(id for id, *_ in rows)
                    raise UsageError(f'Several articles have the title "{key}": say {ids}.')
                if rows:
                    return self._intact(_article(rows[0]))
            titles = connection.execute("SELECT id, title FROM articles WHERE id NOTNULL ORDER BY id")
            names = [name for row in titles for name in row]
            raise UsageError(f'There is no article "{key}" in the library. {did_you_mean(names, key)}')

    def passages(self, article_id: str) -> list[Passage]:
        """The passages of the article with this id, in order; none if there is no such article."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT number, text FROM articles WHERE id = ?", [article_id]).fetchone()
            number, text = row or (None, "")
            spans = connection.execute("SELECT start, end FROM passages WHERE article = ? ORDER BY start", [number])
            return [Passage(article_id, start, end, text[start:end]) for start, end in spans]

    def search(self, question: str, k: int = 10, among: Collection[str] | None = None) -> list[Hit]:
        """Find the passages that fit a question best.

        Args:
            question: In any language.
            k: How many passages to find.
            among: Ids of articles; only their passages are found, each of them scored.

        Returns:
            At most ``k`` hits, best first; none in an empty library.

        Raises:
            UsageError: The question is empty.
        """
        return self.search_all([question], k, among)[0]

    def search_all(
        self, questions: Sequence[str], k: int = 10, among: Collection[str] | None = None
    ) -> list[list[Hit]]:
        """Find the passages that fit each of several questions, which are embedded together.

        Args:
            questions: In any language.
            k: How many passages to find for each.
            among: As for ``search``.

        Returns:
            A list of hits for each question, in their order, each as ``search`` returns it.

        Raises:
            UsageError: A question is empty.
        """
        if not all(question.strip() for question in questions):
            raise UsageError("The question is empty: ask something.")
        self._words = words = lexical.current(self._database, self._words)
        with self._database.reading() as connection:
            if not connection.execute("SELECT EXISTS (SELECT * FROM articles WHERE id NOTNULL)").fetchone()[0]:
                return [[] for _ in questions]
            queries = self._embedder.encode_questions(questions, float(self._database.fact("agreement") or 0))
            self._check_dimensions(queries.shape[1])
            ranking = Ranking(connection, words, self._embedder)
            if among is not None:
                ids = ranking.ids(among)
                asked = zip(questions, queries, strict=True)
                return [ranking.hits_among(question, query, ids, k) for question, query in asked]
            nearest = self._current_vectors().nearest(queries, CANDIDATES)
            found = zip(questions, queries, nearest, strict=True)
            return [ranking.hits(question, query, near, k) for question, query, near in found]

    def rate(self, rating: Feedback) -> None:
        """Store a rating of an answer; it replaces an earlier one of the same answer."""
        with self._database.writing() as connection:
            feedback.keep(connection, rating)

    def feedback(self) -> list[Feedback]:
        """The ratings of answers, oldest first."""
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

    def _current_vectors(self, announced: bool = True) -> Vectors:
        from index import vectors

        self._vectors = vectors.current(self._database, self._vectors, announced)
        return self._vectors

    def _follow(self) -> None:
        """Bring both rankings up to date, so that the next search need not."""
        self._words = lexical.current(self._database, self._words, announced=False)
        self._current_vectors(announced=False)


def _article(row: Sequence[Any]) -> Article:
    id, title, source, text, sha256, date, pages, language = row
    return Article(id, title, source, text, sha256, date, *pages_from_json(pages), language=language)


def _entry(row: Sequence[Any]) -> Entry:
    id, title, source, sha256, date, characters, added = row
    return Entry(id, title, source, sha256, date, characters, datetime.fromisoformat(added).replace(tzinfo=UTC))
