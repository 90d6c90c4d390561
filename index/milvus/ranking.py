"""Ranking: Milvus's dense and BM25 searches, fused as the embedded library fuses its own (`index/search.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index import lexical
from index.milvus.client import Client, Row, literal
from index.milvus.records import PART, State, among, part
from index.passage import Passage
from index.search import CANDIDATES, Hit, fuse, order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOGETHER = 100  # questions that are searched for at once

Found = dict[str, tuple[float, Row]]  # score and row of passages by id, best first


def search(
    client: Client, state: State, questions: Sequence[str], queries: NDArray[np.float32], k: int
) -> list[list[Hit]]:
    """The ``k`` best passages for each question; ``queries`` are the questions' vectors."""
    hits: list[list[Hit]] = []
    for first in range(0, len(questions), TOGETHER):
        asked = [" ".join(dict.fromkeys(lexical.terms(question))) for question in questions[first : first + TOGETHER]]
        vectors = queries[first : first + TOGETHER]
        born = f"born <= {state.generation}"  # passes over what is being stored
        dense = client.search("vector", list(vectors), born, CANDIDATES, "article", "start", "end")
        words = client.search("sparse", asked, born, CANDIDATES, "article", "start", "end")
        names = _names(client, state, [*dense, *words])
        for near, said, vector, text in zip(dense, words, vectors, asked, strict=True):
            hits.append(_hits(client, names, _known(names, near), _known(names, said), vector, text, k))
    return hits


def _names(client: Client, state: State, found: Sequence[Found]) -> dict[str, str]:
    """The ids of the articles that passages are of, by sha256, without those that are not published."""
    articles = {row["article"] for passages in found for _, row in passages.values()}
    return {
        row["article"]: row["name"]
        for condition in among("article", articles)
        for row in client.find(client.records, f"{state.now('article')} and {condition}", "article", "name")
    }


def _known(names: dict[str, str], found: Found) -> Found:
    return {id: (score, row) for id, (score, row) in found.items() if row["article"] in names}


def _hits(
    client: Client, names: dict[str, str], near: Found, said: Found, vector: NDArray[np.float32], text: str, k: int
) -> list[Hit]:
    """Both sides' candidates scored by both sides, fused, and the ``k`` best of them."""
    rows = {id: row for id, (_, row) in (near | said).items()}
    if not rows:
        return []
    cosine = {id: score for id, (score, _) in near.items()} | _cosines(client, vector, said.keys() - near.keys())
    bm25 = {id: score for id, (score, _) in said.items()} | _bm25(client, text, near.keys() - said.keys())
    dense = {id: rank for rank, id in enumerate(order({id: cosine[id] for id in near}), 1)}
    lexical = {id: rank for rank, id in enumerate(said, 1)}
    fused = fuse(cosine, bm25)
    chosen = order(fused)[:k]
    passages = _passages(client, names, [rows[id] for id in chosen])
    return [
        Hit(passage, fused[id], rank, dense.get(id), lexical.get(id))
        for rank, (id, passage) in enumerate(zip(chosen, passages, strict=True), 1)
    ]


def _cosines(client: Client, vector: NDArray[np.float32], ids: set[str]) -> dict[str, float]:
    import numpy as np

    rows = client.get(client.passages, sorted(ids), "vector")
    return {row["id"]: float(np.asarray(row["vector"], dtype=np.float32) @ vector) for row in rows}


def _bm25(client: Client, text: str, ids: set[str]) -> dict[str, float]:
    """0 where no word of ``text`` is in it."""
    if not ids:
        return {}
    (found,) = client.search("sparse", [text], f"id in {literal(sorted(ids))}", len(ids))
    return dict.fromkeys(ids, 0.0) | {id: score for id, (score, _) in found.items()}


def _passages(client: Client, names: dict[str, str], rows: Sequence[Row]) -> list[Passage]:
    """With their texts, of which only the parts are read that they are in."""
    spans = [(row["article"], row["start"], row["end"]) for row in rows]
    ids = {part("text", a, n) for a, start, end in spans for n in range(start // PART, (end - 1) // PART + 1)}
    texts = {row["id"]: row["data"] for row in client.get(client.records, sorted(ids), "data")}
    found = []
    for article, start, end in spans:
        first = start // PART
        numbers = range(first, (end - 1) // PART + 1)
        text = "".join(texts[part("text", article, number)] for number in numbers)
        found.append(Passage(names[article], start, end, text[start - first * PART : end - first * PART]))
    return found
