"""Word documents: what a reader sees of them, in order. By lxml: python-docx passes over all but plain runs.

Insertions count as accepted and deletions as done; footnotes and text boxes follow their paragraph, headers stand at
the beginning and footers at the end, once each.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.document import PARAGRAPHS, Document, UnreadableFile, clean, damage, iso, title
from index.readers.drawing import drawn
from index.readers.encoding import decode_page
from index.readers.formula import MATH, PARTS, formula, raised
from index.readers.grid import Cell, heads, joined, rows
from index.readers.html import page
from index.readers.numbering import Numbering
from index.readers.package import Package, attribute, child, local
from index.readers.word_style import Styles, value

GONE = {"del", "moveFrom", "delText", "instrText", "delInstrText", "rPr", "pPr", "rt", "sectPr", "tblPr"}
BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}
GREEK = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"  # A to Z and a to z in the font Symbol
SYMBOLS = {  # signs of two fonts that have codes of their own
    "\uf0a0": "€",
    **dict(zip("\uf0b0\uf0b1\uf0b3\uf0a3\uf0b4\uf0b9\uf06d\uf0d6", "°±≥≤×≠µ√", strict=True)),
    **dict(zip("\uf0fc\uf0fe\uf0a8\uf06f\uf0fd\uf078\uf0e0", "✓☑☐☐☒☒→", strict=True)),
}
PAGE_NUMBER = re.compile(r"\W*(?:page|seite|side|sida|p\.)?\W*\d*\W*(?:of|von|av|/)?\W*\d*\W*", re.IGNORECASE)


def word(path: Path) -> Document:
    """Paragraphs apart, list items with their numbers, rows with a tab between cells."""
    with damage("Word"), Package(path) as package:
        return _Reader(package).document()


class _Reader:
    """One document on its way into text."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.related("", "officeDocument", "word/document.xml") or ""
        self._relations = package.relations(self._main)
        styles = self._part("styles", ())
        self._numbering = Numbering(self._part("numbering"), styles)
        self._styles = Styles(styles)
        self._notes: dict[tuple[str, str], Any] = {
            (kind, attribute(note, "id") or ""): note
            for kind in ("footnote", "endnote")
            for note in self._part(f"{kind}s", ())
            if local(note) == kind and attribute(note, "type") is None
        }
        self._is_coloured = False  # the page
        self._fields: list[bool] = []  # those begun, the innermost last: whether it shows its result already
        self._aside: list[str] = []  # footnotes and text boxes of the paragraph that is being read
        self._titles: dict[str, str] = {}  # by the name of the style, which is English in every Word

    def document(self) -> Document:
        root = self._package.xml(self._main)
        body = child(root, "body") if root is not None else None
        if body is None:
            raise UnreadableFile("is no valid Word file (it has no document part)")
        self._is_coloured = child(root, "background") is not None
        blocks = list(self._blocks(body))
        header, footer = (self._margins(root, kind) for kind in ("header", "footer"))
        text = clean(PARAGRAPHS.join([*header, *blocks, *footer]))
        name, created = self._package.properties()
        return Document(text, title(name, self._titles.get("title"), self._titles.get("heading1")), iso(created))

    def _part(self, kind: str, missing: Any = None) -> Any:
        root = self._package.xml(self._package.related(self._main, kind, f"word/{kind}.xml"))
        return missing if root is None else root

    def _margins(self, root: Any, kind: str) -> list[str]:
        """The headers or footers of all sections, without repetitions and page numbers."""
        parts = [
            self._relations.get(attribute(reference, "id") or "", ("", ""))[1]
            for reference in root.iter()
            if local(reference) == f"{kind}Reference"
        ]
        roots = [found for part in dict.fromkeys(parts) if (found := self._package.xml(part)) is not None]
        found = [block for part in roots for block in self._blocks(part)]
        return [block for block in dict.fromkeys(found) if not PAGE_NUMBER.fullmatch(block)]

    def _blocks(self, parent: Any) -> Iterator[str]:
        """Paragraphs and tables, as text."""
        before = ""
        items: list[str] = []
        for element in _visible(parent):
            name = local(element)
            if name == "p":
                label, is_item = self._numbering.label(element)
                style = value(child(element, "pPr", "pStyle"))
                words = before + ("" if self._styles.hides(style) else self._inline(element))
                self._fields = [shows for shows in self._fields if shows]  # an instruction is never longer
                before = ""
                mark = child(element, "pPr", "rPr")
                if mark is not None and child(mark, "del") is not None:
                    before = words  # its end was deleted: it goes on in the next paragraph
                    continue
                self._remember(element, words)
                words = (f"{label} {words}" if words.strip() else words).strip(" \n")
                if items and not (is_item and words):
                    yield "\n".join(items)
                    items = []
                if is_item and words and "\n" not in words:
                    items.append(words)
                elif words.strip():
                    yield words
                aside, self._aside = self._aside, []
                if aside and items:
                    yield "\n".join(items)
                    items = []
                yield from aside
                continue
            if items:
                yield "\n".join(items)
                items = []
            if name == "tbl":
                yield from self._table(element)
            elif name == "altChunk":
                yield from self._chunk(element)
            elif name not in GONE:
                yield from self._blocks(element)
        if items:
            yield "\n".join(items)
        if before.strip():
            yield before

    def _remember(self, paragraph: Any, words: str) -> None:
        style = value(child(paragraph, "pPr", "pStyle"))
        if style and words.strip():
            self._titles.setdefault((self._styles.name(style) or style).replace(" ", "").lower(), words)

    def _inline(self, element: Any) -> str:
        """The words of a paragraph or of a part of one; its footnotes and text boxes are put aside."""
        found = []
        for part in _visible(element):
            name = local(part)
            if name == "t":
                found.append(part.text or "" if all(self._fields[:-1]) else "")
            elif name == "fldChar":
                self._field(attribute(part, "fldCharType"))
                found.append(self._inline(part))
            elif name in BREAKS:
                found.append(BREAKS[name])
            elif name in ("footnoteReference", "endnoteReference"):
                note = self._notes.get((name.removesuffix("Reference"), attribute(part, "id") or ""))
                if note is not None:
                    self._put_aside(note)
            elif name == "txbxContent":
                self._put_aside(part)
            elif name == "sym":
                found.append(_symbol(part))
            elif name == "textpath":
                self._aside.append(attribute(part, "string") or "")
            elif name in ("ddList", "checkBox"):
                found.append(_chosen(part))
            elif name in PARTS and MATH in part.tag:
                found.append(formula(part, self._inline))
            elif name in ("chart", "relIds"):
                reference = attribute(part, "dm" if name == "relIds" else "id") or ""
                self._aside += drawn(self._package.xml(self._relations.get(reference, ("", None))[1]))
            elif name == "r":
                found.append(self._run(part))
            elif name not in GONE:
                found.append(self._inline(part))
        return "".join(found)

    def _run(self, run: Any) -> str:
        """The words of a run, where it is shown; raised numbers as such."""
        if self._styles.hides_run(run, self._is_coloured):
            return ""
        words = self._inline(run)
        return raised(words) if value(child(run, "rPr", "vertAlign")) == "superscript" else words

    def _field(self, step: str | None) -> None:
        """A field begins, its instruction is over, or its result."""
        if step == "begin":
            self._fields.append(False)
        elif self._fields and step == "separate":
            self._fields[-1] = True
        elif self._fields:
            self._fields.pop()

    def _put_aside(self, element: Any) -> None:
        held, self._aside = self._aside, []
        blocks = list(self._blocks(element))
        self._aside = held + [block for block in blocks if block not in held]

    def _chunk(self, element: Any) -> Iterator[str]:
        """A file that is shown in its place, where that is a web page or text."""
        part = self._relations.get(attribute(element, "id") or "", ("", ""))[1]
        if part in self._package.names and not part.endswith(".docx"):
            text = decode_page(self._package.bytes(part))
            yield page(text).text if "<" in text else text.strip()

    def _table(self, table: Any) -> Iterator[str]:
        grid: list[list[Cell]] = []
        above: dict[int, str] = {}  # by column, for cells that are merged with the one above
        lines = [line for line in _inner(table, "tr") if not _is_left_out(child(line, "trPr"))]
        if all(len(_inner(line, "tc")) == 1 for line in lines):  # a frame around paragraphs
            for line in lines:
                for cell in _inner(line, "tc"):
                    yield from self._blocks(cell)
            return
        for line in lines:
            before = child(line, "trPr", "gridBefore")
            column = _number(before)
            cells = [Cell("")] * column
            for cell in _inner(line, "tc"):
                if child(cell, "tcPr", "cellDel") is not None:
                    continue
                merged = child(cell, "tcPr", "vMerge")
                across = max(1, _number(child(cell, "tcPr", "gridSpan")))
                if merged is not None and attribute(merged, "val") in (None, "continue"):
                    words = above.get(column, "")
                else:
                    words = joined(self._blocks(cell))
                above[column] = words
                cells.append(Cell(words, 1, across))
                column += across
            grid.append(cells)
        aside, self._aside = self._aside, []
        marked = sum(child(line, "trPr", "tblHeader") is not None for line in lines)
        yield "\n".join(rows(grid, max(marked if marked < len(grid) else 1, heads(grid))))
        yield from aside


def _visible(element: Any) -> Iterator[Any]:
    """The children of ``element``; of alternatives the first, which newer programs show."""
    for part in element:
        if local(part) == "AlternateContent":
            choice = next((found for found in part if local(found) in ("Choice", "Fallback")), ())
            yield from choice
        elif local(part):
            yield part


def _chosen(field: Any) -> str:
    """The value of a field of a form, as Word had them before content controls."""
    if local(field) == "checkBox":
        mark = child(field, "checked") if child(field, "checked") is not None else child(field, "default")
        return "☒" if mark is not None and attribute(mark, "val") not in ("0", "false", "off") else "☐"
    entries = [attribute(entry, "val") or "" for entry in field if local(entry) == "listEntry"]
    place = _number(child(field, "result"))
    return entries[place] if place < len(entries) else ""


def _inner(element: Any, name: str) -> list[Any]:
    """The parts called so, within content controls and insertions, too."""
    found = []
    for part in _visible(element):
        if local(part) == name:
            found.append(part)
        elif local(part) in ("sdt", "sdtContent", "ins", "moveTo", "customXml"):
            found += _inner(part, name)
    return found


def _symbol(element: Any) -> str:
    """A sign of a font that has codes of its own; "" for one that we don't know."""
    sign = chr(int(attribute(element, "char") or "0", 16) % 0x110000)
    code = ord(sign) & 0xFF
    if attribute(element, "font") == "Symbol" and chr(code).isascii() and chr(code).isalpha():
        return GREEK[code >= ord("a")][(code & 0x1F) - 1]
    return SYMBOLS.get(sign, "" if "\ue000" <= sign <= "\uf8ff" else sign)


def _is_left_out(row: Any) -> bool:
    """Whether a table's row, by its properties, was deleted or is hidden."""
    return child(row, "del") is not None or child(row, "hidden") is not None


def _number(element: Any | None) -> int:
    said = value(element)
    return min(int(said), 100) if said.isdigit() else 0
