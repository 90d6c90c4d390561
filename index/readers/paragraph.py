"""Paragraphs: the lines of a page that go on into each other, and the rows of its tables.

Coordinates are in points, from the lower left corner, as in PDF.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from index.readers.columns import tables
from index.readers.grid import Cell
from index.readers.piece import Line, fits
from index.readers.rules import Rules

ALIGNED = 3.0  # points by which the edges of aligned cells may differ
LEAD = 1.35  # times the usual distance of lines, from which on another paragraph begins
LARGER = 1.12  # times the height of the text, from which on it is a heading's
SHORT = 0.75  # of the width: a shorter line that ends a sentence ends its paragraph
BULLET = re.compile(r"(?:[•◦▪–—*-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
LEADER = re.compile(r"(?:\.{4,}|(?: \.){4,})\s*[\divxlc]+$")  # the end of a line of a table of contents
STOP = re.compile(r"""[.!?:…。！？][)"”’»]*$""")


@dataclass
class Paragraph:
    """Lines that go on into each other, or the ``rows`` of a table, in whose cells lines are parted by line breaks.

    The first ``heads`` rows are the names of columns; ``edges`` are the places between columns.
    """

    lines: list[str]
    height: float
    left: float
    bottom: float
    right: float
    top: float
    opens: bool = False  # a page or a column: it may go on with the paragraph before
    rows: list[list[Cell]] = field(default_factory=list)
    heads: int = 1
    edges: tuple[float, ...] = ()
    is_broken: bool = False  # its lines end where they do on purpose, as those of an address


def of_lines(found: Sequence[Line], rules: Rules) -> Iterator[Paragraph]:
    """The tables among lines that stand below each other, and the other lines by paragraph."""
    left = min((line.left for line in found), default=0.0)
    right = max((line.right for line in found), default=0.0)
    close = [s for a, b in pairwise(found) if 0 < (s := a.middle - b.middle) < 2.2 * a.height]
    pitch = median(close) if close else 0.0
    starts = {table.first: table for table in tables(found, rules)}
    current: list[Line] = []
    place = 0
    while place < len(found):
        table = starts.get(place)
        if current and (table or _begins(current[-1], found[place], pitch, left, right)):
            yield _paragraph(current, right)
            current = []
        if table:
            block = found[place : table.end]
            yield replace(
                _paragraph(block, right), rows=[[Cell(text) for text in row] for row in table.rows], edges=table.edges
            )
            place = table.end
        else:
            current.append(found[place])
            place += 1
    if current:
        yield _paragraph(current, right)


def _paragraph(block: Sequence[Line], right: float) -> Paragraph:
    """``right`` is where the lines of the page, or of its column, end."""
    return Paragraph(
        [line.text for line in block],
        block[0].height,
        min(line.left for line in block),
        min(line.middle - line.height / 2 for line in block),
        max(line.right for line in block),
        max(line.middle + line.height / 2 for line in block),
        is_broken=_is_broken(block, right),
    )


def _is_broken(block: Sequence[Line], right: float) -> bool:
    """Whether lines end before their time, and none goes on with the one before."""
    if len(block) < 3 or any(line.text[0].islower() or below.text[0].islower() for line, below in pairwise(block)):
        return False
    left = min(line.left for line in block)
    if not all(line.text[0].isupper() or line.text[0].isdigit() for line in block):
        right = max(line.right for line in block)
    early = sum(fits(above.words, below.words, right) for above, below in pairwise(block))
    level = all(line.left - left < ALIGNED and not re.search(r"\w[-\u00ad\u2010]$", line.text) for line in block)
    return level and 3 * early >= len(block) - 1


def _begins(before: Line, line: Line, pitch: float, left: float, right: float) -> bool:
    """Whether ``line`` begins a paragraph."""
    step = before.middle - line.middle
    usual = max(pitch, 1.15 * line.height)
    ratio = line.height / before.height
    centred = abs(line.left + line.right - before.left - before.right) < ALIGNED
    indented = not centred and line.left - before.left > 0.8 * line.height and line.left - left < 0.3 * (right - left)
    ended = bool(STOP.search(before.text)) and before.right - left < SHORT * (right - left)
    return (
        step > LEAD * usual
        or not 1 / LARGER < ratio < LARGER
        or (indented and abs(before.left - left) < ALIGNED and not BULLET.match(before.text))
        or ended
        or bool(LEADER.search(before.text))
        or bool(BULLET.match(line.text))
    )
