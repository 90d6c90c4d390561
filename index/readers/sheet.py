"""Workbooks (.xlsx): the rows of each sheet, as they were last calculated. By openpyxl."""

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

from index.document import PARAGRAPHS, Document, clean, damage, iso, needs, parts, row, title
from index.readers.drawing import drawn
from index.readers.grid import Cell, heads, parted, rows
from index.readers.package import Package
from index.readers.strict import usual
from index.readers.stylesheet import plain

MERGED = re.compile(rb"""<(?:\w+:)?mergeCell [^>]*?ref=["']([A-Z]+\d+:[A-Z]+\d+)["']""")
UNCOUNTED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
SIGN = re.compile(r""""[^"]*"|\\.|\[[^\]]*\]|[_*].|[#0?][#0?,.]*|.""")  # a part of a number format
MOST = 1000  # merged areas of a sheet, and rows of one, that are looked at
TOP = 5  # rows at the top of a sheet, in which the names of its columns stand
LARGEST = 10**6  # cells of a sheet; a sheet may claim to be far larger than what is in it
TOO_LARGE = f"a sheet has more than {LARGEST:,} cells"
ROWS = 2**20  # of a sheet, at most
SIZED = re.compile(rb"<(?:\w+:)?(row|col)\s[^>]*>")
ATTRIBUTE = re.compile(rb"""(\w+)=["']([^"']*)""")
CELL, FAR = re.compile(rb"<(?:\w+:)?c[ />]"), re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr=["'](\d{7,})""")

STYLES = "xl/styles.xml"
WHITE = "FFFFFF"
BLANK = re.compile(r"\s*;\s*;\s*;\s*")  # a number format that shows nothing

Place = tuple[int, int]


def workbook(path: Path) -> Document:
    """A line for each row, with tabs between the cells; each visible sheet under its name."""
    with damage("Excel"), Package(path) as package:
        for name in package.names:
            if name.startswith("xl/") and name.endswith(".xml") and "/media/" not in name:
                package.check(name)
        created = package.properties()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = _opened(path, package)
        try:
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            several = len(sheets) > 1
            texts, lost = [], []
            for sheet in sheets:
                data = package.bytes(sheet._worksheet_path)
                if len(CELL.findall(data)) > LARGEST or any(int(number) > ROWS for number in FAR.findall(data)):
                    raise ValueError(TOO_LARGE)
                if blank := len(UNCOUNTED.findall(data)):
                    lost.append(
                        f"sheet {sheet.title} has formulas without a result ({blank}): open it in a spreadsheet and "
                        "save it"
                    )
                words = "\n".join(_lines(sheet, _merged(data), _hidden(data)))
                words = PARAGRAPHS.join(filter(None, [words, *_boxes(package, sheet._worksheet_path)]))
                texts.append((f"sheet {sheet.title}", f"{sheet.title}\n\n{words}" if several and words else words))
        finally:
            book.close()
    text, pages, labels = parts([(label, clean(words)) for label, words in texts])
    return Document(text, title(created[0]), iso(created[1]), pages, labels, tuple(lost))


def _opened(path: Path, package: Package) -> Any:
    """The workbook; where its stylesheet is damaged, without the looks of its cells."""
    try:
        return _loaded(usual(path, package))
    except (TypeError, ValueError, KeyError, IndexError):
        if STYLES not in package.names:
            raise
    return _loaded(package.rewritten(lambda name, part: plain(part) if name == STYLES else part))


def _loaded(source: Path | IO[bytes]) -> Any:
    """The workbook, without its sheets that are charts: where there is one, openpyxl's own function fails."""
    with needs("openpyxl"):
        from openpyxl.reader.excel import ExcelReader

    class Reader(ExcelReader):  # type: ignore[misc]
        def read_chartsheet(self, sheet: Any, rel: Any) -> None:
            """Nothing: what it draws stands in other sheets."""

        def read_properties(self) -> None:
            """Nothing: they are read without openpyxl, which fails where a date is damaged."""

        read_custom = read_properties

    if isinstance(source, Path) and source.suffix.lower() not in (".xlsx", ".xlsm"):  # openpyxl goes by names
        source = BytesIO(source.read_bytes())
    reader = Reader(source, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


@dataclass
class Merged:
    """Cells that are merged, by row and column, both counted from 1: ``first`` says for each below the first of them
    which that is, ``across`` how many columns wide it is."""

    first: dict[Place, Place] = field(default_factory=dict)
    across: dict[Place, int] = field(default_factory=dict)


@dataclass
class Hidden:
    """What is not shown of a sheet: the numbers of rows and columns, and styles."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    is_coloured: bool = False  # by more than the styles of cells, so that white may be seen anywhere
    styles: dict[int, bool] = field(default_factory=dict)  # whether a style, by its number, shows nothing


def _merged(data: bytes) -> Merged:
    from openpyxl.utils import range_boundaries

    found = Merged()
    for area in islice(MERGED.finditer(data), MOST):
        left, top, right, bottom = range_boundaries(area[1].decode())
        found.across[top, left] = right - left + 1
        found.first.update({(line, left): (top, left) for line in range(top + 1, min(bottom, top + MOST) + 1)})
    return found


def _hidden(data: bytes) -> Hidden:
    """Not what is only filtered or folded: a click shows it."""
    found = Hidden(is_coloured=b"<tablePart" in data or b"<conditionalFormatting" in data)
    for tag in SIZED.finditer(data) if b"hidden=" in data else ():
        sizes = dict(ATTRIBUTE.findall(tag[0])) if b"hidden=" in tag[0] else {}
        if sizes.get(b"hidden") not in (b"1", b"true") or b"outlineLevel" in sizes:
            continue
        if tag[1] == b"col":
            found.columns.update(range(_count(sizes, b"min"), _count(sizes, b"max") + 1))
        elif b"<filterColumn" not in data:
            found.rows.add(_count(sizes, b"r"))
    return found


def _count(sizes: dict[bytes, bytes], name: bytes) -> int:
    value = sizes.get(name, b"")
    return min(int(value), ROWS) if value.isdigit() and len(value) < 9 else 0


def _boxes(package: Package, sheet: str) -> list[str]:
    """What is written in the text boxes of a sheet."""
    drawings = (part for kind, part in package.relations(sheet).values() if kind == "drawing")
    return [words for part in drawings for words in drawn(package.xml(part))]


def _lines(sheet: Any, merged: Merged, hidden: Hidden) -> Iterator[str]:
    """A line for each row that says something; the rows that name the columns are one, and another table is apart."""
    table: list[tuple[int, list[str]]] = []
    for begins, line in parted(_rows(sheet, merged, hidden), itemgetter(1)):
        if begins and table:
            yield from _table(table, merged)
            yield ""
            table = []
        table.append(line)
    yield from _table(table, merged)


def _table(lines: Sequence[tuple[int, list[str]]], merged: Merged) -> Iterator[str]:
    top = lines[:TOP]
    start = next((place for place, (_, words) in enumerate(top) if sum(map(bool, words)) > 1), 0)
    grid = [_cells(number, words, merged) for number, words in top[start:]]
    yield from (row(words) for _, words in top[:start])
    yield from rows(grid, heads(grid))
    yield from (row(words) for _, words in lines[TOP:])


def _cells(number: int, words: Sequence[str], merged: Merged) -> list[Cell]:
    found, column = [], 1
    while column <= len(words):
        across = merged.across.get((number, column), 1)
        found.append(Cell(words[column - 1], 1, across))
        column += across
    return found


def _rows(sheet: Any, merged: Merged, hidden: Hidden) -> Iterator[tuple[int, list[str]]]:
    """The number of each row, and its cells; one without words for several that say nothing."""
    sheet.reset_dimensions()
    left = LARGEST
    above: dict[Place, str] = {}
    is_empty = True
    for number, cells in enumerate(sheet.iter_rows(), 1):
        left -= len(cells)
        if left < 0:
            raise ValueError(TOO_LARGE)
        words = ["" if _is_hidden(cell, place, hidden) else _shown(cell) for place, cell in enumerate(cells, 1)]
        if any(words):
            above |= {(number, column): word for column, word in enumerate(words, 1) if word and merged.first}
            first = [merged.first.get((number, column), (0, 0)) for column, _ in enumerate(words, 1)]
            if number in hidden.rows:
                continue
            yield number, [word or above.get(place, "") for word, place in zip(words, first, strict=True)]
        elif not is_empty:
            yield number, []
        is_empty = not any(words)


def _shown(cell: Any) -> str:
    """A cell's value as it is shown, near enough: dates year first, without an empty time."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + f":{seconds:02}" * bool(seconds)
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    return str(value)


def _is_hidden(cell: Any, column: int, hidden: Hidden) -> bool:
    if column in hidden.columns or cell.value is None:
        return True
    style = cell._style_id
    if style not in hidden.styles:
        hidden.styles[style] = bool(BLANK.fullmatch(cell.number_format)) or (not hidden.is_coloured and _is_white(cell))
    return hidden.styles[style]


def _is_white(cell: Any) -> bool:
    """Whether it is written in white, and has no ground."""
    colour = cell.font.color
    if colour is None or colour.tint or cell.fill.fill_type is not None:
        return False
    return (
        colour.theme == 0 if colour.type == "theme" else colour.type == "rgb" and str(colour.rgb)[-6:].upper() == WHITE
    )


def _number(value: float, shape: str) -> str:
    """A number as its format shows it: ``#,##0.00 "kr"`` makes 1200.5 to 1,200.50 kr; "General" as it is."""
    forms: list[list[str]] = [[]]  # of numbers above zero, below zero, and of zero
    for sign in SIGN.findall(shape):
        forms += [[]] if sign == ";" else []
        forms[-1] += [sign] if sign != ";" else []
    place = 1 if value < 0 else 2 if value == 0 else 0
    signs = forms[place if place < len(forms) else 0]
    if len(forms) > 1 and not any(sign[0] in "#0?Gg@[" for sign in signs):
        return " ".join("".join(map(_literal, signs)).split())
    digits = [sign for sign in signs if sign[0] in "#0?"]
    if len(digits) != 1 or digits[0].endswith(",") or {"E", "e", "/", "@"} & set(signs) or not abs(value) < 10**15:
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    whole, _, part = digits[0].partition(".")
    shown = abs(value) * 100 if "%" in signs else abs(value)
    amount, point, rest = f"{shown:{',' if ',' in whole else ''}.{len(part)}f}".partition(".")
    while len(rest) > part.count("0") and rest.endswith("0"):
        rest = rest[:-1]
    amount = amount.zfill(whole.count("0")) + point * bool(rest) + rest
    said = "".join(amount if sign == digits[0] else _literal(sign) for sign in signs)
    return f"{'-' if value < 0 and not re.search('[-(−]', said) else ''}{' '.join(said.split())}"


def _literal(sign: str) -> str:
    """What a part of a number format writes beside the digits."""
    if sign[0] == '"':
        return sign[1:-1]
    if sign.startswith("[$"):  # a currency, and a language: [$kr-414]
        return sign[2:-1].partition("-")[0]
    if len(sign) > 1:
        return {"\\": sign[1:], "_": " "}.get(sign[0], "")
    return sign
