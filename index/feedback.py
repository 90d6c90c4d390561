"""Feedback: what visitors say of the answers that they were given."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

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
