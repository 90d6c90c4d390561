"""Text: a file's characters as they stand, whatever encoding they are in."""

import re
from pathlib import Path

from index.document import Document, iso, title, unbroken
from index.front_matter import body, front_matter
from index.readers.encoding import decode

UNDERLINED = re.compile(  # a first line with a line of signs below it, and perhaps above, as in reStructuredText
    r"(?:\s*\.\. [^\n]*\n)*\s*(?:([=\-~^*#])\1{2,}[ \t]*\r?\n)?"
    r"[ \t]*(?P<title>[\w\"“«„'(][^\n]{0,118}[^\s.!?,;:])[ \t]*\r?\n([=\-~^*#])\3{2,}[ \t]*(?:\r?\n|\Z)"
)
TOP = 2000  # characters in which it stands
RETURNS = re.compile(r"\r+(?=\r\n)")  # what some programs put before a line end
RETURN = "\r\x85\u2028\u2029"  # looked for before all patterns, for that takes no time
LINE_END = re.compile(r"\r(?!\n)|[\x85\u2028\u2029]")
COLOUR = re.compile(  # and titles and other orders of a terminal, in logs
    r"\x1b(?:\[[\d;?]*[a-zA-Z]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()*+][A-Z0-9]|[=>78cDEHMZ])|[^\n]\x08|\x08"
)
DATES = ("date", "created", "published", "publishdate", "pubdate")


def plain(path: Path) -> Document:
    """The file decoded, without what is not seen; the title and date of its front matter, or an underlined heading that
    it begins with; its form feeds end pages.

    Line ends stay as they are; where most of them are something else, such as "\\r" alone, they become "\\n".
    """
    text = _lines(unbroken(decode(path.read_bytes())))
    fields = front_matter(text)
    pages = (0, *(feed.end() for feed in re.finditer("\f", text))) if "\f" in text and "\f" in text.strip() else ()
    labels = tuple(f"page {number}" for number, _ in enumerate(pages, 1))
    day = next((found for name in DATES if (found := iso(fields.get(name)))), None)
    start = body(text)
    underlined = UNDERLINED.match(text, start, start + TOP)
    named = title(fields.get("title"), underlined["title"] if underlined else None)
    return Document(text, named, day, pages, labels)


def _lines(text: str) -> str:
    text = COLOUR.sub("", text) if "\x1b" in text or "\b" in text else text
    if not any(sign in text for sign in RETURN):
        return text
    text = RETURNS.sub("", text)
    if len(LINE_END.findall(text)) <= text.count("\n"):
        return text
    return LINE_END.sub("\n", text.replace("\u2029", "\n\n"))
