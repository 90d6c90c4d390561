"""Store in Milvus: how articles get in, and how readers come to see them.

Adding (``add``) needs no lock and takes any number of processes: ids follow from the text, so that what was half
done is done again in its own place, and the row that says "stored" comes last. Publishing takes the lease, prepares
rows for the next generation, and makes it the library's by writing one row. What a publication that died left behind
is rolled back, or completed, by the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from index.article import Article, pages_from_json
from index.errors import FootnoteError
from index.milvus.client import FOREVER, Client, Row, literal
from index.milvus.lease import lease
from index.milvus.records import (
    ROW,
    State,
    any_of,
    changed,
    digest,
    language,
    parts,
    record,
    shortened,
    title_key,
    whole,
)
from index.passage import Passage
from index.store import EmbeddedArticle, File, Plan
from index.term import stems

SMALL = 5000  # rows read at once, where they hold no text
CONTENT = ("text", "pages", "stored")  # kinds of rows that go with an article


class MilvusStore:
    """See ``index.store.Store``."""

    home = Path("/")  # all machines that index see the files under the same paths

    def __init__(self, client: Client) -> None:
        self._client = client
        self._files: dict[str, Row] = {}  # as read last, by place
        self._articles: dict[str, Row] = {}  # by sha256

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Within the lease, and with nothing half published."""
        with lease(self._client):
            self._settle(State.of(self._client))
            yield

    def files(self) -> dict[str, File]:
        """By place, in order."""
        rows = self._client.each(self._client.records, State.of(self._client).now("file"), "article", *ROW, page=SMALL)
        self._files = dict(sorted((json.loads(row["data"])["place"], row) for row in rows))
        return {place: File(row["article"], row["name"], _stamp(row)) for place, row in self._files.items()}

    def live(self) -> dict[str, tuple[str, str]]:
        """What is published."""
        rows = self._client.each(self._client.records, State.of(self._client).now("article"), *ROW, page=SMALL)
        self._articles = {row["article"]: row for row in rows}
        return {
            article: (row["name"], str(json.loads(row["data"])["title"])) for article, row in self._articles.items()
        }

    def stored(self, sha256: str) -> bool:
        """Whether the row is there that is written last."""
        return bool(self._client.get(self._client.records, [f"stored:{sha256}"], "id"))

    def known(self) -> set[str]:
        """The sha256 of every text that is stored, published or not."""
        rows = self._client.each(self._client.records, 'kind == "stored"', "article", page=SMALL)
        return {row["article"] for row in rows}

    def fact(self, name: str) -> str:
        """See ``Store``."""
        state = State.of(self._client)
        return str(getattr(state, name)) if state.embedder else ""

    def add(self, articles: Sequence[EmbeddedArticle], **facts: str) -> None:
        """Texts, then passages, then the rows that say so."""
        if not articles:
            return
        client = self._client
        client.make_passages(int(facts["dimensions"]))
        if not client.get(client.records, ["maker"], "id"):
            maker = {
                "embedder": facts["embedder"],
                "dimensions": int(facts["dimensions"]),
                "agreement": float(facts["agreement"]),
            }
            client.write(client.records, [record("maker", "maker", data=json.dumps(maker))])
        born = State.of(client).generation + 1
        content: list[Row] = []
        passages: list[Row] = []
        stored: list[Row] = []
        for article, spans, vectors in articles:
            content += parts("text", article.sha256, article.text)
            content += parts("pages", article.sha256, article.pages_as_json() if article.pages else "")
            for passage, vector in zip(spans, vectors, strict=True):
                passages.append(
                    {
                        "id": f"{article.sha256}:{passage.start:010d}:{passage.end:010d}",
                        "article": article.sha256,
                        "start": passage.start,
                        "end": passage.end,
                        "born": born,
                        "words": words(article.title, passage.text, article.language),
                        "vector": vector,
                    }
                )
            data = {"title": article.title, "date": article.date, "language": article.language}
            size = {"length": len(article.text), "passages": len(spans)}
            row = record("stored", f"stored:{article.sha256}", article=article.sha256, data=json.dumps(data | size))
            stored.append(row)
        client.write(client.records, content)
        client.write(client.passages, passages)
        client.write(client.records, stored)

    def publish(self, plan: Plan) -> None:
        """From what ``files`` and ``live`` found last, within a ``changing`` block."""
        state = State.of(self._client)
        generation = state.generation + 1
        rows = [*self._file_rows(plan, generation), *self._article_rows(plan, generation)]
        if not rows:
            return
        self._client.write(self._client.records, rows)
        if all(generation not in (row["born"], row["gone"]) for row in rows):
            return  # a file's stamp or spelling is no new state
        count = state.passages + sum(_passages(row, generation) for row in rows)
        told = {language(json.loads(row["data"])) for row in rows if row["kind"] == "article"}
        languages = sorted({*state.languages, *told})
        state = replace(state, generation=generation, passages=count, languages=languages)
        state.keep(self._client)
        self._settle(state)
        self._client.flush()

    def embedded(self, articles: Sequence[str]) -> Iterator[EmbeddedArticle]:
        """One by one."""
        import numpy as np

        state = State.of(self._client)
        for condition in any_of("article", articles, most=1):
            for row in self._client.find(self._client.records, f"{state.now('article')} and {condition}", *ROW):
                sha256, data = row["article"], json.loads(row["data"])
                text, pages = (whole(self._client, kind, [sha256])[sha256] for kind in ("text", "pages"))
                found = self.passages(row["name"], sha256, text)
                offsets = pages_from_json(pages)
                vectors = np.array([vector for _, vector in found], dtype="<f4").reshape(len(found), -1)
                about = (row["name"], data["title"], "", text, sha256, data["date"], *offsets)
                article = Article(*about, language=language(data))
                yield article, [passage for passage, _ in found], vectors

    def passages(self, id: str, sha256: str, text: str) -> list[tuple[Passage, list[float]]]:
        """The passages of an article with that id and ``text``, and their vectors, in order."""
        condition = f"article == {literal(sha256)}"
        rows = self._client.each(self._client.passages, condition, "start", "end", "vector")
        spans = sorted((row["start"], row["end"], row["vector"]) for row in rows)
        return [(Passage(id, start, end, text[start:end]), vector) for start, end, vector in spans]

    def _file_rows(self, plan: Plan, generation: int) -> Iterator[Row]:
        for place, file in plan.found.items():
            old = self._files.get(place)
            data = json.dumps({"place": place, "stamp": file.stamp}, ensure_ascii=False)
            if old and old["article"] == file.article:
                if (old["name"], old["data"]) != (file.source, data):
                    yield changed(old, name=file.source, data=data)
                continue
            if old:
                yield changed(old, gone=generation)
            id = f"file:{digest(place)}:{generation}"
            yield record("file", id, article=file.article, name=file.source, born=generation, data=data)
        for place in plan.gone:
            yield changed(self._files[place], gone=generation)

    def _article_rows(self, plan: Plan, generation: int) -> Iterator[Row]:
        touched = [*dict.fromkeys([*plan.ids, *plan.titles])]
        rows = self._client.get(self._client.records, [f"stored:{article}" for article in touched], *ROW)
        stored = {row["article"]: json.loads(row["data"]) for row in rows}
        if missing := [article for article in touched if article not in stored]:
            raise FootnoteError(f"{len(missing)} articles were taken out meanwhile: index the same paths again.")
        now = datetime.now(UTC)
        for article in touched:
            old = self._articles.get(article)
            if old:
                yield changed(old, gone=generation)
            added = plan.added.get(article, now).isoformat(timespec="seconds")
            before = json.loads(old["data"]) if old else stored[article] | {"added": added}
            title = plan.titles.get(article, before["title"])
            if title != stored[article]["title"]:
                self._retitle(article, title, stored[article])
            yield record(
                "article",
                f"article:{article}:{generation}",
                article=article,
                name=plan.ids.get(article) or (old["name"] if old else ""),
                title=title_key(title),
                born=generation,
                data=json.dumps(before | {"title": title}, ensure_ascii=False),
            )
        for article in plan.orphans:
            yield changed(self._articles[article], gone=generation)

    def _retitle(self, article: str, title: str, stored: Row) -> None:
        """The title is among each passage's words."""
        client = self._client
        text = whole(client, "text", [article])[article]
        fields = ("article", "start", "end", "born", "vector")
        rows = [
            row | {"words": words(title, text[row["start"] : row["end"]], language(stored))}
            for row in client.each(client.passages, f"article == {literal(article)}", "id", *fields)
        ]
        client.write(client.passages, rows)
        data = json.dumps(stored | {"title": title})
        client.write(client.records, [record("stored", f"stored:{article}", article=article, data=data)])

    def _settle(self, state: State) -> None:
        """Undo what was prepared for a generation that never came; take away what is gone."""
        client, versioned = self._client, 'kind in ["article", "file"]'
        client.delete(client.records, f"{versioned} and born > {state.generation}")
        ahead = f"{versioned} and gone > {state.generation} and gone < {FOREVER}"
        client.write(client.records, [changed(row, gone=FOREVER) for row in client.each(client.records, ahead, *ROW)])
        past = f"{versioned} and gone <= {state.generation}"
        old = {row["article"] for row in client.each(client.records, past, "article", page=SMALL)}
        kept = {
            row["article"]
            for condition in any_of("article", old)
            for row in client.each(client.records, f"{state.now('article')} and {condition}", "article")
        }
        self.forget(old - kept)
        if old:
            client.delete(client.records, past)

    def forget(self, articles: Iterable[str]) -> None:
        """Take away what is stored of them."""
        for condition in any_of("article", articles):
            self._client.delete(self._client.passages, condition)
            self._client.delete(self._client.records, f"kind in {literal(CONTENT)} and {condition}")


def words(title: str, text: str, language: str) -> str:
    """What Milvus ranks a passage by: the stems of its article's title and its own."""
    return shortened(" ".join(stems(f"{title}\n{text}", language)))


def _stamp(row: Row) -> str | None:
    found: str | None = json.loads(row["data"])["stamp"]
    return found


def _passages(row: Row, generation: int) -> int:
    """How many passages come with a row, or go (then less than 0)."""
    count: int = json.loads(row["data"]).get("passages", 0)
    return count * (int(row["born"] == generation) - int(row["gone"] == generation))
