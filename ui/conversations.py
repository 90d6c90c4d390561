"""Conversations: what visitors asked and were told, kept in ``conversations.db`` in the library's folder.

A conversation is a tree of turns: a question that is asked again or edited becomes a branch beside the first one, and
nothing is lost. Each belongs to an owner: an account, or the key of a browser.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from uuid import uuid4

from index.article import Article
from index.errors import FootnoteError, UsageError
from index.feedback import without
from ui.turn import Turn

NAME = "conversations.db"
LISTED = 200  # conversations at most in a list; the search finds the others
TITLE = 80  # characters of a first question that names a conversation

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    leaf TEXT, -- the last turn of the branch that is shown
    changed TEXT NOT NULL -- in UTC
);
CREATE INDEX IF NOT EXISTS conversations_of_owner ON conversations (owner, changed);
CREATE TABLE IF NOT EXISTS turns (
    number INTEGER PRIMARY KEY, -- in the order in which they were asked
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    parent TEXT,
    words TEXT NOT NULL, -- question and answer in lower case, for the search
    turn TEXT NOT NULL -- as JSON
);
CREATE INDEX IF NOT EXISTS turns_of_conversation ON turns (conversation, number);
"""


@dataclass(frozen=True)
class Conversation:
    """A conversation as a list shows it; ``changed`` is when something was asked in it last."""

    id: str
    title: str
    changed: datetime


@dataclass(frozen=True)
class Place:
    """Where a turn stands among those that take one another's place: ``ids`` holds them all."""

    number: int
    ids: tuple[str, ...]


class Conversations:
    """All visitors' conversations; each method knows only those of ``owner``, and raises UsageError for others'."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME
        self._lock = RLock()
        with self._explained():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
            self._connection.executescript(SCHEMA)
            self._connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def begin(self, owner: str, question: str) -> str:
        """The id of a new conversation, which ``question`` names."""
        id, words = uuid4().hex, " ".join(question.split())
        title = words if len(words) <= TITLE else f"{words[:TITLE].rsplit(' ', 1)[0]}…"
        with self._writing() as write:
            write.execute("INSERT INTO conversations VALUES (?, ?, ?, NULL, ?)", [id, owner, title, _now()])
        return id

    def add(self, owner: str, id: str, turn: Turn) -> None:
        """Put ``turn`` at the end of the branch that its parent is in, and show that branch."""
        with self._writing() as write:
            self._check(owner, id)
            write.execute(
                "INSERT INTO turns (id, conversation, parent, words, turn) VALUES (?, ?, ?, ?, ?)",
                [turn.id, id, turn.parent, _words(turn), turn.dumps()],
            )
            write.execute("UPDATE conversations SET leaf = ?, changed = ? WHERE id = ?", [turn.id, _now(), id])

    def keep(self, turn: Turn) -> None:
        """Write ``turn`` again, now that more is known; one that was deleted meanwhile stays deleted."""
        with self._writing() as write:
            write.execute("UPDATE turns SET words = ?, turn = ? WHERE id = ?", [_words(turn), turn.dumps(), turn.id])

    def turn(self, turn: str) -> Turn | None:
        """The turn as it was kept last."""
        with self._explained():
            row = self._connection.execute("SELECT turn FROM turns WHERE id = ?", [turn]).fetchone()
        return Turn.loads(row[0]) if row else None

    def path(self, owner: str, id: str) -> tuple[Turn, ...]:
        """The turns of the branch that is shown, first question first."""
        with self._explained():
            leaf = self._check(owner, id)
            rows = self._connection.execute(
                "WITH RECURSIVE path (id, parent, turn, depth) AS ("
                "SELECT id, parent, turn, 0 FROM turns WHERE id = ? AND conversation = ? UNION ALL "
                "SELECT t.id, t.parent, t.turn, depth + 1 FROM turns t JOIN path ON t.id = path.parent) "
                "SELECT turn FROM path ORDER BY depth DESC",
                [leaf, id],
            ).fetchall()
        return tuple(Turn.loads(turn) for (turn,) in rows)

    def places(self, owner: str, id: str) -> dict[str, Place]:
        """For each turn that has others beside it, where it stands among them."""
        with self._explained():
            self._check(owner, id)
            beside: dict[str | None, list[str]] = {}
            for turn, parent in self._connection.execute(
                "SELECT id, parent FROM turns WHERE conversation = ? ORDER BY number", [id]
            ):
                beside.setdefault(parent, []).append(turn)
        return {t: Place(n, tuple(ts)) for ts in beside.values() if len(ts) > 1 for n, t in enumerate(ts, 1)}

    def show(self, owner: str, id: str, turn: str) -> None:
        """Show the branch that holds ``turn``, down to its last question."""
        with self._writing() as write:
            self._check(owner, id)
            leaf: str = turn
            newest = "SELECT id FROM turns WHERE parent = ? AND conversation = ? ORDER BY number DESC LIMIT 1"
            while row := write.execute(newest, [leaf, id]).fetchone():
                leaf = row[0]
            write.execute(
                "UPDATE conversations SET leaf = ? WHERE id = ? AND EXISTS (SELECT 1 FROM turns WHERE turns.id = ? "
                "AND conversation = conversations.id)",
                [leaf, id, leaf],
            )

    def listed(self, owner: str, words: str = "") -> list[Conversation]:
        """The conversations in which all of ``words`` were said, the last one first."""
        found = words.casefold().split()
        condition = "".join(
            " AND (instr(lower(title), ?) OR EXISTS (SELECT 1 FROM turns WHERE conversation = conversations.id "
            "AND instr(words, ?)))"
            for _ in found
        )
        arguments = [owner, *(word for word in found for _ in range(2)), LISTED]
        query = f"SELECT id, title, changed FROM conversations WHERE owner = ?{condition} ORDER BY changed DESC LIMIT ?"
        with self._explained():
            rows = self._connection.execute(query, arguments).fetchall()
        return [Conversation(id, title, datetime.fromisoformat(changed)) for id, title, changed in rows]

    def title(self, owner: str, id: str) -> str:
        """What the conversation is called."""
        with self._explained():
            self._check(owner, id)
            (title,) = self._connection.execute("SELECT title FROM conversations WHERE id = ?", [id]).fetchone()
        return str(title)

    def rename(self, owner: str, id: str, title: str) -> None:
        """Call the conversation ``title``; an empty one changes nothing."""
        with self._writing() as write:
            self._check(owner, id)
            if name := " ".join(title.split())[: 2 * TITLE]:
                write.execute("UPDATE conversations SET title = ? WHERE id = ?", [name, id])

    def delete(self, owner: str, id: str) -> None:
        """Forget the conversation and all that was said in it."""
        with self._writing() as write:
            self._check(owner, id)
            write.execute("DELETE FROM conversations WHERE id = ?", [id])

    def forget(self, article: Article) -> int:
        """Delete everybody's conversations that quote ``article``, and leave no trace of it in the others.

        Returns how many are gone. Raises FootnoteError while another process reads.
        """
        with self._writing() as write:
            rows = write.execute("SELECT id, conversation, turn FROM turns").fetchall()
            gone = set()
            for id, conversation, line in rows:
                turn = Turn.loads(line)
                rest = without(turn.record, article)
                if rest is None or article.id in turn.scope.articles:
                    gone.add(conversation)
                elif rest != turn.record:
                    kept = replace(turn, record=rest, next=())  # questions to go on with may be made of it
                    write.execute("UPDATE turns SET turn = ? WHERE id = ?", [kept.dumps(), id])
            write.executemany("DELETE FROM conversations WHERE id = ?", [[id] for id in gone])
        with self._explained():
            self._connection.execute("VACUUM")
            ((is_busy, *_),) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if is_busy:
            raise FootnoteError(f"{NAME} is being read by another process: end it and try again.")
        return len(gone)

    def _check(self, owner: str, id: str) -> str | None:
        """The leaf of the owner's conversation."""
        query = "SELECT leaf FROM conversations WHERE id = ? AND owner = ?"
        row = self._connection.execute(query, [id, owner]).fetchone()
        if not row:
            raise UsageError("This conversation is not there any more: begin another one.")
        leaf: str | None = row[0]
        return leaf

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # on a full disk SQLite has ended it by itself
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """One thread at a time, and in one line what SQLite means."""
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError) as error:
            raise FootnoteError(f"{self._file.name} can't be used ({error}): check the library's folder.") from error


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _words(turn: Turn) -> str:
    said: Sequence[str] = [s["text"] for s in turn.statements]
    return " ".join([turn.question, *said]).casefold()
