"""Ranking: the passages that answer a question best, by the vectors and by the words of one state of a library."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.passage import Passage
from index.search import CANDIDATES, Hit, fuse, order

if TYPE_CHECKING:
    import sqlite3

    import numpy as np
    from numpy.typing import NDArray

    from index.embedder import Embedder
    from index.lexical import Words

SCORED = 5000  # passages that are scored together, where only some articles are searched


@dataclass(frozen=True)
class Ranking:
    """Ranks the passages in ``library.db`` by both sides: their vectors, which stand there, too, and ``words``."""

    connection: sqlite3.Connection
    words: Words
    embedder: Embedder

    def hits(self, question: str, query: NDArray[np.float32], nearest: Sequence[int], k: int) -> list[Hit]:
        """The ``k`` best passages of all; ``nearest`` is what the dense side puts forward for the vector ``query``."""
        from index.vectors import scores

        best = self.words.best(question, CANDIDATES)
        cosine = scores(self.connection, query, sorted({*nearest, *best}))  # without what is removed meanwhile
        near = order({id: cosine[id] for id in nearest if id in cosine})
        return self._fused(question, cosine, near, [id for id in best if id in cosine], k)

    def hits_among(self, question: str, query: NDArray[np.float32], ids: list[int], k: int) -> list[Hit]:
        """The ``k`` best of the passages ``ids``, each of which both sides score."""
        from index.vectors import scores

        cosine: dict[int, float] = {}
        said: dict[int, float] = {}
        for first in range(0, len(ids), SCORED):
            part = ids[first : first + SCORED]
            cosine |= scores(self.connection, query, part)
            said |= self.words.scores(question, part)
        best = order({id: score for id, score in said.items() if score and id in cosine})
        return self._fused(question, cosine, order(cosine), best, k) if cosine else []

    def ids(self, articles: Collection[str]) -> list[int]:
        """The passages of ``articles``."""
        select = (
            "SELECT passages.id FROM json_each(?) JOIN articles ON articles.id = json_each.value "
            "JOIN passages ON passages.article = number"
        )
        return [id for (id,) in self.connection.execute(select, [json.dumps(sorted(articles))])]

    def _fused(
        self, question: str, cosine: dict[int, float], near: Sequence[int], best: Sequence[int], k: int
    ) -> list[Hit]:
        """The ``k`` best of both sides' candidates, the first of ``near`` and of ``best``."""
        dense = {id: rank for rank, id in enumerate(near[:CANDIDATES], 1)}
        lexical = {id: rank for rank, id in enumerate(best[:CANDIDATES], 1)}
        ids = sorted({*dense, *lexical})
        fused = fuse({id: cosine[id] for id in ids}, self.words.scores(question, ids), self._unread(ids))
        chosen = order(fused)[:k]
        passages = self._passages(chosen)
        return [Hit(passages[id], fused[id], rank, dense.get(id), lexical.get(id)) for rank, id in enumerate(chosen, 1)]

    def _unread(self, ids: Sequence[int]) -> set[int]:
        """Those whose articles are in a language that the embedder does not read."""
        select = "SELECT id, (SELECT language FROM articles WHERE number = article) FROM passages WHERE id IN"
        found = self.connection.execute(f"{select} ({_marks(ids)})", ids).fetchall()
        return {id for id, language in found if not self.embedder.reads(language)}

    def _passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """With their texts, for which each article is read once."""
        select = (
            "SELECT passages.id, number, articles.id, start, end FROM passages JOIN articles ON number = article "
            "WHERE articles.id NOTNULL AND passages.id IN"
        )
        rows = self.connection.execute(f"{select} ({_marks(ids)})", ids).fetchall()
        texts = {number: self._text(number) for number in {row[1] for row in rows}}
        return {id: Passage(name, start, end, texts[number][start:end]) for id, number, name, start, end in rows}

    def _text(self, number: int) -> str:
        return str(self.connection.execute("SELECT text FROM articles WHERE number = ?", [number]).fetchone()[0])


def _marks(values: Sequence[object]) -> str:
    """A question mark for each, as SQL takes them."""
    return ",".join("?" * len(values))
