"""Documents: what a reader finds in a file."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

from index.errors import FootnoteError

NO_TEXT = re.compile(r"[\0\ud800-\udfff]")  # what a damaged font gives and no text holds
BREAKS = "\u00ad\u2060\u200b\ufeff"
UNSEEN = re.compile(r"[\u00ad\u2060\ufeff]|(?<=[a-zA-Z\u00c0-\u024f])\u200b(?=[a-zA-Z\u00c0-\u024f])")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)|([12]\d{3})(\d\d)(\d\d)(?!\d)")  # year first
DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
NAMED_DAY = re.compile(
    rf"(?:[a-z]+day,? )?(?:(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)? )?(?P<month>{'|'.join(MONTHS)})[a-z]*\.?,? "
    rf"(?:(?P<later>\d{{1,2}})(?:st|nd|rd|th)?,? )?(?P<year>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
NOBODYS = (  # epochs; templates of libraries, and of Excel
    "1601-01-01", "1970-01-01", "2013-12-23T23:15:00", "2013-01-27T09:14:16", "2006-09-16T00:00:00",
    "2006-09-13T11:21:51", "2015-06-05T18:17:20", "2015-06-05T18:19:34",
)  # fmt: skip
PARAGRAPHS = "\n\n"
MEANINGLESS = re.compile(  # what programs put where nobody wrote a title
    r"\W*(?:untitled.*|anonymous|unknown|unnamed|document ?\d*|book ?\d*|presentation ?\d*|slide ?\d*|title|none|null|"
    r"powerpoint presentation|new document|about:blank|microsoft (?:word|excel|powerpoint)\b.*|"
    r"\{\{.*\}\}|<%.*%>|.*\.(?:docx?|dotx?|pdf|indd|tex|dvi|rtf|odt|pptx?|xlsx?|html?|qxd|pages|ps|cdr))\W*",
    re.IGNORECASE | re.DOTALL,
)


class UnreadableFile(FootnoteError):
    """A file that holds no text we can be sure of; the others are still indexed."""


@dataclass(frozen=True)
class Document:
    """What a reader finds in a file: its text, and what it says of itself.

    ``date`` is an ISO date; ``pages`` are the offsets in ``text`` at which its pages, sheets, slides, chapters or
    messages start, if it has any, and ``labels`` is what each is called ("page 7", "sheet Prices"). ``lost`` is what
    could not be read, in words that go on after the file's name ("page 5 can't be decoded").
    """

    text: str
    title: str | None = None
    date: str | None = None
    pages: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@contextmanager
def needs(package: str) -> Iterator[None]:
    """Imports of the extra ``documents``; raises UnreadableFile where they fail."""
    try:
        yield
    except ImportError as error:
        raise UnreadableFile(f"needs {package}: pip install 'footnote-qa[documents]'") from error


@contextmanager
def damage(kind: str) -> Iterator[None]:
    """Whatever a broken file makes a library raise, in one line."""
    try:
        yield
    except UnreadableFile:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno:  # of the system, not of a library that found the file odd
            raise
        reason = next(iter(str(error).splitlines()), "")[:200] or type(error).__name__
        raise UnreadableFile(f"is no valid {kind} file ({reason.rstrip('.')})") from error


def parts(texts: Sequence[tuple[str, str]]) -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    """Labelled texts as one text, the offset of each, and their labels; those without a word are left out."""
    text, offsets, labels = "", [], []
    pieces: list[str] = []
    length = 0
    for label, words in texts:
        if words.strip():
            words = words.rstrip().lstrip(" \r\n")  # a tab there is an empty cell
            length += len(PARAGRAPHS) if pieces else 0
            offsets.append(length)
            labels.append(label)
            pieces.append(words)
            length += len(words)
    text = PARAGRAPHS.join(pieces)
    return text, tuple(offsets), tuple(labels)


def row(cells: Sequence[object]) -> str:
    """The cells of a table's row, with a tab between them; a line break in a cell is a blank."""
    return "\t".join(" ".join(str(cell).split()) for cell in cells).rstrip()


def clean(text: str) -> str:
    """``text`` without what no text holds, and without the signs in words that only say where they may be broken."""
    return unbroken(text if _is_sound(text) else NO_TEXT.sub("", text))


def unbroken(text: str) -> str:
    """``text``, which holds only what a text may, without the signs that only say where words may be broken."""
    return text if text.isascii() or not any(sign in text for sign in BREAKS) else UNSEEN.sub("", text)


def _is_sound(text: str) -> bool:
    """Whether NO_TEXT finds nothing; looked for so because patterns, and NULs in wide text, take many times as long."""
    with suppress(UnicodeEncodeError):
        return b"\0" not in text.encode()
    return False


def title(*candidates: object) -> str | None:
    """The first of ``candidates`` that somebody may have written as a title, on one line."""
    for candidate in candidates:
        words = " ".join(NO_TEXT.sub("", candidate if isinstance(candidate, str) else "").split())
        if any(map(str.isalnum, words)) and not MEANINGLESS.fullmatch(words) and words != "~":
            return words[:300]
    return None


def iso(day: object) -> str | None:
    """The day of a date, a time, or of a text that begins with one, year first, the month by its name, or 5.3.2024.

    None for one that never was, or that a program put there for want of another.
    """
    words = day.isoformat() if isinstance(day, date) else day if isinstance(day, str) else ""
    if words.startswith(NOBODYS):
        return None
    with suppress(ValueError):
        if numbers := DAY.match(words):
            return date(*(int(number) for number in numbers.groups() if number)).isoformat()
        if numbers := DAY_FIRST.match(words):
            return date(*map(int, reversed(numbers.groups()))).isoformat()
        if (named := NAMED_DAY.match(words)) and (number := named["day"] or named["later"]):
            return date(int(named["year"]), MONTHS.index(named["month"].lower()) + 1, int(number)).isoformat()
    return None


def shown(name: str) -> str:
    """A file's name as a line that can be stored and printed: what is not UTF-8, or a control character, becomes �."""
    return CONTROL.sub("\ufffd", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
