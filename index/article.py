"""Articles: the text of files as it is cited, with a title and an id."""

import hashlib
import os
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index.errors import UsageError
from index.front_matter import body
from index.reader import READERS, UnreadableFile

__all__ = ["Article", "Problem", "UnreadableFile", "find", "read", "slug"]

KINDS = ".txt, .md, .html, .pdf or .docx"


@dataclass(frozen=True)
class Article:
    """A text that can be cited.

    ``source`` is the file's path as it was given; ``text`` is what its reader found in it, and offsets into it
    are Python str indices; ``sha256`` is the hex digest of ``text`` in UTF-8; ``date`` is an ISO date or None;
    ``pages`` are the offsets at which pages start.
    """

    id: str
    title: str
    source: str
    text: str
    sha256: str
    date: str | None = None
    pages: tuple[int, ...] = ()

    @property
    def body(self) -> int:
        """The offset at which the front matter (``---`` lines with ``title:`` and the like) is over."""
        return body(self.text)

    def page(self, offset: int) -> int | None:
        """The number, from 1, of the page that holds ``offset``; None where there are no pages."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True)
class Problem:
    """A file that could not be indexed, and why, in one line."""

    path: str
    reason: str


def find(paths: Iterable[str | Path]) -> list[Path]:
    """The files in ``paths`` that can be read (files, or folders with all that is below), sorted.

    Hidden files and folders are skipped. A file that is named itself is always returned.
    Raises UsageError for a path that does not exist.
    """
    found: set[Path] = set()
    for path in map(Path, paths):
        if path.is_dir():
            found.update(_below(path))
        elif path.exists():
            found.add(path)
        else:
            raise UsageError(f"There is no file or folder {path}: check the path.")
    return sorted(found)


def _below(folder: Path) -> Iterable[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and Path(name).suffix.lower() in READERS:
                yield Path(parent, name)


def read(path: Path) -> Article:
    """The article in the file at ``path``; its id is only unique among file names.

    Its title is the document's own, else the file's name. Raises UnreadableFile when the file can't be opened,
    holds no text, or its encoding is in doubt.
    """
    reader = READERS.get(path.suffix.lower())
    if not reader:
        raise UnreadableFile(f"not a {KINDS} file")
    try:
        document = reader(path)
    except OSError as error:
        raise UnreadableFile(f"can't be read: {(error.strerror or str(error)).lower()}") from error
    if not document.text.strip():
        raise UnreadableFile("is empty")
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    title = document.title or _name(path)
    return Article(slug(path.stem), title, str(path), document.text, digest, document.date, document.pages)


def slug(name: str) -> str:
    """``name`` as a readable id: lower-case letters and digits, joined by dashes."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).lower())
    return "-".join(words) or "article"


def _name(path: Path) -> str:
    name = re.sub(r"[-_\s]+", " ", path.stem).strip() or path.stem
    return name[0].upper() + name[1:]
