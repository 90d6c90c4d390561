"""Feedback: what visitors say of the answers that they were given."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from index.article import Article

SCHEMA = """
CREATE TABLE feedback (
    id TEXT PRIMARY KEY,
    time TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, -- in UTC
    good INTEGER NOT NULL,
    comment TEXT NOT NULL,
    history TEXT NOT NULL, -- a JSON list of the questions before
    answer TEXT NOT NULL -- as JSON
)
"""


@dataclass(frozen=True)
class Feedback:
    """One answer, as it was saved as JSON, with the questions before it, and whether it was good.

    ``id`` names the answer: who rates the same one again changes their mind.
    """

    id: str
    good: bool
    comment: str
    history: tuple[str, ...]
    answer: dict[str, Any]


def keep(connection: sqlite3.Connection, rating: Feedback) -> None:
    """Write ``rating``, over the one with the same id."""
    history, answer = (json.dumps(value, ensure_ascii=False) for value in (rating.history, rating.answer))
    connection.execute(
        "INSERT OR REPLACE INTO feedback (id, good, comment, history, answer) VALUES (?, ?, ?, ?, ?)",
        [rating.id, rating.good, rating.comment, history, answer],
    )


def kept(connection: sqlite3.Connection) -> list[Feedback]:
    """All feedback, oldest first."""
    rows = connection.execute("SELECT id, good, comment, history, answer FROM feedback ORDER BY time, rowid")
    return [
        Feedback(id, bool(good), comment, tuple(json.loads(history)), json.loads(answer))
        for id, good, comment, history, answer in rows
    ]


def forget(connection: sqlite3.Connection, article: Article) -> int:
    """Delete what was said of answers that quote ``article``, and name it in no other; returns how many are gone."""
    gone = 0
    for id, answer in connection.execute("SELECT id, answer FROM feedback").fetchall():
        rest = without(json.loads(answer), article)
        if rest is None:
            connection.execute("DELETE FROM feedback WHERE id = ?", [id])
            gone += 1
        else:
            connection.execute(
                "UPDATE feedback SET answer = ? WHERE id = ?", [json.dumps(rest, ensure_ascii=False), id]
            )
    return gone


def without(answer: dict[str, Any], article: Article) -> dict[str, Any] | None:
    """``answer``, as it was saved as JSON, without a trace of an article that it does not quote; None if it does."""
    cited = [c for statement in answer.get("statements", ()) for c in statement["citations"]]
    if any(c["article"] == article.id for c in [*cited, *answer.get("related", ())]):
        return None
    text = " ".join(article.text.split())
    traces = {
        "hits": [hit for hit in answer.get("hits", ()) if hit["article"] != article.id],
        "evidence": [sentence for sentence in answer.get("evidence", ()) if sentence not in text],
    }
    return answer | {name: rest for name, rest in traces.items() if name in answer}
