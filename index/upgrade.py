"""Upgrades: a library of an older version is brought into today's form, in place, without embedding anything again."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from index.front_matter import body
from index.language import detect

# What version 1 held, as rows of today's tables. Since then, articles with the same text are one, of several files.
FIRST = {
    "facts": "INSERT INTO facts SELECT * FROM old_facts WHERE name <> 'generation'",
    "generations": "INSERT INTO generations (name) VALUES (lower(hex(randomblob(8))))",
    "articles": "INSERT INTO articles (number, id, title, sha256, pages, generation, text) "
    "SELECT min(rowid), id, title, sha256, '[]', 1, text FROM old_articles GROUP BY sha256",
    "files": "INSERT INTO files (path, source, article) "
    "SELECT path, old_articles.source, number FROM old_articles JOIN articles USING (sha256)",
    "passages": "INSERT INTO passages "
    "SELECT old_passages.id, number, start, end FROM old_passages JOIN articles ON articles.id = article",
    "embeddings": "INSERT INTO embeddings SELECT * FROM old_embeddings WHERE passage IN (SELECT id FROM passages)",
}


def upgrade(file: Path, tables: str, version: int) -> Path:
    """Write what the library in ``file`` holds into ``tables``, which make it one of ``version``, in one transaction.

    Nobody else may change the library meanwhile; those that read see what was before.

    Returns:
        Where it is kept as it was: to go back, that file takes the name of ``file``.

    Raises:
        sqlite3.Error: Something is damaged, or the disk is full. Nothing was changed.
    """
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.create_function("detect", 1, lambda text: detect(text[body(text) :]), deterministic=True)
        (before,) = connection.execute("PRAGMA user_version").fetchone()
        kept = _copied(connection, file.with_name(f"{file.name}.version-{before}"))
        connection.executescript("\n".join(_script(connection, tables, version)))
    finally:
        connection.close()
    return kept


def copies(file: Path) -> list[Path]:
    """What is kept of ``file`` as it was before upgrades."""
    return sorted(file.parent.glob(f"{file.name}.version-*"))


def _copied(connection: sqlite3.Connection, copy: Path) -> Path:
    """``copy``, which is there as a whole or not at all."""
    draft = copy.with_name(f"{copy.name}.draft")
    draft.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", [str(draft)])
    draft.chmod(0o600)
    draft.replace(copy)
    return copy


def _script(connection: sqlite3.Connection, tables: str, version: int) -> Iterator[str]:
    """What moves the rows over: the old tables step aside, and ``tables`` take what they know of them."""
    today = sqlite3.connect(":memory:")
    today.executescript(tables)
    known = {name: _columns(connection, name) for name in _names(connection, "table")}
    shared = {name: _columns(today, name) for name in _names(today, "table") if name in known}
    today.close()
    yield "PRAGMA legacy_alter_table = ON;"  # references go on meaning names
    yield "BEGIN IMMEDIATE;"
    for kind in ("index", "trigger"):
        yield from (f"DROP {kind} {name};" for name in _names(connection, kind))
    yield "DROP TABLE IF EXISTS words;"  # version 1's; now they are in a folder of their own
    yield from (f"ALTER TABLE {name} RENAME TO old_{name};" for name in shared)
    yield tables
    moves = {name: _move(name, [column for column in shared[name] if column in known[name]]) for name in shared}
    yield from (f"{move};" for move in (moves | (FIRST if "path" in known["articles"] else {})).values())
    if "language" not in known["articles"]:
        yield "UPDATE articles SET language = detect(text);"
    yield "DELETE FROM sqlite_sequence WHERE name = 'passages';"  # no number of a passage is given twice
    yield "UPDATE sqlite_sequence SET name = 'passages' WHERE name = 'old_passages';"
    yield from (f"DROP TABLE old_{name};" for name in shared)
    yield f"PRAGMA user_version = {version};"
    yield "COMMIT;"


def _move(table: str, columns: list[str]) -> str:
    held = ", ".join(columns)
    return f"INSERT INTO {table} ({held}) SELECT {held} FROM old_{table}"


def _names(connection: sqlite3.Connection, kind: str) -> list[str]:
    """Of the tables, indexes or triggers that were made by a statement."""
    select = "SELECT name FROM sqlite_schema WHERE type = ? AND sql NOTNULL AND name NOT LIKE 'sqlite_%'"
    return [name for (name,) in connection.execute(select, [kind])]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [column for _, column, *_ in connection.execute(f"PRAGMA table_info({table})")]
