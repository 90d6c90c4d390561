"""Workbooks (.xlsx): the rows of each sheet, as they were last calculated. By openpyxl."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from index.document import Document, clean, damage, iso, needs, parts, row, title
from index.readers.package import Package

LARGEST = 10**6  # cells of a sheet; a sheet may claim to be far larger than what is in it


def workbook(path: Path) -> Document:
    """A line for each row, with tabs between the cells; each visible sheet under its name."""
    with needs("openpyxl"):
        from openpyxl import load_workbook
    with damage("Excel"), Package(path) as package:
        for name in package.names:
            if name.startswith("xl/") and name.endswith(".xml") and "/media/" not in name:
                package.check(name)
        created = package.properties()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            several = len(sheets) > 1
            texts = []
            for sheet in sheets:
                rows = "\n".join(_rows(sheet))
                texts.append((f"sheet {sheet.title}", f"{sheet.title}\n\n{rows}" if several and rows else rows))
        finally:
            book.close()
    text, pages, labels = parts([(label, clean(words)) for label, words in texts])
    return Document(text, title(created[0]), iso(created[1]), pages, labels)


def _rows(sheet: Any) -> Iterator[str]:
    sheet.reset_dimensions()
    left = LARGEST
    for cells in sheet.iter_rows():
        left -= len(cells)
        if left < 0:
            raise ValueError(f"a sheet has more than {LARGEST:,} cells")
        words = [_shown(cell) for cell in cells]
        if any(words):
            yield row(words)


def _shown(cell: Any) -> str:
    """A cell's value as it is shown, near enough: dates without an empty time, percentages, no ".0"."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        if "%" in (cell.number_format or ""):
            return f"{value * 100:.10g}%"
        return f"{value:.15g}"
    if isinstance(value, int) and "%" in (cell.number_format or ""):
        return f"{value * 100}%"
    return str(value)
