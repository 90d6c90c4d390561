"""Tables: rows as they stand in a text, their cells, and the names of their columns."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from index.outline import BELOW

ROW = re.compile(  # with tabs, bars or wide gaps between its cells
    r"[^\n]*\S[^\S\n]*\t[^\S\n]*\S|\s*\|[^\n]*\|\s*$|\s*\S[^\n]*\t\s*$|\s*[^\s|][^\n|]*\s\|\s+\S|\s*\S[^\n]*?\S {4,}\S"
)
BAR, GAP = re.compile(r"(?<!\\)\|"), re.compile(r"\s{2,}")  # between cells
EMPHASIS = re.compile(r"\*+|`|(?<!\w)_+|_+(?!\w)")  # Markdown's marks of it
SEPARATOR = " | "  # between the names of columns in the context of a row
FIGURE = re.compile(r"\d")
YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


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


def columns(head: str, rows: Sequence[str], sure: bool) -> list[str]:
    """``head`` as the names of columns, "" for one without; none where it is rather a row like the others, unless that
    is ``sure``.
    """
    names = _places(head)
    figures = Counter(place for row in rows for place, cell in enumerate(_places(row)) if FIGURE.search(cell))
    several = sum(map(bool, names)) > 2 or 2 * max(figures.values(), default=0) > len(rows)
    said = several and not any(map(FIGURE.search, names))
    return names if any(names) and rows and (sure or said or _are_years(names)) else []


def _are_years(names: Sequence[str]) -> bool:
    """Whether columns are named by years in a row, first to last or last to first, after what the rows are."""
    years = [int(name) for name in names[1:] if YEAR.fullmatch(name)]
    steps = {later - year for year, later in pairwise(years)}
    return len(years) == len(names) - 1 and len(steps) == 1 and steps != {0} and not FIGURE.search(names[0])


def named_cells(row: str, context: str) -> list[tuple[str, str]]:
    """Each cell of ``row`` after the name of its column; none where ``context`` does not have their names.

    Empty cells are left out; a row may be shorter than the names, for it ends with its last full cell.
    """
    names, values = context.rpartition(BELOW)[2].split(SEPARATOR), _places(row)
    placed = len(values) == len(names) or (len(values) < len(names) and ("\t" in row or "|" in row))
    if not placed:
        values = cells(row)
        placed = len(values) == len(names)
    found = [(name, value) for name, value in zip(names, values, strict=False) if value]
    return found if placed and len(names) > 1 and len(found) > 1 else []
