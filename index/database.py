"""The database: ``library.db``, the one SQLite file that is the truth of a library."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock

from index import feedback, lexical
from index.errors import DamagedLibrary, FootnoteError, UsageError

NAME = "library.db"
VERSION = 2
APPLICATION = 0x466F6F74  # "Foot", SQLite's application_id: says whose file it is
CHECKED = 64 * 2**20  # bytes; a larger file is not checked page by page each time that it is opened
PATIENCE = 30  # seconds to wait for another process that is writing

SCHEMA = f"""
PRAGMA journal_mode = WAL;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
BEGIN;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL UNIQUE, -- from the library's folder to the file, so that both can be moved
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP -- or changed; in UTC
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL
);
CREATE INDEX passages_of_article ON passages (article, start);
CREATE TABLE embeddings (
    passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    vector BLOB NOT NULL -- float32, little-endian, of length 1
);
CREATE TRIGGER forget_words AFTER DELETE ON passages BEGIN DELETE FROM words WHERE rowid = old.id; END;
{lexical.SCHEMA};
{feedback.SCHEMA};
INSERT INTO facts VALUES ('generation', '{{generation}}');
COMMIT;
"""


class Database:
    """A connection to the ``library.db`` in ``directory``; SQL goes through ``connection``."""

    def __init__(self, directory: Path, create: bool = True) -> None:
        """Open it, or make it with ``create``.

        Raises UsageError where there is none, DamagedLibrary for one that can't be trusted, and
        FootnoteError for a folder that can't be written or a library of another version.
        """
        self.directory = directory
        self.file = directory / NAME
        self._lock = RLock()
        if not self.file.exists():
            if not create:
                raise UsageError(f"There is no library in {directory}: index a folder of articles first.")
            self._create()
        with self._explained():
            self.connection = self._connect()
            try:
                self._check()
            except BaseException:
                self.connection.close()
                raise

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        self.connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One unchanging view of the library, whatever another process writes meanwhile."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that is kept as a whole, or on an exception or a kill not at all."""
        if not self._writable():
            raise FootnoteError(f"The library in {self.directory} can't be written: check its permissions.")
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def fact(self, name: str) -> str:
        """The value remembered under ``name`` ("generation", "embedder" or "dimensions"), or ""."""
        with self._explained():
            row = self.connection.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def remember(self, **facts: str) -> None:
        """Set facts, within a ``writing`` block."""
        self.connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def next_generation(self) -> str:
        """Name the state that is being written, within a ``writing`` block; never the same name twice."""
        generation = secrets.token_hex(8)
        self.remember(generation=generation)
        return generation

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        """Within another block of the same thread, part of that."""
        with self._lock, self._explained():
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute(begin)
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def _create(self) -> None:
        """Make the file under another name first, so that it is there as a whole or not at all."""
        draft = self.directory / f"{NAME}.{os.getpid()}"
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            draft.touch()
            connection = sqlite3.connect(draft, isolation_level=None)
            try:
                connection.executescript(SCHEMA.format(generation=secrets.token_hex(8)))
            finally:
                connection.close()
            with suppress(FileExistsError):  # another process was quicker
                os.link(draft, self.file)
        except (OSError, sqlite3.OperationalError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise FootnoteError(
                f"No library can be made in {self.directory} ({reason.lower()}): name another folder."
            ) from error
        finally:
            if self.directory.is_dir():
                draft.unlink(missing_ok=True)

    def _connect(self) -> sqlite3.Connection:
        query = "mode=rw"
        if not self._writable():  # then SQLite can't lock: sound, as long as nobody else is writing
            query = "mode=ro" if self.file.with_name(f"{NAME}-wal").exists() else "mode=ro&immutable=1"
        connection = sqlite3.connect(
            f"{self.file.resolve().as_uri()}?{query}",
            uri=True,
            timeout=PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _writable(self) -> bool:
        return os.access(self.directory, os.W_OK) and os.access(self.file, os.W_OK)

    def _check(self) -> None:
        (application,) = self.connection.execute("PRAGMA application_id").fetchone()
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION:
            raise sqlite3.DatabaseError("it is not a Footnote library")
        if version != VERSION:
            raise FootnoteError(
                f"{self.file} is a library of version {version}, this is version {VERSION}: "
                "index the articles again into another folder."
            )
        if self.file.stat().st_size <= CHECKED:
            (verdict,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in one line what SQLite means."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                reason = "another process is writing it: try again when that is done"
            elif "full" in str(error):
                reason = "the disk is full: make room and try again"
            else:
                reason = f"{error}: check the folder and its permissions"
            raise FootnoteError(f"{self.file} can't be used, {reason}. Nothing was changed.") from error
        except sqlite3.DatabaseError as error:
            reason = " ".join(str(error).split())
            raise DamagedLibrary(
                f"{self.file} is damaged ({reason}); nothing in it was changed. "
                "Move it away and index the articles again."
            ) from error
