"""The database: ``library.db``, the one SQLite file that is the truth of a library."""

import logging
import os
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from errno import EROFS
from pathlib import Path
from threading import RLock

from index import feedback
from index.errors import DamagedLibrary, FootnoteError, MissingLibrary
from index.language import ENGLISH
from index.lock import ADVICE, TIMEOUT, LockingUnsupported, lock, supports_locks
from index.upgrade import copies, upgrade

NAME = "library.db"
VERSION = 3
APPLICATION = 0x466F6F74  # "Foot", SQLite's application_id: says whose file it is
CHECKED = 64 * 2**20  # bytes; a larger file is not checked page by page each time that it is opened
UPGRADED = (
    "The library in %s is brought up to date; as it was, it is kept in its folder as %s until rag library --rebuild."
)
UNSHARED = "mode=ro&vfs=unix-none" if os.name == "posix" else "mode=ro"  # without locks, where none can be taken
KEPT = 1000  # generations that vectors and words can be brought up to date from

TABLES = f"""
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE generations (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE); -- the states it was in, the last now
CREATE TABLE articles (
    number INTEGER PRIMARY KEY,
    id TEXT UNIQUE, -- NULL until the indexing that brings it is complete: until then nobody sees it
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    date TEXT,
    pages TEXT NOT NULL, -- offsets, as JSON
    generation INTEGER, -- the state in which it first was, or was under this title
    added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, -- in UTC
    text TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT '{ENGLISH}'
);
CREATE INDEX articles_since ON articles (generation);
CREATE TABLE files ( -- one article may have several
    path TEXT PRIMARY KEY, -- from the library's folder to the file, so that both can be moved
    source TEXT NOT NULL, -- the path as it was given
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    stamp TEXT -- size and time of change when it was read; NULL when that was too recent to be relied on
);
CREATE INDEX files_of_article ON files (article, path);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL
);
CREATE INDEX passages_of_article ON passages (article, start);
CREATE TABLE embeddings (
    passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    vector BLOB NOT NULL -- float32, little-endian, of length 1
);
CREATE TABLE forgotten (passage INTEGER PRIMARY KEY, generation INTEGER NOT NULL); -- the state in which it was gone
CREATE INDEX forgotten_since ON forgotten (generation);
CREATE TRIGGER forget AFTER DELETE ON passages BEGIN
    INSERT INTO forgotten SELECT old.id, max(number) + 1 FROM generations;
END;
{feedback.SCHEMA};
"""
SCHEMA = f"""
PRAGMA journal_mode = WAL;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
BEGIN;
{TABLES}
INSERT INTO generations (name) VALUES ('{{generation}}');
COMMIT;
"""

log = logging.getLogger(__name__)


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
                raise MissingLibrary(f"There is no library in {directory}: index a folder of articles first.")
            self._create()
        with self._explained():
            self.connection = self._connect()
            try:
                self._check_kind()
                self._upgrade()
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
        self._check_writable()
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Several transactions that no other process comes in between of; those that read go on."""
        self._check_writable()
        with ExitStack() as held:
            try:
                held.enter_context(lock(self.directory / "library.lock"))
            except LockingUnsupported as error:
                raise FootnoteError(f"The library in {self.directory} can't be used: {ADVICE}.") from error
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise FootnoteError(f"The library in {self.directory} can't be written ({reason}).") from error
            yield

    def fact(self, name: str) -> str:
        """The value remembered under ``name`` ("embedder", "dimensions" or "agreement"), or ""."""
        with self._explained():
            row = self.connection.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def set_facts(self, **facts: str) -> None:
        """Set facts, within a ``writing`` block."""
        self.connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def generation(self) -> str:
        """The name of the state that the library is in."""
        with self._explained():
            (name,) = self.connection.execute("SELECT name FROM generations ORDER BY number DESC LIMIT 1").fetchone()
        return str(name)

    def since(self, generation: str | None) -> int:
        """The number of a state that the library was in; 0, before all, for one that is unknown."""
        with self._explained():
            row = self.connection.execute("SELECT number FROM generations WHERE name = ?", [generation]).fetchone()
        return int(row[0]) if row else 0

    def next_generation(self) -> int:
        """Name the state that is being written, within a ``writing`` block; never the same name twice."""
        insert = "INSERT INTO generations (name) VALUES (?) RETURNING number"
        ((number,),) = self.connection.execute(insert, [secrets.token_hex(8)]).fetchall()
        self.connection.execute("DELETE FROM generations WHERE number <= ?", [number - KEPT])
        self.connection.execute("DELETE FROM forgotten WHERE generation <= ?", [number - KEPT])
        return int(number)

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

    def compact(self) -> None:
        """Keep no byte of what was deleted, neither in free pages nor in the log beside the file.

        Raises FootnoteError while another process still reads an older state.
        """
        with self._lock, self._explained():
            for copy in copies(self.file):
                copy.unlink()
            self.connection.execute("VACUUM")
            ((is_busy, *_),) = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if is_busy:
            raise FootnoteError(
                f"What was deleted is still in {self.file}-wal, for another process is reading: end it and try again."
            )

    def _create(self) -> None:
        """Make the file under another name first, so that it is there as a whole or not at all."""
        draft = self.directory / f"{NAME}.{os.getpid()}"
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.touch()
            connection = sqlite3.connect(draft, isolation_level=None)
            try:
                connection.executescript(SCHEMA.format(generation=secrets.token_hex(8)))
            finally:
                connection.close()
            with suppress(FileExistsError):  # another process was quicker
                _name(draft, self.file)
        except (OSError, sqlite3.OperationalError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            if self.directory.is_dir() and not supports_locks(self.directory):
                raise FootnoteError(f"No library can be made in {self.directory}: {ADVICE}.") from error
            raise FootnoteError(
                f"No library can be made in {self.directory} ({reason.lower()}): name another folder."
            ) from error
        finally:
            if self.directory.is_dir():
                draft.unlink(missing_ok=True)

    def _connect(self) -> sqlite3.Connection:
        log, shared = (self.file.with_name(f"{NAME}-{end}") for end in ("wal", "shm"))
        if self._writable():
            connection = self._opened("mode=rw")
            try:
                connection.execute("PRAGMA application_id")
                return connection
            except sqlite3.OperationalError:
                connection.close()
                if not self._turned_read_only():
                    raise
        elif shared.exists():  # somebody else may be writing
            return self._opened("mode=ro")
        if not log.exists() or not log.stat().st_size:
            return self._opened("mode=ro&immutable=1")
        connection = self._opened(UNSHARED)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # then SQLite keeps what it would share to itself
        return connection

    def _opened(self, query: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.file.resolve().as_uri()}?{query}",
            uri=True,
            timeout=TIMEOUT,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _check_writable(self) -> None:
        if not self._writable():
            raise FootnoteError(f"The library in {self.directory} can't be written: check its permissions.")

    def _writable(self) -> bool:
        return os.access(self.directory, os.W_OK) and os.access(self.file, os.W_OK)

    def _turned_read_only(self) -> bool:
        """Whether the disk did, as when the kernel finds it in disorder; permissions need not say so."""
        try:
            with tempfile.TemporaryFile(dir=self.directory):
                return False
        except OSError as error:
            return error.errno == EROFS

    def _upgrade(self) -> None:
        """Bring a library of an older version up to date; raises FootnoteError where that can't be written."""
        if self._version() >= VERSION:
            return
        self._check_writable()
        with self.changing():
            if self._version() < VERSION:  # no other process was quicker
                kept = upgrade(self.file, TABLES, VERSION)
                log.warning(UPGRADED, self.directory, kept.name)

    def _version(self) -> int:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        return int(version)

    def _check_kind(self) -> None:
        (application,) = self.connection.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION:
            raise sqlite3.DatabaseError("it is not a Footnote library")
        if (version := self._version()) > VERSION:
            raise FootnoteError(
                f"{self.file} is a library of version {version}, this is version {VERSION}: update Footnote."
            )

    def _check(self) -> None:
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
            if not supports_locks(self.directory):
                reason = ADVICE
            elif "locked" in str(error) or "busy" in str(error):
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


def _name(draft: Path, file: Path) -> None:
    """Make ``draft`` known as ``file``, whole and at once; raises FileExistsError where there is one."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, as on many USB sticks
        if file.exists():
            raise FileExistsError(file) from None
        draft.rename(file)
