"""The library on Milvus: what ``index.library.Library`` does, for many machines and more passages than one can hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from index import sync
from index.article import Article, Problem, pages_from_json
from index.embedder import Embedder, matching_embedder
from index.entry import Entry
from index.errors import DamagedLibrary, UsageError
from index.front_matter import tags
from index.milvus import health, ranking, ratings
from index.milvus.address import Address
from index.milvus.client import Client, Row, literal
from index.milvus.records import ROW, State, any_of, language, part, title_key, whole
from index.milvus.store import SMALL, MilvusStore
from index.passage import Passage
from index.search import Hit
from index.store import EmbeddedArticle, File, Plan
from index.suggestion import did_you_mean
from index.sync import Changes, Ingester

if TYPE_CHECKING:
    from index.feedback import Feedback
    from index.health import Status

T = TypeVar("T")


class MilvusLibrary:
    """Articles in two collections of a Milvus server or cluster; the embedded ``Library`` says what each method does.

    Any number of processes may read and store (``put``) while one publishes; the next call of each finds what was
    published. To index from several machines: ``known`` says what need not be embedded again, each machine ``put``s
    articles, and one of them at last calls ``publish`` with the files that were found.
    """

    def __init__(self, client: Client, embedder: Embedder) -> None:
        self._client = client
        self._embedder = embedder
        self.store = MilvusStore(client)

    @classmethod
    def open(cls, name: str, embedder: Embedder | None = None, create: bool = True) -> MilvusLibrary:
        """Open the library at the address ``name``; all else is as for ``Library.open``.

        Raises:
            MissingLibrary: There is none, and ``create`` is False.
            UsageError: The address is bad, another embedder made the library, or pymilvus is missing.
            FootnoteError: The server can't be used.
        """
        client = Client(Address.parse(name), create)
        try:
            return cls(client, matching_embedder(name, State.of(client).embedder, embedder))
        except BaseException:
            client.close()
            raise

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def __enter__(self) -> MilvusLibrary:
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
        """As ``Library.sync``. Publishing is one row's writing: readers see the state before or the one after."""
        return sync.sync(self.store, self._embedder, paths, progress, ingester, allow_empty)

    def known(self) -> set[str]:
        """The sha256 of every text that is stored, published or not: what need not be embedded again."""
        return self.store.known()

    def files(self) -> dict[str, File]:
        """The files that articles came from, with the stamps they had, by place (``index.sync.place``)."""
        return self.store.files()

    def put(self, articles: Sequence[EmbeddedArticle]) -> None:
        """Store articles as a whole, each with its passages and their unit vectors, shape (passages, dimensions).

        Nobody sees them until ``publish``. May be called from several processes at once, and again with the same.
        """
        if not articles:
            return
        facts = {
            "embedder": self._embedder.name,
            "dimensions": str(articles[0][2].shape[1]),
            "agreement": self.store.fact("agreement")
            or sync.agreement(self._embedder, [article for article, *_ in articles]),
        }
        self.store.add(articles, **facts)

    def publish(self, paths: Iterable[str | Path], found: dict[str, File], problems: Sequence[Problem] = ()) -> Changes:
        """Let the library hold the files ``found`` in ``paths``, by place, all of whose articles have been ``put``.

        What was indexed from ``paths`` before and is not in ``found`` is removed, unless its file still exists.
        """
        with self.store.changing():
            known = self.store.files()
            return sync.publish(self.store, [Path(path) for path in paths], known, found, list(problems), True)

    def remove(self, key: str) -> Article:
        """As ``Library.remove``."""
        with self.store.changing():
            removed = self.article(key)
            files = self.store.files()
            self.store.live()
            gone = {place for place, file in files.items() if file.article == removed.sha256}
            self.store.publish(Plan({}, gone, {}, {}, {removed.sha256}))
        return removed

    def rebuild(self) -> None:
        """Forget what indexing stored and never published; the rankings are Milvus's own."""
        with self.store.changing():
            published = {row["article"] for row in self._rows(State.of(self._client), "article")}
            self.store.forget(self.store.known() - published)
        self._client.flush()

    def generation(self) -> str:
        """As ``Library.generation``."""
        return str(State.of(self._client).generation)

    def status(self) -> Status:
        """As ``Library.status``; the rankings are always current, and sizes are the server's business."""
        return health.status(self._client)

    def check(self) -> list[str]:
        """As ``Library.check``: all that a citation relies on is read as a whole."""
        return self._steady(lambda state: health.check(self._client, state))

    def entries(self) -> list[Entry]:
        """As ``Library.entries``."""

        def read(state: State) -> list[Entry]:
            sources = self._sources(state)
            found = [_entry(row, sources.get(row["article"], "")) for row in self._rows(state, "article")]
            return sorted(found, key=lambda entry: (entry.source, entry.id))

        return self._steady(read)

    def tags(self) -> dict[str, tuple[str, ...]]:
        """As ``Library.tags``."""

        def read(state: State) -> dict[str, tuple[str, ...]]:
            begins = 'kind == "text" and (data like "---%" or data like "+++%")'
            rows = self._client.each(self._client.records, begins, "id", *ROW, page=SMALL)
            found = {row["article"]: tags(row["data"]) for row in rows if row["id"] == part("text", row["article"], 0)}
            names = {row["article"]: row["name"] for row in self._rows(state, "article")}
            return {names[article]: own for article, own in found.items() if own and article in names}

        return self._steady(read)

    def articles(self, limit: int | None = None) -> list[Article]:
        """As ``Library.articles``."""

        def read(state: State) -> list[Article]:
            sources = self._sources(state)
            rows = sorted(self._rows(state, "article"), key=lambda row: (sources.get(row["article"], ""), row["name"]))
            return self._articles(rows[:limit], sources)

        return self._steady(read)

    def article(self, key: str) -> Article:
        """As ``Library.article``, with the same errors."""

        def read(state: State) -> Article:
            rows = self._named(state, key)
            (article,) = self._articles(rows, self._sources(state, rows[0]["article"]))
            if hashlib.sha256(article.text.encode()).hexdigest() != article.sha256:
                raise DamagedLibrary(
                    f"The text of {article.id} in {self._client.address.text} is damaged: "
                    "remove the article and index it again."
                )
            return article

        return self._steady(read)

    def passages(self, article_id: str) -> list[Passage]:
        """The passages of an article, in order."""

        def read(state: State) -> list[Passage]:
            condition = f"{state.now('article')} and name == {literal(article_id)}"
            row = next(self._client.each(self._client.records, condition, "article"), None)
            if not row:
                return []
            text = whole(self._client, "text", [row["article"]])[row["article"]]
            condition = f"article == {literal(row['article'])}"
            spans = [
                (r["start"], r["end"]) for r in self._client.each(self._client.passages, condition, "start", "end")
            ]
            return [Passage(article_id, start, end, text[start:end]) for start, end in sorted(spans)]

        return self._steady(read)

    def search(self, question: str, k: int = 10, among: Collection[str] | None = None) -> list[Hit]:
        """As ``Library.search``."""
        return self.search_all([question], k, among)[0]

    def search_all(
        self, questions: Sequence[str], k: int = 10, among: Collection[str] | None = None
    ) -> list[list[Hit]]:
        """As ``Library.search_all``."""
        if not all(question.strip() for question in questions):
            raise UsageError("The question is empty: ask something.")
        state = State.of(self._client)
        if not state.passages:
            return [[] for _ in questions]
        queries = self._embedder.encode_questions(questions, state.agreement)
        if queries.shape[1] != state.dimensions:
            raise UsageError(
                f"The embedder {self._embedder.name} now gives {queries.shape[1]} dimensions, the library has "
                f"{state.dimensions}: use the model that made it, or index into another library."
            )
        return self._steady(
            lambda state: ranking.search(self._client, state, self._embedder, questions, queries, k, among), state
        )

    def rate(self, rating: Feedback) -> None:
        """As ``Library.rate``."""
        ratings.keep(self._client, rating)

    def feedback(self) -> list[Feedback]:
        """What visitors said of answers, oldest first."""
        return ratings.kept(self._client)

    def _steady(self, read: Callable[[State], T], state: State | None = None) -> T:
        """What ``read`` finds, or raises, in one state of the library; once more, when another one came meanwhile."""
        state = state or State.of(self._client)
        while True:
            found, failed = None, None
            try:
                found = read(state)
            except Exception as error:  # a row may be gone that another row spoke of
                failed = error
            before, state = state, State.of(self._client)
            if state.generation == before.generation:
                if failed:
                    raise failed
                return cast(T, found)

    def _rows(self, state: State, kind: str) -> Iterable[Row]:
        return self._client.each(self._client.records, state.now(kind), *ROW, page=SMALL)

    def _named(self, state: State, key: str) -> list[Row]:
        """The row of the article whose id, source or title is ``key``."""
        client, now = self._client, state.now("article")
        rows = client.find(client.records, f"{now} and name == {literal(key)}", *ROW)
        if not rows:
            files = client.find(client.records, f"{state.now('file')} and name == {literal(key)}", "article")
            for condition in any_of("article", [file["article"] for file in files[:1]]):
                rows = client.find(client.records, f"{now} and {condition}", *ROW)
        if not rows:
            rows = client.find(client.records, f"{now} and title == {literal(title_key(key))}", *ROW)
            rows = [row for row in rows if json.loads(row["data"])["title"] == key] or rows
        if len(rows) > 1:
            ids = " or ".join(sorted(row["name"] for row in rows))
            raise UsageError(f'Several articles have the title "{key}": say {ids}.')
        if not rows:
            found = sorted((row["name"], json.loads(row["data"])["title"]) for row in self._rows(state, "article"))
            names = [name for pair in found for name in pair]
            raise UsageError(f'There is no article "{key}" in the library. {did_you_mean(names, key)}')
        return rows

    def _sources(self, state: State, article: str | None = None) -> dict[str, str]:
        """The first file of each article, or of one, by its sha256."""
        condition = state.now("file") + (f" and article == {literal(article)}" if article else "")
        rows = self._client.each(self._client.records, condition, *ROW, page=SMALL)
        by_place = sorted((json.loads(row["data"])["place"], row) for row in rows)
        return {row["article"]: row["name"] for _, row in reversed(by_place)}

    def _articles(self, rows: Sequence[Row], sources: dict[str, str]) -> list[Article]:
        keys = [row["article"] for row in rows]
        texts, pages = (whole(self._client, kind, keys) for kind in ("text", "pages"))
        found = []
        for row in rows:
            key, data = row["article"], json.loads(row["data"])
            offsets = pages_from_json(pages[key])
            source = sources.get(key, "")
            about = (row["name"], data["title"], source, texts[key], key, data["date"], *offsets)
            found.append(Article(*about, language=language(data)))
        return found


def _entry(row: Row, source: str) -> Entry:
    data = json.loads(row["data"])
    added = datetime.fromisoformat(data["added"])
    return Entry(row["name"], data["title"], source, row["article"], data["date"], data["length"], added)
