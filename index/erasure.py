"""Erasure: an article is deleted, and no byte of it stays in the library's folder."""

import os
import shutil
from pathlib import Path

from index import feedback, lexical, vectors
from index.article import Article
from index.database import Database
from index.sync import located


def erase(database: Database, article: Article, home: Path) -> list[Path]:
    """Delete an article, the ratings that quote it, and its own files where they lie in ``home``, the library's folder.

    Returns its files elsewhere. Its bytes are gone after ``compact``.
    """
    with database.writing() as connection:
        places = "SELECT path FROM files JOIN articles ON number = article WHERE id = ? ORDER BY path"
        found = connection.execute(places, [article.id]).fetchall()
        files = [Path(os.path.normpath(located(place, home))) for (place,) in found]
        connection.execute("DELETE FROM articles WHERE id = ? OR id ISNULL", [article.id])
        feedback.forget(connection, article)
        database.next_generation()
    for file in files:
        if file.is_relative_to(home):
            file.unlink(missing_ok=True)
    return [file for file in files if not file.is_relative_to(home)]


def compact(database: Database) -> None:
    """Keep no byte of what was deleted, in any file of the library; both rankings have to be built again.

    Raises FootnoteError while another process still reads an older state.
    """
    database.compact()  # first: from here on, nobody can write what was deleted into a ranking
    for file in database.directory.glob(f"{vectors.NAME}*"):  # drafts that were left by a kill, too
        file.unlink()
    shutil.rmtree(database.directory / lexical.NAME, ignore_errors=True)
