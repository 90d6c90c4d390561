"""Text and Markdown: a file's characters as they stand, whatever encoding they are in."""

import re
from pathlib import Path

from index.document import Document, iso, title
from index.front_matter import body, front_matter
from index.readers.encoding import decode

HEADING = re.compile(r"^(?P<fence>```|~~~).*?^(?P=fence)|^# +(?P<title>[^\r\n]+)", re.DOTALL | re.MULTILINE)
HEAD = 20_000  # characters in which the first heading is looked for


def plain(path: Path) -> Document:
    """The file decoded, without a byte order mark; the title and date of its front matter; its form feeds end pages.

    Line ends stay as they are, save that "\\r" alone becomes "\\n".
    """
    text = decode(path.read_bytes())
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    fields = front_matter(text)
    pages = (0, *(feed.end() for feed in re.finditer("\f", text))) if "\f" in text.strip() else ()
    labels = tuple(f"page {number}" for number, _ in enumerate(pages, 1))
    day = next((found for name in ("date", "created", "published") if (found := iso(fields.get(name)))), None)
    return Document(text, title(fields.get("title")), day, pages, labels)


def markdown(path: Path) -> Document:
    """``plain``, with the first ``# `` heading for a title where the front matter has none."""
    document = plain(path)
    start = body(document.text)
    headings = HEADING.finditer(document.text, start, start + HEAD)
    first = next((heading["title"].strip().rstrip("#").rstrip() for heading in headings if heading["title"]), None)
    return Document(document.text, document.title or title(first), document.date, document.pages, document.labels)
