"""The lexical side of retrieval: BM25 over titles and passages, by SQLite's FTS5.

https://www.sqlite.org/fts5.html#the_bm25_function gives the formula (k1 = 1.2, b = 0.75).
"""

import re
import sqlite3
from collections.abc import Collection
from itertools import pairwise

SCHEMA = "CREATE VIRTUAL TABLE words USING fts5 (title, text, tokenize = 'porter unicode61 remove_diacritics 2')"
NEAR = 3  # words that may stand between two neighbours of the question
STOP_WORDS = re.compile(
    r"a|an|and|are|as|at|be|by|did|do|does|for|from|had|has|have|how|in|is|it|its|of|on|or|s|that|the|their|"
    r"there|these|they|this|to|was|were|what|when|where|which|who|whom|whose|why|will|with|would"
)


def expression(question: str) -> str:
    """An FTS5 expression that matches any word of ``question``, or "" when there is no word in it.

    Neighbouring words count once more where they stand near each other. Every word is quoted, so nothing
    in ``question`` is read as FTS5 syntax.
    """
    words = re.findall(r"[^\W_]+", question.lower())
    words = [word for word in words if not STOP_WORDS.fullmatch(word)] or words
    near = [f'NEAR("{one}" "{other}", {NEAR})' for one, other in pairwise(words) if one != other]
    return " OR ".join(dict.fromkeys([f'"{word}"' for word in words] + near))


def best(connection: sqlite3.Connection, question: str, k: int) -> list[int]:
    """The ids of the ``k`` passages with the highest BM25 score, best first."""
    return [row for row, _ in _ranked(connection, question, "ORDER BY bm25, rowid LIMIT ?", [k])]


def scores(connection: sqlite3.Connection, question: str, ids: Collection[int]) -> dict[int, float]:
    """The BM25 score of each passage in ``ids``: 0 where no word of ``question`` is in it."""
    marks = ",".join("?" * len(ids))
    # "+": filter the matches by rowid rather than run the whole query once for each rowid
    found = _ranked(connection, question, f"AND +rowid IN ({marks})", list(ids))
    return dict.fromkeys(ids, 0.0) | dict(found)


def _ranked(
    connection: sqlite3.Connection, question: str, clause: str, arguments: list[int]
) -> list[tuple[int, float]]:
    words = expression(question)
    if not words:
        return []
    rows = connection.execute(
        f"SELECT rowid, bm25(words) AS bm25 FROM words WHERE words MATCH ? {clause}",
        [words, *arguments],
    )
    return [(row, -score) for row, score in rows]  # FTS5's bm25() is the more negative, the better
