"""Rich text (.rtf), by striprtf."""

import re
from pathlib import Path

from index.document import PARAGRAPHS, Document, clean, damage, iso, needs, row, title
from index.readers.text import plain

MAGIC = b"{\\rtf"
INFO = re.compile(rb"\{\\info.{0,2000}?\{\\title ([^{}\\]*)\}", re.DOTALL)
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
        told: str = rtf_to_text(data.decode("latin-1"), errors="replace")  # type: ignore[no-untyped-call]
    lines = []
    for line in told.splitlines():
        table = line.count("|") > 1 and line.rstrip().endswith("|")
        lines.append(row(line.rstrip().rstrip("|").split("|")) if table else ITEM.sub(_mark, line.strip()))
    text = ""
    for before, line in zip(["", *lines], lines, strict=False):
        text += ("\n" if "\t" in before and "\t" in line else PARAGRAPHS) + line if line else ""
    name, created = INFO.search(data), CREATED.search(data)
    day = "{}-{:0>2}-{:0>2}".format(*(part.decode() for part in created.groups())) if created else None
    return Document(clean(text.strip()), title(name[1].decode("latin-1")) if name else None, iso(day))


def _mark(item: re.Match[str]) -> str:
    return f"{item[1] if item[1][-1] in '.)' else '-'} "
