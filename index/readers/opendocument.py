"""OpenDocument texts (.odt): paragraphs, lists, tables, footnotes. By lxml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.document import PARAGRAPHS, Document, UnreadableFile, clean, damage, iso, title
from index.readers.grid import Cell, heads, rows
from index.readers.package import Package, attribute, child, local
from index.readers.word import PAGE_NUMBER

ASIDE = {"annotation", "note-citation", "tracked-changes", "sequence-decls", "forms", "bookmark"}
TEXTS = {"p", "h"}


def opendocument(path: Path) -> Document:
    """Blocks in order; a footnote follows its paragraph. Deleted text is kept apart in the file, and left out."""
    with damage("OpenDocument"), Package(path) as package:
        root = package.xml("content.xml")
        body = child(root, "body", "text") if root is not None else None
        if body is None:
            raise UnreadableFile("is no valid OpenDocument text (it has no content part)")
        styles = package.xml("styles.xml")
        margins = [
            part for part in (styles.iter() if styles is not None else ()) if local(part) in ("header", "footer")
        ]
        tops, feet = (_margin(margins, name) for name in ("header", "footer"))
        text = clean(PARAGRAPHS.join(block for block in [*tops, *_blocks(body), *feet] if block.strip()))
        meta = package.xml("meta.xml")
        about = {local(e): e.text for e in meta.iter()} if meta is not None else {}
        headings = (" ".join(_inline(e, []).split()) for e in body.iter() if local(e) == "h" or _is_title(e))
        named = title(about.get("title"), next(headings, None))
    return Document(text, named, iso(about.get("creation-date") or about.get("date")))


def _is_title(element: Any) -> bool:
    return local(element) == "p" and attribute(element, "style-name") == "Title"


def _margin(margins: list[Any], name: str) -> list[str]:
    """What stands at the head or the foot of the pages, without their numbers."""
    found = [block for part in margins if local(part) == name for block in _blocks(part)]
    return [block for block in dict.fromkeys(found) if not PAGE_NUMBER.fullmatch(block)]


def _blocks(parent: Any) -> Iterator[str]:
    for element in parent:
        name = local(element)
        if name in TEXTS:
            aside: list[Any] = []
            yield _inline(element, aside).strip()
            for note in aside:
                yield from _blocks(note)
        elif name == "list":
            aside = []
            yield "\n".join(_items(element, _numbered(element), aside))
            for note in aside:
                yield from _blocks(note)
        elif name == "table":
            grid = _grid(element)
            yield "\n".join(rows(grid, heads(grid)))
        elif name and name not in ASIDE:
            yield from _blocks(element)


def _inline(element: Any, aside: list[Any]) -> str:
    found = [element.text or ""]
    for part in element:
        name = local(part)
        if name == "s":
            count = attribute(part, "c") or "1"
            found.append(" " * min(int(count) if count.isdigit() else 1, 100))
        elif name in ("tab", "line-break"):
            found.append("\t" if name == "tab" else "\n")
        elif name in ("note-body", "text-box"):
            aside.append(part)
        elif name and name not in ASIDE:
            found.append(_inline(part, aside))
        found.append(part.tail or "")
    return "".join(found)


def _items(element: Any, numbered: bool, aside: list[Any]) -> Iterator[str]:
    for number, item in enumerate((part for part in element if local(part) == "list-item"), 1):
        mark = f"{number}." if numbered else "-"
        for part in item:
            if local(part) == "list":
                yield from _items(part, numbered and bool(_numbered(part)), aside)
            elif local(part) in TEXTS and (words := _inline(part, aside).strip()):
                yield f"{mark} {words}"
                mark = " "


def _numbered(element: Any) -> bool:
    """Whether a list's style, the first level of it, has numbers."""
    name = attribute(element, "style-name")
    styles = (e for e in element.getroottree().getroot().iter() if local(e) == "list-style")
    style: Any = next((style for style in styles if attribute(style, "name") == name), None)
    return style is not None and len(style) > 0 and local(style[0]) == "list-level-style-number"


def _grid(table: Any) -> list[list[Cell]]:
    grid: list[list[Cell]] = []
    for line in _rows(table):
        cells: list[Cell] = []
        for cell in line:
            if local(cell) == "table-cell":
                words = " ".join(block.replace("\n", "; ") for block in _blocks(cell) if block)
                repeated = min(_number(cell, "number-columns-repeated"), 50)
                down, across = (_number(cell, f"number-{axis}-spanned") for axis in ("rows", "columns"))
                cells += [Cell(words, down, min(across, 50))] * repeated
        grid.append(cells)
    return grid


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table, not those of tables within."""
    for part in table:
        if local(part) == "table-row":
            yield part
        elif local(part) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(part)


def _number(element: Any, name: str) -> int:
    value = attribute(element, name) or "1"
    return int(value) if value.isdigit() and int(value) < 10_000 else 1
