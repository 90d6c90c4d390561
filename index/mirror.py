"""Mirroring: make a library hold files and folders as they are now, touching only what differs.

New articles are embedded and stored a batch at a time, where nobody sees them yet; the last transaction publishes
them all at once. So a kill leaves the old state or the new one, what was embedded until then need not be embedded
again, and memory stays flat however much is indexed.
"""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from index.article import KINDS, Article, Problem, UnreadableFile, find, read
from index.database import Database
from index.embedder import Embedder
from index.errors import UsageError
from index.passage import Passage, split

BATCH = 256  # passages that are embedded and stored together; more, where an article has more
SAMPLE = 500  # characters of an article, to measure how well a question may be embedded without torch
SETTLED = 2.0  # seconds; what changed less than this ago may change again without its time of change telling
ORPHANS = "FROM articles WHERE number NOT IN (SELECT article FROM files)"


@dataclass(frozen=True)
class Changes:
    """What a mirroring did: ids of articles; files that could not be indexed, or hold the same text as another."""

    added: list[str]
    changed: list[str]
    renamed: list[str]
    removed: list[str]
    unchanged: list[str]
    problems: list[Problem]
    copies: list[Problem]

    def __bool__(self) -> bool:
        """Whether any article was touched."""
        return bool(self.added or self.changed or self.renamed or self.removed)


@dataclass(frozen=True)
class File:
    """A file and the number of its article; ``id`` and ``title`` are None where it was not read again."""

    article: int
    source: str
    stamp: str | None
    id: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Draft:
    """An article that is yet to be stored, under the number it will have; ``size`` is its file's, in bytes."""

    number: int
    article: Article
    passages: list[Passage]
    size: int


def mirror(database: Database, embedder: Embedder, paths: Iterable[str | Path], progress: bool) -> Changes:
    """See ``Library.mirror``."""
    roots = [Path(path) for path in paths]
    home = database.directory.resolve()
    files = {_place(file, home): file for file in find(roots)}
    with database.changing():
        rows = database.connection.execute("SELECT path, article, source, stamp FROM files ORDER BY path").fetchall()
        known = {place: File(*row) for place, *row in rows}
        missing = {place for place in known if place not in files and not (home / place).exists()}
        if not files and not any(_is_below(home / place, roots) for place in missing):
            raise UsageError(f"There is no {KINDS} file in {', '.join(map(str, roots))}: add one.")
        with _bar(files.values(), progress) as advance:
            intake = Intake(database, embedder, known, advance)
            for place, file in files.items():
                intake.take(place, file)
            intake.store()
        moved = {file.article for file in intake.found.values()}
        gone = {place for place in missing if known[place].article in moved or _is_below(home / place, roots)}
        return _publish(database, intake, gone)


class Intake:
    """Files on their way into the library: ``found`` by place, ``problems`` with those that can't be read.

    ``advance`` is told how many bytes of the files are done.
    """

    def __init__(
        self, database: Database, embedder: Embedder, known: dict[str, File], advance: Callable[[int], None]
    ) -> None:
        self.known = known
        self.found: dict[str, File] = {}
        self.problems: list[Problem] = []
        self._database = database
        self._embedder = embedder
        self._advance = advance
        self._drafts: list[Draft] = []

    def take(self, place: str, file: Path) -> None:
        """Find out which article is in ``file``; a new one is stored with the next batch."""
        before = self.known.get(place)
        try:
            stamp, size = _stamp(file)
            if before and stamp and stamp == before.stamp:
                self.found[place] = File(before.article, str(file), stamp)
                self._advance(size)
                return
            article = read(file)
        except (UnreadableFile, OSError) as error:
            reason = f"can't be read: {error.strerror}".lower() if isinstance(error, OSError) else str(error)
            self.problems.append(Problem(str(file), reason + "; what was indexed before is kept" * bool(before)))
            if before:
                self.found[place] = before
            return
        number = self._stored(article) or self._draft(article, size)
        self.found[place] = File(number, str(file), stamp, article.id, article.title)

    def store(self) -> None:
        """Embed the drafts and store them, in one transaction."""
        if not self._drafts:
            return
        vectors = iter(self._embedder.encode([passage.text for draft in self._drafts for passage in draft.passages]))
        agreement = self._database.fact("agreement") or f"{self._agreement():.6f}"
        with self._database.writing() as connection:
            self._database.remember(
                embedder=self._embedder.name, dimensions=str(self._embedder.dimensions), agreement=agreement
            )
            for draft in self._drafts:
                article = draft.article
                row = [
                    draft.number,
                    article.title,
                    article.sha256,
                    article.date,
                    json.dumps(article.pages),
                    article.text,
                ]
                insert = "INSERT INTO articles (number, title, sha256, date, pages, text) VALUES (?, ?, ?, ?, ?, ?)"
                connection.execute(insert, row)
                for passage in draft.passages:
                    span = [draft.number, passage.start, passage.end]
                    insert = "INSERT INTO passages (article, start, end) VALUES (?, ?, ?)"
                    id = connection.execute(insert, span).lastrowid
                    connection.execute("INSERT INTO embeddings VALUES (?, ?)", [id, next(vectors).tobytes()])
        for draft in self._drafts:
            self._advance(draft.size)
        self._drafts.clear()

    def _agreement(self) -> float:
        return self._embedder.agreement([draft.article.text[:SAMPLE] for draft in self._drafts[:4]])

    def _stored(self, article: Article) -> int | None:
        select = "SELECT number FROM articles WHERE sha256 = ?"
        row = self._database.connection.execute(select, [article.sha256]).fetchone()
        drafts = (draft.number for draft in self._drafts if draft.article.sha256 == article.sha256)
        return int(row[0]) if row else next(drafts, None)

    def _draft(self, article: Article, size: int) -> int:
        (last,) = self._database.connection.execute("SELECT ifnull(max(number), 0) FROM articles").fetchone()
        number = int(last) + len(self._drafts) + 1
        passages = split(article, self._embedder.count_tokens, self._embedder.window)
        self._drafts.append(Draft(number, article, passages, size))
        if sum(len(draft.passages) for draft in self._drafts) >= BATCH:
            self.store()
        return number


def _publish(database: Database, intake: Intake, gone: set[str]) -> Changes:
    """Let the library hold what was found, without the files in ``gone``, in one transaction."""
    first: dict[int, str] = {}  # each article's first file names it
    for place, file in intake.found.items():
        first.setdefault(file.article, place)
    before = {place: file.article for place, file in intake.known.items()}
    with database.writing() as connection:
        _point(connection, intake.found, gone)
        orphans = dict(connection.execute(f"SELECT number, id {ORPHANS} AND id NOTNULL").fetchall())
        connection.execute(f"DELETE {ORPHANS}")
        rows = connection.execute("SELECT number, id, title FROM articles WHERE id NOTNULL").fetchall()
        ids = {number: id for number, id, _ in rows}
        titles = {number: title for number, _, title in rows}
        heirs = {n: id for n, place in first.items() if n not in ids and (id := orphans.pop(before.get(place), None))}
        newcomers = [number for number in first if number not in ids and number not in heirs]
        taken = {*ids.values(), *heirs.values(), *orphans.values()}
        names = heirs | {number: _unused(intake.found[first[number]].id, taken) for number in newcomers}
        fresh = {n: t for n, place in first.items() if (t := intake.found[place].title) and titles.get(n) != t}
        if names or orphans or fresh:
            generation = database.next_generation()
            for column, values in (("id", names), ("title", fresh)):
                rows = [(value, generation, number) for number, value in values.items()]
                connection.executemany(f"UPDATE articles SET {column} = ?, generation = ? WHERE number = ?", rows)
    first_before = {number: place for place, number in reversed(before.items())}
    renamed = [ids[n] for n in first if n in ids and first_before.get(n) in gone]
    return Changes(
        added=[names[number] for number in newcomers],
        changed=list(heirs.values()),
        renamed=renamed,
        removed=list(orphans.values()),
        unchanged=[ids[n] for n in first if n in ids and ids[n] not in renamed],
        problems=intake.problems,
        copies=[
            Problem(file.source, f"the same text as {intake.found[first[file.article]].source}")
            for place, file in intake.found.items()
            if first[file.article] != place
        ],
    )


def _place(file: Path, home: Path) -> str:
    """``file`` as seen from the library's folder: it stays the same when both are moved together."""
    return os.path.relpath(file.parent.resolve() / file.name, home)


def _is_below(file: Path, roots: list[Path]) -> bool:
    file = Path(os.path.normpath(file))
    return any(file.is_relative_to(root.resolve()) for root in roots)


def _stamp(file: Path) -> tuple[str | None, int]:
    """What tells, without reading it, that ``file`` is the same as before (None: nothing does), and its size."""
    status = file.stat()
    settled = time.time() - max(status.st_mtime, status.st_ctime) > SETTLED
    return (f"{status.st_size} {status.st_mtime_ns} {status.st_ino}" if settled else None), status.st_size


def _point(connection: sqlite3.Connection, found: dict[str, File], gone: set[str]) -> None:
    """Let each file point at the article it holds now."""
    connection.executemany("DELETE FROM files WHERE path = ?", [(place,) for place in gone])
    connection.executemany(
        "INSERT INTO files VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET source = excluded.source, article = excluded.article, stamp = excluded.stamp "
        "WHERE (source, article, stamp) IS NOT (excluded.source, excluded.article, excluded.stamp)",
        [(place, file.source, file.article, file.stamp) for place, file in found.items()],
    )


def _unused(id: str | None, taken: set[str]) -> str:
    """``id``, or the first of id-2, id-3 … that is not taken; it is taken then."""
    stem = id or "article"
    name = next(name for name in chain([stem], (f"{stem}-{n}" for n in count(2))) if name not in taken)
    taken.add(name)
    return name


@contextmanager
def _bar(files: Iterable[Path], shown: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal; to be told how many bytes of ``files`` are done."""
    if not (shown and sys.stderr.isatty()):
        yield lambda size: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Indexing", total=sum(file.stat().st_size for file in files if file.exists()))
        yield lambda size: bar.advance(task, size)
