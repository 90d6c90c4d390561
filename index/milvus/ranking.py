"""Ranking: Milvus's dense and BM25 searches, fused as the embedded library fuses its own (`index/ranking.py`)."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from index.embedder import Embedder
from index.lexical import NEAR, NEAR_WEIGHT
from index.milvus.client import Client, Row, literal
from index.milvus.records import PART, State, any_of, language, part
from index.passage import Passage
from index.search import CANDIDATES, Hit, fuse, order
from index.term import terms, word_pairs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPAN = ("article", "start", "end")
TOGETHER = 100  # questions that are searched for at once

Found = dict[str, tuple[float, Row]]  # score and row of passages by id, best first


def search(
    client: Client,
    state: State,
    embedder: Embedder,
    questions: Sequence[str],
    queries: NDArray[np.float32],
    k: int,
    ids: Collection[str] | None = None,
) -> list[list[Hit]]:
    """The ``k`` best passages for each question, with ``ids`` of these articles; ``queries`` are their vectors."""
    scope = "" if ids is None else f" and ({_of(client, state, ids)})"
    hits: list[list[Hit]] = []
    for first in range(0, len(questions), TOGETHER):
        asked, vectors = questions[first : first + TOGETHER], queries[first : first + TOGETHER]
        born = f"born <= {state.generation}{scope}"  # passes over what is being stored
        texts = [" ".join(_terms(state, question)) for question in asked]
        dense = client.search("vector", list(vectors), born, CANDIDATES, "article")
        words = client.search("sparse", texts, born, CANDIDATES, "article")
        articles = _articles(client, state, [*dense, *words])
        names = {article: row["name"] for article, row in articles.items()}
        unread = {a for a, row in articles.items() if not embedder.reads(language(json.loads(row["data"])))}
        for near, said, question, vector in zip(dense, words, asked, vectors, strict=True):
            known = _known(names, near), _known(names, said)
            hits.append(_hits(client, state, names, unread, *known, question, vector, k))
    return hits


def _of(client: Client, state: State, ids: Collection[str]) -> str:
    """The condition on passages of the articles with these ids."""
    texts = {
        row["article"]
        for condition in any_of("name", ids)
        for row in client.find(client.records, f"{state.now('article')} and {condition}", "article")
    }
    return " or ".join(any_of("article", texts)) or "born < 0"


def _terms(state: State, question: str) -> list[str]:
    """The terms of ``question``, by the rules of every language that there is."""
    return list(dict.fromkeys(term for one in state.languages for term in terms(question, one)))


def _articles(client: Client, state: State, found: Sequence[Found]) -> dict[str, Row]:
    """The rows of the articles that passages are of, by sha256, without those that are not published."""
    articles = {row["article"] for passages in found for _, row in passages.values()}
    return {
        row["article"]: row
        for condition in any_of("article", articles)
        for row in client.find(client.records, f"{state.now('article')} and {condition}", "article", "name", "data")
    }


def _known(names: dict[str, str], found: Found) -> list[str]:
    return [id for id, (_, row) in found.items() if row["article"] in names]


def _hits(
    client: Client,
    state: State,
    names: dict[str, str],
    unread: Collection[str],
    near: list[str],
    said: list[str],
    question: str,
    vector: NDArray[np.float32],
    k: int,
) -> list[Hit]:
    """Both sides' candidates scored by both sides, fused, and the ``k`` best of them."""
    import numpy as np

    ids = sorted({*near, *said})
    if not ids:
        return []
    rows = {row["id"]: row for row in client.get(client.passages, ids, *SPAN, "words", "vector")}
    cosine = {id: float(np.asarray(row["vector"], dtype=np.float32) @ vector) for id, row in rows.items()}
    bm25 = _scores(client, state, question, {id: row["words"].split() for id, row in rows.items()})
    dense = {id: rank for rank, id in enumerate(order({id: cosine[id] for id in near}), 1)}
    words = {id: rank for rank, id in enumerate(said, 1)}
    fused = fuse(cosine, bm25, {id for id, row in rows.items() if row["article"] in unread})
    chosen = order(fused)[:k]
    passages = _passages(client, names, [rows[id] for id in chosen])
    return [
        Hit(passage, fused[id], rank, dense.get(id), words.get(id))
        for rank, (id, passage) in enumerate(zip(chosen, passages, strict=True), 1)
    ]


def _scores(client: Client, state: State, question: str, words: dict[str, list[str]]) -> dict[str, float]:
    """The BM25 score of each passage, whose ``words`` are given by id; as `index/lexical.py` gives it, but
    that terms of one language are looked for in articles of the others, too.

    Milvus is asked for each term's share: two that are neighbours in ``question`` count once more, a little, where
    they stand near each other.
    """
    asked = _terms(state, question)
    found = client.search("sparse", asked, f"id in {literal(list(words))}", len(words)) if asked else []
    shares = {term: {id: score for id, (score, _) in hits.items()} for term, hits in zip(asked, found, strict=True)}
    scores = {id: sum(share.get(id, 0.0) for share in shares.values()) for id in words}
    for a, b in dict.fromkeys(pair for one in state.languages for pair in word_pairs(question, one)):
        for id in shares[a].keys() & shares[b].keys():
            scores[id] += NEAR_WEIGHT * _near(words[id], a, b) * (shares[a][id] + shares[b][id])
    return scores


def _near(words: list[str], a: str, b: str) -> int:
    """In how many of both orders tantivy would find them near each other: a step costs one, changing places two."""
    places, others = ([place for place, word in enumerate(words) if word == wanted] for wanted in (a, b))
    apart = min((abs(place - other) for place in places for other in others), default=NEAR + 2)
    return int(apart - 1 <= NEAR) + int(apart + 1 <= NEAR)


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
