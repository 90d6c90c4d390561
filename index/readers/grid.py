"""Grids: the rows of tables with merged cells, as lines with tabs between the cells."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, tee, zip_longest
from typing import TypeVar

from index.document import row
from index.table import FIGURE

Line = TypeVar("Line")


@dataclass(frozen=True)
class Cell:
    """A cell that is ``down`` rows high and ``across`` columns wide."""

    text: str
    down: int = 1
    across: int = 1


def heads(grid: Sequence[Sequence[Cell]]) -> int:
    """How many rows at the top name the columns: two or more, where one of their names stands above others.

    Where the first column says something else in the second row, that is a row like the others, as in a form.
    """
    first = grid[0] if grid else []
    if len(first) < 2 or all(cell.across == 1 for cell in first):
        return 1
    count = max(2, *(cell.down for cell in first))
    corner, below = first[0], grid[1][0] if grid[1:] and grid[1] else Cell("")
    named = corner.down > 1 or corner.text == below.text or not corner.text or not below.text
    return count if count < len(grid) and (named or all(cell.across > 1 for cell in first)) else 1


def rows(grid: Sequence[Sequence[Cell]], heads: int = 1) -> list[str]:
    """A line for each row that says something; the first ``heads``, which name the columns, are one line.

    A cell that is several rows high stands in each of them, so that a row says it all; one that is several columns
    wide stands in the first of them.
    """
    filled: list[list[str]] = []
    hanging: dict[int, tuple[str, int]] = {}  # by column: a cell from above, and for how many rows more
    for line in grid:
        cells: dict[int, str] = {}
        column = 0
        following = {at: (text, more - 1) for at, (text, more) in hanging.items() if more > 1}
        for cell in line:
            while column in hanging:
                cells[column] = hanging[column][0]
                column += 1
            for place in range(cell.across):
                cells[column] = cell.text if not place or len(filled) < heads - 1 else ""
                if cell.down > 1:
                    following[column] = (cells[column], cell.down - 1)
                column += 1
        cells.update({at: text for at, (text, _) in hanging.items() if at not in cells})
        hanging = following
        filled.append([cells.get(at, "") for at in range(max(cells, default=-1) + 1)])
    if heads > 1:
        names = zip_longest(*filled[:heads], fillvalue="")
        filled[:heads] = [[" ".join(dict.fromkeys(filter(None, column))) for column in names]]
    return [row(texts) for texts in filled if any(any(map(str.isalnum, text)) for text in texts)]


def parted(lines: Iterable[Line], cells: Callable[[Line], Sequence[str]]) -> Iterator[tuple[bool, Line]]:
    """The lines that say something, each after whether another table begins with it.

    That is below an empty line, where names without a figure stand above figures, and perhaps below a title.
    """
    is_below_empty = is_titled = False
    these, following, last = tee(lines, 3)
    for line, one, two in zip_longest(these, islice(following, 1, None), islice(last, 2, None)):
        said, *below = (list(filter(None, cells(other))) if other is not None else [] for other in (line, one, two))
        if not said:
            is_below_empty = True
            continue
        is_title = is_below_empty and len(said) == 1
        begins = is_titled or (is_below_empty and _names(*below if is_title else (said, below[0])))
        is_titled = is_title and begins
        is_below_empty = False
        yield begins, line


def _names(line: Sequence[str], below: Sequence[str]) -> bool:
    """Whether ``line`` may be the names of columns of figures."""
    return len(line) > 1 and not FIGURE.search("".join(line)) and bool(FIGURE.search("".join(below)))


def joined(blocks: Iterable[str]) -> str:
    """The blocks of a cell as one line, with semicolons between them; those of a nested table's cells with blanks."""
    lines = [" ".join(line.split()).removeprefix("- ") for block in blocks for line in block.split("\n")]
    kept = [line for line in lines if line]
    return "".join(
        k + ("" if n == len(kept) else " " if re.search(r"[.,;:!?]$", k) else "; ") for n, k in enumerate(kept, 1)
    )
