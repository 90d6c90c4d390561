"""Readers: one function for each kind of file, all with the same result.

The same file always gives the same text; a citation's offsets count in it. HTML, PDF and DOCX need the extra
``documents``.
"""

import logging
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import FootnoteError

DOUBT = 0.05  # of charset-normalizer's chaos and coherence, both from 0 to 1
FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(?P<fence>```|~~~).*?^(?P=fence)|^# +(?P<title>[^\r\n]+)", re.DOTALL | re.MULTILINE)
NO_TEXT = re.compile(r"[\0\ud800-\udfff]")  # what a damaged font gives and no text holds
PARAGRAPHS = "\n\n"


class UnreadableFile(FootnoteError):
    """A file that holds no text we can be sure of; the others are still indexed."""


@dataclass(frozen=True)
class Document:
    """What a reader finds in a file: its text, and what it says of itself.

    ``date`` is an ISO date; ``pages`` are the offsets in ``text`` at which its pages start, if it has any.
    """

    text: str
    title: str | None = None
    date: str | None = None
    pages: tuple[int, ...] = ()


def plain(path: Path) -> Document:
    """The file decoded, its line ends untouched and without a byte order mark; the title of its front matter."""
    text = _decode(path.read_bytes())
    fields = _front_matter(text)
    return Document(text, _line(fields.get("title")), _iso(fields.get("date")))


def markdown(path: Path) -> Document:
    """``plain``, with the first ``# `` heading for a title where the front matter has none."""
    document = plain(path)
    matter = FRONT_MATTER.match(document.text)
    headings = HEADING.finditer(document.text, matter.end() if matter else 0)
    title = next((heading["title"].strip().rstrip("#").rstrip() for heading in headings if heading["title"]), None)
    return Document(document.text, document.title or title, document.date)


def html(path: Path) -> Document:
    """The main text of a page, without its menus, each paragraph, list item and row apart; by trafilatura."""
    with _extra("trafilatura"):
        from trafilatura import bare_extraction, load_html
    source = _decode_page(path.read_bytes())
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says of bad pages, we say in one line
    with _damage("HTML"):
        tree = load_html(source)
        links = [" ".join(link.text_content().split()) for link in tree.iter("a")] if tree is not None else []
        found: Any = bare_extraction(
            source, with_metadata=True, include_comments=False, date_extraction_params={"extensive_search": False}
        )
        text = PARAGRAPHS.join((found.text or "").splitlines()) if found else ""
    told = " ".join(text.split())
    for link in sorted(filter(None, links), key=len, reverse=True):
        told = told.replace(link, "")
    if not re.search(r"\w", told):
        raise UnreadableFile("holds no main text, at most menus")
    return Document(NO_TEXT.sub("", text), _line(found.title), _iso(found.date))


def pdf(path: Path) -> Document:
    """The text of each page; a scanned page has none. By pypdf."""
    with _extra("pypdf"):
        from pypdf import PasswordType, PdfReader
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of broken files, we say in one line
    with _damage("PDF"):
        reader = PdfReader(path)
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise UnreadableFile("is encrypted: save it without a password")
        text, pages = "", []
        for page in reader.pages:
            words = NO_TEXT.sub("", page.extract_text()).strip()
            text += PARAGRAPHS if text and words else ""
            pages.append(len(text))
            text += words
        title = date = None
        with suppress(Exception):  # whatever is wrong with the metadata, the text is readable
            title, date = _line(reader.metadata.title), _iso(reader.metadata.creation_date)  # type: ignore[union-attr]
    if not text:
        raise UnreadableFile("holds no text: it may be scanned, run character recognition (OCR) on it first")
    return Document(text, title, date, tuple(pages))


def docx(path: Path) -> Document:
    """Paragraphs, and the rows of tables with a tab between cells; by python-docx."""
    with _extra("docx"):
        from docx import Document as open_docx
        from docx.text.paragraph import Paragraph
    with _damage("DOCX"), path.open("rb") as stream:
        file = open_docx(stream)
        lines = []
        for block in file.iter_inner_content():
            if isinstance(block, Paragraph):
                lines.append(block.text)
            else:
                lines += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
        about = file.core_properties
        text = PARAGRAPHS.join(NO_TEXT.sub("", line) for line in lines if line.strip())
        title, date = _line(about.title), _iso(about.created)
    return Document(text, title, date)


READERS: dict[str, Callable[[Path], Document]] = {
    ".txt": plain,
    ".md": markdown,
    ".html": html,
    ".htm": html,
    ".pdf": pdf,
    ".docx": docx,
}


@contextmanager
def _extra(package: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise UnreadableFile(f"needs {package}: pip install 'footnote[documents]'") from error


@contextmanager
def _damage(kind: str) -> Iterator[None]:
    """Whatever a broken file makes a library raise, in one line."""
    try:
        yield
    except (OSError, UnreadableFile):
        raise
    except Exception as error:
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise UnreadableFile(f"is no sound {kind} file ({reason.rstrip('.')})") from error


def _decode(data: bytes) -> str:
    if b"\0" in data and not data.startswith((BOM_UTF16_LE, BOM_UTF16_BE, BOM_UTF32_BE)):
        raise UnreadableFile("is not text: it holds binary data")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _detect(data)


def _decode_page(data: bytes) -> str:
    """``data`` in the encoding that the page itself declares, where it is not UTF-8."""
    declared = re.search(rb"""charset=["']?\s*([\w-]+)""", data[:2048])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        with suppress(LookupError, UnicodeDecodeError):
            if declared:
                return data.decode(declared[1].decode())
        return _decode(data)


def _detect(data: bytes) -> str:
    """``data`` in the one encoding that makes it words of a language.

    Where several do about as well, Windows-1252 stands for the western ones, as browsers have it
    (https://encoding.spec.whatwg.org/#names-and-labels); otherwise we can't be sure.
    """
    from charset_normalizer import from_bytes

    matches = list(from_bytes(data))
    rivals = [
        match
        for match in matches
        if match.chaos <= matches[0].chaos + DOUBT and match.coherence >= max(matches[0].coherence - DOUBT, DOUBT)
    ]
    western = [match for match in rivals if "cp1252" in match.could_be_from_charset]
    texts = {str(match) for match in western or rivals}
    if matches and matches[0].bom:
        return str(matches[0])
    if len(texts) != 1:
        raise UnreadableFile("is in no encoding that we can be sure of: save it as UTF-8")
    return texts.pop()


def _front_matter(text: str) -> dict[str, Any]:
    import yaml

    matter = FRONT_MATTER.match(text)
    try:
        fields = yaml.safe_load(matter[1]) if matter else None
    except yaml.YAMLError:
        fields = None
    return fields if isinstance(fields, dict) else {}


def _line(title: object) -> str | None:
    return " ".join(str(title).split()) or None if title is not None else None


def _iso(date: object) -> str | None:
    """The day of a date, a time, or of a text that begins with one: 2024-03-05."""
    day = re.match(r"\d{4}-\d\d-\d\d", str(date))
    return day[0] if day else None
