"""OpenDocument: texts (.odt), sheets (.ods) and slides (.odp). By lxml."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from index.document import PARAGRAPHS, Document, UnreadableFile, clean, damage, iso, parts, title
from index.readers.formula import raised
from index.readers.grid import Cell, heads, joined, parted, rows
from index.readers.numbering import shaped
from index.readers.package import Package, attribute, child, local
from index.readers.word import PAGE_NUMBER

ASIDE = {"annotation", "note-citation", "tracked-changes", "sequence-decls", "forms", "bookmark", "ruby-text"}
TEXTS = {"p", "h"}
FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
PARENTS = 9  # styles that one may be made of
WHITE = "#ffffff"
CLEAR = ("", "transparent", WHITE)  # papers on which white is not seen
BOXES = {"table-cell", "text-box", "custom-shape"}  # what has a ground of its own, as far as we know


def opendocument(path: Path) -> Document:
    """Blocks in order; a footnote follows its paragraph; a page for each sheet or slide that is not hidden.

    Deleted text is kept apart in the file, and left out.
    """
    with damage("OpenDocument"), Package(path) as package:
        root = package.xml("content.xml")
        bodies = (child(root, "body", name) for name in ("text", "spreadsheet", "presentation"))
        body = next((found for found in bodies if found is not None), None)
        if body is None:
            raise UnreadableFile("is no valid OpenDocument file (it has no text, sheets or slides)")
        styles = package.xml("styles.xml")
        reader = _Reader([part for part in (styles, root) if part is not None])
        margins = [
            part
            for part in (styles.iter() if styles is not None else ())
            if local(part).startswith(("header", "footer"))
        ]
        tops, feet = (reader.margin(margins, name) for name in ("header", "footer"))
        if local(body) == "text":
            pages = [("", PARAGRAPHS.join(block for block in [*tops, *reader.blocks(body), *feet] if block.strip()))]
        else:
            pages = list(reader.pages(body))
        text, offsets, labels = parts([(label, clean(words)) for label, words in pages])
        meta = package.xml("meta.xml")
        about = {local(e): e.text for e in meta.iter()} if meta is not None else {}
        headings = (
            " ".join(reader.inline(e, []).split()) for e in body.iter() if local(e) == "h" or reader.is_title(e)
        )
        named = title(about.get("title"), next(headings, None))
        day = iso(about.get("creation-date") or about.get("date"))
    return Document(text, named, day, *(((), ()) if local(body) == "text" else (offsets, labels)))


class _Reader:
    """One text on its way: its styles, and how far its lists are counted."""

    def __init__(self, parts: list[Any]) -> None:
        elements = [element for part in parts for element in part.iter()]
        self._styles = {attribute(e, "name"): e for e in elements if local(e) == "style"}
        self._lists = {attribute(e, "name"): _levels(e) for e in elements if local(e) == "list-style"}
        self._outline = next((_levels(e) for e in elements if local(e) == "outline-style"), {})
        papers = (attribute(e, "background-color") or "" for e in elements if local(e) == "page-layout-properties")
        self._is_coloured = any(paper.lower() not in CLEAR for paper in papers)
        self._counts: dict[str | None, dict[int, int]] = {}  # by the style of a list and the level in it

    def margin(self, margins: list[Any], name: str) -> list[str]:
        """What stands at the head or the foot of the pages, without their numbers."""
        kinds = (name, f"{name}-first", f"{name}-left")
        found = [block for part in margins if local(part) in kinds for block in self.blocks(part)]
        return [block for block in dict.fromkeys(found) if not PAGE_NUMBER.fullmatch(block)]

    def blocks(self, parent: Iterable[Any]) -> Iterator[str]:
        for element in parent:
            name = local(element)
            if not name or name in ASIDE or _is_hidden(element):
                continue
            aside: list[Any] = []
            if name in TEXTS:
                words = self.inline(element, aside).strip()
                yield f"{self._heading(element)} {words}".strip() if name == "h" and words else words
            elif name == "list":
                style = attribute(element, "style-name")
                if attribute(element, "continue-numbering") != "true" and not attribute(element, "continue-list"):
                    self._counts.pop(style, None)
                yield "\n".join(self._items(element, style, 1, aside))
            elif name == "table":
                grid = self._grid(element)
                yield "\n".join(rows(grid, heads(grid)))
            else:
                yield from self.blocks(element)
            for note in aside:
                yield from self.blocks(note)

    def pages(self, body: Any) -> Iterator[tuple[str, str]]:
        """The sheets or slides that are shown, each with what it is called."""
        sheets = [part for part in body if local(part) == "table" and not self._is_put_away(part)]
        for sheet in sheets:
            name = attribute(sheet, "name") or ""
            words = PARAGRAPHS.join(self._tables(sheet))
            yield f"sheet {name}", f"{name}\n\n{words}" if len(sheets) > 1 and words else words
        for number, slide in enumerate((part for part in body if local(part) == "page"), 1):
            if not self._is_put_away(slide):
                shapes = sorted(slide, key=lambda shape: attribute(shape, "class") != "title")
                yield f"slide {number}", PARAGRAPHS.join(block for block in self.blocks(shapes) if block.strip())

    def _is_put_away(self, page: Any) -> bool:
        said = [part for style in self._made_of(page) for part in style]
        return any(attribute(part, "display") == "false" or attribute(part, "visibility") == "hidden" for part in said)

    def _tables(self, sheet: Any) -> Iterator[str]:
        """The tables of a sheet, with what is written above each."""
        tables: list[list[list[Cell]]] = []
        for begins, line in parted(self._grid(sheet), lambda line: [cell.text for cell in line]):
            if begins or not tables:
                tables.append([])
            tables[-1].append(line)
        for table in tables:
            start = next((at for at, line in enumerate(table) if sum(bool(cell.text) for cell in line) > 1), 0)
            yield "\n".join([*rows(table[:start]), *rows(table[start:], heads(table[start:]))])

    def is_title(self, element: Any) -> bool:
        """Whether it is written in the style "Title", or one that is made of it."""
        parents = (attribute(style, "parent-style-name") for style in self._made_of(element))
        return local(element) == "p" and "Title" in (attribute(element, "style-name"), *parents)

    def inline(self, element: Any, aside: list[Any], is_white: bool = False) -> str:
        """The words of a paragraph or of a part of one; its notes and boxes are put ``aside``.

        ``is_white`` says that what is around it is white on white.
        """
        if self._style(element, "display") == "none":
            return ""
        if colour := self._style(element, "color"):
            is_white = colour.lower() == WHITE and not self._has_ground(element)
        found = ["" if is_white else _blanks(element.text)]
        for part in element:
            name = local(part)
            if name == "s":
                count = attribute(part, "c") or "1"
                found.append(" " * min(int(count) if count.isdigit() else 1, 100))
            elif name in ("tab", "line-break"):
                found.append("\t" if name == "tab" else "\n")
            elif name in ("note-body", "text-box") or any(local(inner) in (*TEXTS, "list") for inner in part):
                if name not in ASIDE:
                    aside.append(part)
            elif name == "hidden-paragraph" and _is_hidden(part):
                return ""
            elif name and name not in ASIDE and not _is_hidden(part) and "svg" not in part.tag:
                words = self.inline(part, aside, is_white)
                up = re.match(r"super|[1-9]", self._style(part, "text-position"))
                found.append(raised(words) if up else words)
            found.append("" if is_white else _blanks(part.tail))
        return "".join(found)

    def _style(self, element: Any, name: str) -> str:
        """What the style of ``element``, or one that it is made of, says of its text."""
        found = (child(style, "text-properties") for style in self._made_of(element))
        values = (attribute(properties, name) for properties in found if properties is not None)
        return next(filter(None, values), "")

    def _made_of(self, element: Any) -> list[Any]:
        """The style of ``element``, and those that it is made of."""
        found: list[Any] = []
        style = self._styles.get(attribute(element, "style-name"))
        while style is not None and len(found) < PARENTS:
            found.append(style)
            style = self._styles.get(attribute(style, "parent-style-name"))
        return found

    def _has_ground(self, element: Any) -> bool:
        """Whether it stands on a colour, or in a cell or a box, which may have one."""
        around = [element, *element.iterancestors()]
        properties = [part for outer in around for style in self._made_of(outer) for part in style]
        coloured = any((attribute(part, "background-color") or "").lower() not in CLEAR for part in properties)
        return coloured or self._is_coloured or any(local(part) in BOXES for part in around)

    def _items(self, element: Any, style: str | None, level: int, aside: list[Any]) -> Iterator[str]:
        for item in element:
            mark = None if local(item) == "list-item" else ""  # a list's header has none
            for part in item:
                if local(part) == "list":
                    yield from self._items(part, attribute(part, "style-name") or style, level + 1, aside)
                elif local(part) in TEXTS:
                    words = self.inline(part, aside).strip()
                    if mark is None:
                        mark = self._mark(style, level, attribute(item, "start-value"))
                    if words:
                        yield f"{mark} {words}" if mark else words
                    mark = " "

    def _mark(self, style: str | None, level: int, start: str | None) -> str:
        levels = self._lists.get(style, {})
        if level not in levels or local(levels[level]) != "list-level-style-number":
            return "-"
        return self._number(style, levels, level, start)

    def _heading(self, element: Any) -> str:
        """The number of a heading, where they have any."""
        level = _number(element, "outline-level")
        numbered = level in self._outline and attribute(self._outline[level], "num-format")
        if not numbered or attribute(element, "is-list-header") == "true":
            return ""
        return self._number("", self._outline, level, attribute(element, "start-value"))

    def _number(self, style: str | None, levels: dict[int, Any], level: int, start: str | None) -> str:
        counts = self._counts.setdefault(style, {})
        first = _number(levels[level], "start-value")
        counts[level] = int(start) if start and start.isdigit() else counts.get(level, first - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        form = attribute(levels[level], "num-format")
        if form == "":
            return ""
        shown = range(max(1, level + 1 - _number(levels[level], "display-levels")), level + 1)
        forms = {at: FORMS.get(attribute(levels[at], "num-format") or "", "decimal") for at in shown if at in levels}
        number = ".".join(shaped(counts.get(at, 1), form) for at, form in forms.items())
        before, after = (attribute(levels[level], f"num-{place}") for place in ("prefix", "suffix"))
        usual = "" if levels is self._outline else "."
        return f"{before or ''}{number}{usual if after is None else after}".strip()

    def _grid(self, table: Any) -> list[list[Cell]]:
        grid: list[list[Cell]] = []
        for line in _rows(table):
            cells: list[Cell] = []
            for cell in line:
                if local(cell) == "table-cell":
                    words = joined(self.blocks(cell))
                    repeated = min(_number(cell, "number-columns-repeated"), 50)
                    down, across = (_number(cell, f"number-{axis}-spanned") for axis in ("rows", "columns"))
                    cells += [Cell(words, down, min(across, 50))] * repeated
            grid += [cells] * (min(_number(line, "number-rows-repeated"), 50) if any(c.text for c in cells) else 1)
        return grid


def _levels(style: Any) -> dict[int, Any]:
    """The levels of a list style, or of the outline."""
    return {_number(level, "level"): level for level in style if "level-style" in local(level)}


def _is_hidden(element: Any) -> bool:
    return attribute(element, "is-hidden") == "true" or attribute(element, "display") == "none"


def _blanks(text: str | None) -> str:
    """Line breaks and indents of the file are blanks: others have elements of their own."""
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table that are shown, not those of tables within."""
    for part in table:
        if local(part) == "table-row" and attribute(part, "visibility") != "collapse":
            yield part
        elif local(part) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(part)


def _number(element: Any, name: str) -> int:
    value = attribute(element, name) or "1"
    return int(value) if value.isdigit() and int(value) < 10_000 else 1
