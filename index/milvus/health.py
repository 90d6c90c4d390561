"""Health: how a library on Milvus is, and every fault that can be found in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from index.health import Status, faults
from index.milvus.client import Client
from index.milvus.records import ROW, State, any_of, whole

SOME = 100  # articles that are read at once


def status(client: Client) -> Status:
    """See ``MilvusLibrary.status``."""
    state = State.of(client)
    articles = client.count(client.records, state.now("article"))
    made = (state.embedder, state.dimensions, str(state.generation))
    return Status(articles, state.passages, *made, {}, "current", "current")


def check(client: Client, state: State) -> list[str]:
    """See ``MilvusLibrary.check``."""
    return list(_faults(client, state))


def _faults(client: Client, state: State) -> Iterator[str]:
    sources = {row["article"] for row in client.each(client.records, state.now("file"), "article")}
    articles = client.each(client.records, state.now("article"), *ROW)
    total = 0
    while some := list(islice(articles, SOME)):
        texts = whole(client, "text", [row["article"] for row in some])
        passages = _passages(client, [row["article"] for row in some])
        for row in some:
            name, sha256 = row["name"], row["article"]
            yield from faults(name, texts[sha256], sha256, passages[sha256], state.dimensions)
            if len(passages[sha256]) != (count := json.loads(row["data"])["passages"]):
                yield f"{name}: it has {len(passages[sha256])} passages, not {count}"
            if sha256 not in sources:
                yield f"{name}: it comes from no file"
            total += count
    if total != state.passages:
        yield f"{client.address.text}: its articles have {total} passages, its state says {state.passages}"


def _passages(client: Client, articles: list[str]) -> dict[str, list[tuple[int, int, bytes]]]:
    """Spans and vectors, in order, of each article."""
    import numpy as np

    found: dict[str, list[tuple[int, int, bytes]]] = {article: [] for article in articles}
    for condition in any_of("article", articles):
        for row in client.each(client.passages, condition, "article", "start", "end", "vector"):
            vector = np.asarray(row["vector"], dtype="<f4").tobytes()
            found[row["article"]].append((row["start"], row["end"], vector))
    return found
