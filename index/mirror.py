"""Mirroring: make a library hold files and folders as they are now, touching only what differs."""

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

from index.article import Article, Problem, UnreadableFile, find, read
from index.database import Database
from index.embedder import Embedder
from index.errors import UsageError
from index.passage import split


@dataclass(frozen=True)
class Changes:
    """What a mirroring did: the ids of articles, and the files that could not be indexed."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    unchanged: list[str]
    problems: list[Problem]

    def __bool__(self) -> bool:
        """Whether any article was touched."""
        return bool(self.added or self.changed or self.removed)


def mirror(database: Database, embedder: Embedder, paths: Iterable[str | Path], progress: bool) -> Changes:
    """See ``Library.mirror``; all of it is one transaction."""
    roots = [Path(path) for path in paths]
    home = database.directory.resolve()
    files = {_place(file, home): file for file in find(roots)}
    with database.writing() as connection:
        rows = connection.execute("SELECT path, id, sha256 FROM articles ORDER BY path").fetchall()
        ids = {place: id for place, id, _ in rows}
        gone = [place for place in ids if place not in files and _is_gone(home / place, roots)]
        if not files and not gone:
            raise UsageError(f"There is no .txt or .md file in {', '.join(map(str, roots))}: add one.")
        articles, problems = _read(files, ids)
        same = {place for place, _, sha256 in rows if place in articles and articles[place].sha256 == sha256}
        new = {place: article for place, article in articles.items() if place not in same}
        _delete(connection, [ids[place] for place in gone] + [article.id for article in new.values()])
        _insert(connection, new, embedder, progress)
        _rename(connection, {place: articles[place].source for place in same})
        changes = Changes(
            added=[article.id for place, article in new.items() if place not in ids],
            changed=[article.id for place, article in new.items() if place in ids],
            removed=[ids[place] for place in gone],
            unchanged=[article.id for place, article in articles.items() if place in same],
            problems=problems,
        )
        if new:
            database.remember(embedder=embedder.name, dimensions=str(embedder.dimensions))
        if changes:
            database.next_generation()
    return changes


def _place(file: Path, home: Path) -> str:
    """``file`` as seen from the library's folder: it stays the same when both are moved together."""
    return os.path.relpath(file.parent.resolve() / file.name, home)


def _is_gone(file: Path, roots: list[Path]) -> bool:
    """Whether ``file`` was in one of ``roots`` and is no more."""
    file = Path(os.path.normpath(file))
    return not file.exists() and any(file.is_relative_to(root.resolve()) for root in roots)


def _read(files: dict[str, Path], ids: dict[str, str]) -> tuple[dict[str, Article], list[Problem]]:
    """The articles in ``files`` by place, each with its old id or one that no other has."""
    articles: dict[str, Article] = {}
    problems: list[Problem] = []
    taken = set(ids.values())
    for place, file in files.items():
        try:
            article = read(file)
        except UnreadableFile as error:
            kept = "; what was indexed before is kept" if place in ids else ""
            problems.append(Problem(str(file), f"{error}{kept}"))
            continue
        names = chain([article.id], (f"{article.id}-{number}" for number in count(2)))
        id = ids.get(place) or next(name for name in names if name not in taken)
        taken.add(id)
        articles[place] = replace(article, id=id)
    return articles, problems


def _delete(connection: sqlite3.Connection, ids: list[str]) -> None:
    connection.executemany("DELETE FROM articles WHERE id = ?", [(id,) for id in ids])


def _insert(connection: sqlite3.Connection, articles: dict[str, Article], embedder: Embedder, progress: bool) -> None:
    if not articles:
        return
    passages = []
    for place, article in articles.items():
        row = [article.id, place, article.source, article.title, article.text, article.sha256]
        columns = "id, path, source, title, text, sha256"
        connection.execute(f"INSERT INTO articles ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)
        passages += [(article.title, passage) for passage in split(article, embedder.count_tokens, embedder.window)]
    vectors = embedder.encode([passage.text for _, passage in passages], progress)
    for (title, passage), vector in zip(passages, vectors, strict=True):
        span = [passage.article_id, passage.start, passage.end]
        id = connection.execute("INSERT INTO passages (article, start, end) VALUES (?, ?, ?)", span).lastrowid
        connection.execute("INSERT INTO embeddings VALUES (?, ?)", [id, vector.tobytes()])
        connection.execute("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", [id, title, passage.text])


def _rename(connection: sqlite3.Connection, sources: dict[str, str]) -> None:
    """Take over how the paths of untouched articles were spelled this time."""
    rows = [(source, place, source) for place, source in sources.items()]
    connection.executemany("UPDATE articles SET source = ? WHERE path = ? AND source <> ?", rows)
