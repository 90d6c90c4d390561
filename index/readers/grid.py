"""Grids: the rows of tables with merged cells, as lines with tabs between the cells."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from index.document import row


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


def joined(blocks: Iterable[str]) -> str:
    """The blocks of a cell as one line, with semicolons between them; those of a nested table's cells with blanks."""
    lines = [" ".join(line.split()).removeprefix("- ") for block in blocks for line in block.split("\n")]
    kept = [line for line in lines if line]
    return "".join(
        k + ("" if n == len(kept) else " " if re.search(r"[.,;:!?]$", k) else "; ") for n, k in enumerate(kept, 1)
    )
