"""Rich text (.rtf), by striprtf."""

import re
from pathlib import Path

from index.document import PARAGRAPHS, Document, clean, damage, iso, needs, row, title
from index.readers.text import plain

MAGIC = b"{\\rtf"
ASIDE = re.compile(r"\{\\(footnote|header[lrf]?|footer[lrf]?|deleted)(?![a-z])")
BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
PARAGRAPH = re.compile(r"\\(?:par|cell|sect|page)(?![a-z])|\}\s*\Z")
INFO = re.compile(rb"\{\\info.{0,2000}?\{\\title ([^{}]*)\}", re.DOTALL)
CREATED = re.compile(rb"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")

ITEM = re.compile(r"^([•·▪–-]|\(?\w{1,3}[.)])\t")


def rtf(path: Path) -> Document:
    """Paragraphs apart, and the rows of tables with a tab between cells; what is no rich text is read as text."""
    with needs("striprtf"):
        from striprtf.striprtf import rtf_to_text
    data = path.read_bytes()
    if not data.lstrip().startswith(MAGIC):
        return plain(path)
    with damage("RTF"):
        told: str = rtf_to_text(_in_order(data.decode("latin-1")), errors="replace")  # type: ignore[no-untyped-call]
    lines = []
    for line in told.splitlines():
        table = line.count("|") > 1 and line.rstrip().endswith("|")
        lines.append(row(line.rstrip().rstrip("|").split("|")) if table else ITEM.sub(_mark, line.strip()))
    text = ""
    for before, line in zip(["", *lines], lines, strict=False):
        text += ("\n" if "\t" in before and "\t" in line else PARAGRAPHS) + line if line else ""
    name, created = INFO.search(data), CREATED.search(data)
    day = "{}-{:0>2}-{:0>2}".format(*(part.decode() for part in created.groups())) if created else None
    return Document(clean(text.strip()), title(_told(data, name[1])) if name else None, iso(day))


def _told(data: bytes, words: bytes) -> str:
    """Words of the file's description, in the code page of the file."""
    from striprtf.striprtf import rtf_to_text

    page = re.search(rb"\\ansicpg\d+", data[:1000])
    told: str = rtf_to_text(f"{{\\rtf1{page[0].decode() if page else ''} {words.decode('latin-1')}}}", errors="replace")  # type: ignore[no-untyped-call]
    return told


def _in_order(source: str) -> str:
    """``source`` with its footnotes behind their paragraphs, headers and footers as paragraphs, without deletions."""
    pieces: list[str] = []
    notes: list[str] = []
    at = 0
    for group in ASIDE.finditer(source):
        if group.start() < at:
            continue
        pieces += [_with_notes(source[at : group.start()], notes)]
        at = _end(source, group.start())
        if group[1] == "footnote":
            notes.append(source[group.end() : at - 1])
        elif group[1] != "deleted":
            pieces += [f"{{\\par {source[group.end() : at - 1]}\\par }}"]
    return "".join(pieces) + _with_notes(source[at:], notes)


def _with_notes(source: str, notes: list[str]) -> str:
    """``source`` with ``notes`` behind its first paragraph, or its text, if it ends there; they are used up then."""
    end = PARAGRAPH.search(source) if notes else None
    if end is None:
        return source
    said = "".join(f"{{\\par {note}}}" for note in notes)
    notes.clear()
    return source[: end.start()] + said + source[end.start() :]


def _end(source: str, start: int) -> int:
    """Where the group is over that starts at ``start``."""
    depth = 0
    for brace in BRACE.finditer(source, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return brace.end()
    return len(source)


def _mark(item: re.Match[str]) -> str:
    return f"{item[1] if item[1][-1] in '.)' else '-'} "
