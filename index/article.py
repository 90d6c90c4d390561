"""Articles: the text of files as it is cited, with a title and an id."""

import hashlib
import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import is_zipfile

from index.document import shown
from index.folder import Problem, regular, scan
from index.front_matter import body
from index.language import ENGLISH, detect
from index.reader import UnreadableFile, read_document

__all__ = ["Article", "Problem", "UnreadableFile", "find", "pages_from_json", "read", "slug"]

LARGEST = 10**9  # bytes of a file, and of its text: SQLite stores no longer one
TOO_LARGE = "is larger than a gigabyte: split it"


@dataclass(frozen=True)
class Article:
    """A text that can be cited.

    ``source`` is the file's path as it was given; ``text`` is what its reader found in it, and offsets into it
    are Python str indices; ``sha256`` is the hex digest of ``text`` in UTF-8; ``date`` is an ISO date or None;
    ``pages`` are the offsets at which pages, sheets, slides, chapters or messages start, and ``labels`` says what each
    is called, if that is not simply its number. ``lost`` is what of the file could not be read, where it was just read;
    ``language`` is a code of ISO 639.
    """

    id: str
    title: str
    source: str
    text: str
    sha256: str
    date: str | None = None
    pages: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    lost: tuple[str, ...] = field(default=(), compare=False)
    language: str = ENGLISH

    @property
    def body(self) -> int:
        """The offset at which the front matter (``---`` lines with ``title:`` and the like) is over."""
        return body(self.text)

    def place(self, offset: int) -> str | None:
        """What the page, sheet, slide, chapter or message that holds ``offset`` is called: "page 7", "sheet Prices"."""
        number = bisect_right(self.pages, offset)
        return (self.labels[number - 1] if self.labels else f"page {number}") if number else None

    def page(self, offset: int) -> int | None:
        """The number of the page that holds ``offset``, as it is printed on it, else counted from 1; None where there
        are no pages."""
        place = self.place(offset) or ""
        printed = re.match(r"page (\d+)\b", place)
        return int(printed[1]) if printed else bisect_right(self.pages, offset) if place.startswith("page") else None

    def pages_as_json(self) -> str:
        """``pages`` and ``labels``, as they are stored."""
        return json.dumps([self.pages, self.labels] if self.labels else self.pages, ensure_ascii=False)


def pages_from_json(stored: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """``pages`` and ``labels``, as ``pages_as_json`` stored them."""
    found = json.loads(stored or "[]")
    pages, labels = found if found and isinstance(found[0], list) else (found, [])
    return tuple(pages), tuple(labels)


def find(paths: Iterable[str | Path]) -> list[Path]:
    """The files in ``paths`` that can be read, sorted; see ``index.folder.scan``."""
    return scan(paths).files


def read(path: Path) -> Article:
    """Read the article in a file.

    Args:
        path: A file of a kind that is read (`index/reader.py`).

    Returns:
        The article. Its title is the document's own, else the file's name; its id is made of the file's name, so that
        two folders may have the same one.

    Raises:
        UnreadableFile: The file can't be opened, is a pipe, holds no text, or its encoding is uncertain.
    """
    try:
        size = regular(path).st_size
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UnreadableFile(f"can't be read: {reason}") from error
    if not size:
        raise UnreadableFile("is empty")
    if size > LARGEST:
        raise UnreadableFile(TOO_LARGE)
    document = read_document(path)
    if not document.text or document.text.isspace():
        raise UnreadableFile("holds no text, at most pictures" if is_zipfile(path) else "is empty")
    digest = _digest(document.text)
    return Article(
        slug(path.stem),
        document.title or _name(path),
        shown(str(path)),
        document.text,
        digest,
        document.date,
        document.pages,
        document.labels,
        document.lost,
        detect(document.text[body(document.text) :]),
    )


def _digest(text: str) -> str:
    data = text.encode()
    if len(data) > LARGEST:
        raise UnreadableFile(TOO_LARGE)
    return hashlib.sha256(data).hexdigest()


def slug(name: str) -> str:
    """``name`` as a readable id: lower-case letters with the marks on them, and digits, joined by dashes."""
    folded = unicodedata.normalize("NFKC", name).lower()
    words = "".join(sign if sign.isalnum() or _is_mark(sign) else " " for sign in folded).split()
    return "-".join(words) or "article"


def _is_mark(sign: str) -> bool:
    """Whether it is written on a letter, as most vowels of Hindi and Thai are."""
    return unicodedata.category(sign) in ("Mn", "Mc") and not "\ufe00" <= sign <= "\ufe0f"  # these choose a picture


def _name(path: Path) -> str:
    stem = shown(path.stem)
    name = re.sub(r"[-_\s]+", " ", stem).strip() or stem
    return name[0].upper() + name[1:]
