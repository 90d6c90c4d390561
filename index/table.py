"""Tables: rows as they stand in a text, their cells, and the names of their columns."""

import re
from collections import Counter
from collections.abc import Sequence

ROW = re.compile(  # with tabs, bars or wide gaps between its cells
    r"[^\n]*\S[^\S\n]*\t[^\S\n]*\S|\s*\|[^\n]*\|\s*$|\s*\S[^\n]*\t\s*$|\s*[^\s|][^\n|]*\s\|\s+\S|\s*\S[^\n]*?\S {4,}\S"
)
BAR, GAP = re.compile(r"(?<!\\)\|"), re.compile(r"\s{2,}")  # between cells
EMPHASIS = re.compile(r"\*+|`|(?<!\w)_+|_+(?!\w)")  # Markdown's marks of it
FIGURE = re.compile(r"\d")


def is_row(line: str) -> bool:
    """Whether ``line`` is a row of a table: with tabs, Markdown's bars or wide gaps between its cells."""
    return bool(ROW.match(line))


def cells(row: str) -> list[str]:
    """What stands in the cells of ``row``, without Markdown's marks; empty cells are left out."""
    return [cell for cell in _places(row) if cell]


def _places(row: str) -> list[str]:
    """The cells of ``row`` at their places, "" for an empty one; where gaps part them, empty ones can't be told."""
    parts = row.split("\t") if "\t" in row else (BAR if "|" in row else GAP).split(row.strip().strip("|"))
    return [" ".join(EMPHASIS.sub("", part).replace("\\|", "|").split()) for part in parts]


def columns(head: str, rows: Sequence[str], sure: bool) -> str:
    """``head`` as the names of columns, or "" where it is rather a row like the others, unless that is ``sure``."""
    names = cells(head)
    figures = Counter(place for row in rows for place, cell in enumerate(cells(row)) if FIGURE.search(cell))
    named = not any(map(FIGURE.search, names)) and (len(names) > 2 or 2 * max(figures.values(), default=0) > len(rows))
    return " | ".join(names) if names and rows and (sure or named) else ""


def named_cells(row: str, context: str) -> list[tuple[str, str]]:
    """Each cell of ``row`` after the name of its column; none where ``context`` does not have their names.

    Empty cells are left out; a row may be shorter than the names, for it ends with its last full cell.
    """
    names, values = context.rpartition(" › ")[2].split(" | "), _places(row)
    placed = len(values) == len(names) or (len(values) < len(names) and ("\t" in row or "|" in row))
    if not placed:
        values = cells(row)
        placed = len(values) == len(names)
    found = [(name, value) for name, value in zip(names, values, strict=False) if value]
    return found if placed and len(names) > 1 and len(found) > 1 else []
