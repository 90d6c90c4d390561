"""Markdown (.md): as text, without the remarks and pictures in it that nobody sees, its tables of HTML as rows."""

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from index import markup
from index.document import Document, UnreadableFile, title
from index.front_matter import body
from index.readers.text import plain

HEADING = re.compile(
    r"^(?P<fence>```|~~~).*?^(?P=fence)|^ {0,3}# +(?P<title>[^\r\n]+)|^<h1\b[^>]*>(?P<web>.*?)</h1>",
    re.DOTALL | re.MULTILINE,
)
LOWER = re.compile(r"\s*#{2,6} +([^\r\n]+)")  # a heading below the first rank, with which a text may begin
TAG = re.compile(r"<[^>]*>")
HEAD = 20_000  # characters in which the first heading is looked for
SIGNS = ("<!--", "[//]:", "{/*", ";base64,", "<table", "<TABLE")  # looked for first, for that takes no time
BEGIN = re.compile(
    r"^ {0,3}(?P<fence>```|~~~)|(?P<code>`(?=[^`\n]+`))|(?P<remark><!--)|(?P<link>^\[//\]:)|(?P<script>\{/\*)|"
    r"(?P<data>data:[\w/+.;=-]{1,100};base64,)|(?P<table><table\b)",
    re.MULTILINE | re.IGNORECASE,
)
ENDS = {
    "fence": re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE),
    "code": re.compile("`"),
    "remark": re.compile("-->"),
    "link": re.compile("$", re.MULTILINE),
    "script": re.compile(r"\*/\}"),
    "data": re.compile(r"(?![\w+/=])"),
    "table": re.compile("</table>", re.IGNORECASE),
}


def markdown(path: Path) -> Document:
    """``plain``, with the first ``# `` heading, or any that it begins with, for a title where there is none."""
    document = plain(path)
    text = document.text
    if not document.pages and any(sign in text for sign in SIGNS):  # the offsets of pages would be others
        text = _seen(text)
    start = body(text)
    headings = HEADING.finditer(text, start, start + HEAD)
    found = (heading["title"] or TAG.sub("", heading["web"]) for heading in headings if not heading["fence"])
    lower = LOWER.match(text, start)
    first = (next(found, "") or (lower[1] if lower else "")).strip().rstrip("#").rstrip()
    return replace(document, text=text, title=document.title or title(markup.plain(first)))


def _seen(text: str) -> str:
    """``text`` without remarks and the bytes of pictures, and with tables as rows; code stays as it is."""
    pieces, done = list[str](), 0
    endless = set[str]()  # what is not ended in the rest of the text
    for begin in BEGIN.finditer(text):
        kind = begin.lastgroup or ""
        if begin.start() < done or kind in endless:
            continue
        end = ENDS[kind].search(text, begin.end())
        if end is None:
            endless.add(kind)
            continue
        part = text[begin.start() : end.end()]
        shown = part if kind in ("fence", "code") else _rows(part) if kind == "table" else ""
        pieces += [text[done : begin.start()], shown]
        done = end.end()
    return "".join(pieces) + text[done:]


def _rows(table: str) -> str:
    """The rows of a table of HTML, with tabs between the cells; as it stands where nothing can be read in it."""
    from index.readers.html import parsed, render

    with suppress(UnreadableFile):
        return f"\n{render(parsed(table, is_xml=False))}\n"
    return table
