"""The articles' tab: the list, and what comes of files that are dropped on it."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from index.errors import FootnoteError
from index.open import AnyLibrary
from index.reader import READERS
from ui.backend import Backend
from ui.source import text

LARGEST = 20 * 2**20  # bytes of an uploaded file


@dataclass(frozen=True)
class Result:
    """What came of one uploaded file."""

    name: str
    says: str
    added: bool = False


def listing(library: AnyLibrary) -> str:
    """Every article with its length and the day it was added, as HTML."""
    found = library.articles()
    if not found:
        return '<p class="empty">There are no articles yet. Drop some files above.</p>'
    dates = library.dates()
    rows = "".join(
        f'<tr data-article="{text(a.id)}"><td><button class="title" data-do="read">{text(a.title)}</button>'
        f'<span class="path">{text(a.source)}</span></td><td class="number">{len(a.text):,}</td>'
        f'<td><time datetime="{dates[a.id]:%Y-%m-%dT%H:%MZ}">{dates[a.id]:%Y-%m-%d}</time></td>'
        f'<td><button class="tool" data-do="remove" data-title="{text(a.title)}" '
        f'aria-label="Remove {text(a.title)}">Remove</button></td></tr>'
        for a in found
    )
    return (
        "<table><thead><tr><th>Article</th><th>Characters</th><th>Added</th><th></th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def results(done: Sequence[Result], total: int) -> str:
    """How far an upload is, and what came of each file, as HTML."""
    going = len(done) < total
    bar = f'<progress max="{total}" value="{len(done)}">{len(done)} of {total}</progress>' if going else ""
    lines = "".join(
        f'<li class="{"added" if r.added else "left-out"}"><b>{text(r.name)}</b> {text(r.says)}</li>' for r in done
    )
    return f'<div role="status">{bar}<ul class="results">{lines}</ul></div>'


def add(backend: Backend, files: Sequence[Path]) -> Iterator[list[Result]]:
    """Put uploaded ``files`` into the library one by one; after each, what has come of all so far."""
    done: list[Result] = []
    yield done
    for file in files:
        done = [*done, _add(backend, file)]
        yield done


def _add(backend: Backend, file: Path) -> Result:
    """Copy ``file`` among the uploads under a name that is free there, and index it; a bad one is not kept."""
    name = file.name
    try:
        if file.suffix.lower() not in READERS:
            return Result(name, f"is skipped: it is no {' or '.join(READERS)} file")
        if file.stat().st_size > LARGEST:
            return Result(name, f"is skipped: it is larger than {LARGEST // 2**20} MB")
        backend.uploads.mkdir(parents=True, exist_ok=True)
        copy = _free(backend.uploads, file)
        shutil.copyfile(file, copy)
        changes = backend.writer.mirror([copy])
        if changes.problems:
            copy.unlink()
            return Result(name, f"is skipped: it {changes.problems[0].reason}")
        return Result(name, "is added" if changes else "is in the library already", added=True)
    except FootnoteError as error:
        return Result(name, f"is skipped: {error}")
    finally:
        file.unlink(missing_ok=True)


def _free(folder: Path, file: Path) -> Path:
    """Where ``file`` is to be copied: its own name, numbered where another file has that name already."""
    names = chain([file.name], (f"{file.stem}-{number}{file.suffix}" for number in count(2)))
    places = (folder / name.lstrip(".") for name in names)
    return next(p for p in places if not p.exists() or p.read_bytes() == file.read_bytes())


def remove(backend: Backend, id: str) -> str:
    """Take the article out of the library, an uploaded file with it; says so in a line."""
    article = backend.writer.remove(id)
    file = Path(article.source)
    if file.resolve().parent == backend.uploads.resolve():
        file.unlink(missing_ok=True)
        return f"“{article.title}” is removed."
    return f"“{article.title}” is removed from the library; the file {article.source} stays."
