"""Layout: the pieces of text on a page, in the order in which a reader reads them.

Coordinates are in points, from the lower left corner, as in PDF.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

GUTTER = 6.0  # points: no gap between columns is narrower
COLUMN = 3  # lines at least, on both sides of a gutter
PROSE = 14  # characters, on average, in the lines of a column of prose; the cells of a table hold less
FILLED = 0.55  # of a column's width, on average, in the lines of prose
BLANK = 0.15  # heights of the text, between words
GAP = 0.8  # heights of the text, between the cells of rows that are aligned
APART = 2.5  # heights of the text, from which on a gap parts cells wherever they stand
TIGHT = 1.5  # points, where a row's cells are so close that only the rows around it tell them apart
EXACT = 0.6
ALIGNED = 3.0  # points by which the edges of aligned cells may differ
LEAD = 1.35  # times the usual distance of lines, from which on another paragraph begins
LARGER = 1.12  # times the height of the text, from which on it is a heading's
SHORT = 0.75  # of the width: a shorter line that ends a sentence ends its paragraph
BULLET = re.compile(r"(?:[•◦▪–—*-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
STOP = re.compile(r"""[.!?:…。！？][)"”’»]*$""")


@dataclass
class Piece:
    """Text that stands together on a line."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    upright: bool = True  # on the page, before it was turned so that this can be read
    words: list[tuple[int, float, float]] = field(default_factory=list)  # where in the text each but the first begins,
    # its left edge, and the gap before it

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 1.0)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass
class Line:
    """Pieces side by side, from left to right."""

    pieces: list[Piece]

    @property
    def left(self) -> float:
        return self.pieces[0].left

    @property
    def right(self) -> float:
        return max(piece.right for piece in self.pieces)

    @property
    def middle(self) -> float:
        return self.pieces[0].middle

    @property
    def height(self) -> float:
        return max(piece.height for piece in self.pieces)

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


@dataclass
class Paragraph:
    """Lines that go on into each other, or the rows of a table, a line each with tabs between the cells."""

    lines: list[str]
    height: float
    top: float
    bottom: float
    is_table: bool = False
    opens: bool = False  # a page or a column: it may go on with the paragraph before


def paragraphs(pieces: Sequence[Piece]) -> list[Paragraph]:
    """The paragraphs and tables of a page in reading order: column by column, where it has columns of prose."""
    found: list[Paragraph] = []
    for region in _regions([piece for piece in pieces if piece.text.strip()]):
        made = list(_paragraphs(_lines(region)))
        made[0].opens = True
        found += made
    return found


def _regions(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Parts of a page that are read one after the other."""
    cut = _gutter(pieces)
    if cut is None:
        if pieces:
            yield pieces
        return
    at, top, bottom = cut
    inside = [piece for piece in pieces if bottom <= piece.middle <= top]
    above = [piece for piece in pieces if piece.middle > top]
    below = [piece for piece in pieces if piece.middle < bottom]
    yield from _regions(above)
    yield from _regions([piece for piece in inside if piece.middle and piece.left < at])
    yield from _regions([piece for piece in inside if piece.left >= at])
    yield from _regions(below)


def _gutter(pieces: list[Piece]) -> tuple[float, float, float] | None:
    """Where the best gutter is, and from which height to which: between columns of prose, not a table's cells."""
    best: tuple[float, float, float, float] | None = None
    edges = sorted(piece.left for piece in pieces)
    for at in _clusters(edges):
        crossing = sorted((p.middle for p in pieces if p.left < at - 1 and p.right > at - GUTTER / 2), reverse=True)
        for top, bottom in zip([float("inf"), *crossing], [*crossing, float("-inf")], strict=True):
            left = [p for p in pieces if bottom < p.middle < top and p.right <= at - GUTTER / 2]
            right = [p for p in pieces if bottom < p.middle < top and p.left >= at - 1]
            if min(len(left), len(right)) < COLUMN:
                continue
            overlap = min(max(p.top for p in left), max(p.top for p in right)) - max(
                min(p.bottom for p in left), min(p.bottom for p in right)
            )
            if overlap <= 0 or not (_is_prose(left) and _is_prose(right)):
                continue
            if best is None or overlap > best[0]:
                end = min(min(p.bottom for p in side) for side in (left, right))
                if bottom > float("-inf"):  # what follows is as wide as both: they end together, but for a line
                    end = max(end, _balanced(left, right))
                best = overlap, at - 1, max(p.top for p in left + right), end
    return best[1:] if best else None


def _balanced(left: list[Piece], right: list[Piece]) -> float:
    """Where the longer of two columns ends: at the first wide gap below the end of the shorter one."""
    ends = [min(p.bottom for p in side) for side in (left, right)]
    longer = _lines(left if ends[0] < ends[1] else right)
    for before, line in pairwise(longer):
        if before.middle < max(ends) + before.height and before.middle - line.middle > 2 * before.height:
            return min(p.bottom for p in before.pieces)
    return min(ends)


def _clusters(edges: Sequence[float]) -> list[float]:
    """The edges at which several pieces begin."""
    found: list[float] = []
    for edge in edges:
        beginning = bisect_left(edges, edge + ALIGNED) - bisect_left(edges, edge)
        if beginning >= COLUMN and (not found or edge - found[-1] > ALIGNED):
            found.append(edge)
    return found


def _is_prose(pieces: Sequence[Piece]) -> bool:
    lines = _lines(pieces)
    width = max(line.right for line in lines) - min(line.left for line in lines)
    filled = sum(sum(p.right - p.left for p in line.pieces) for line in lines) / len(lines)
    letters = sum(len(line.text) for line in lines) / len(lines)
    return len(lines) >= COLUMN and letters >= PROSE and filled >= FILLED * width


def _lines(pieces: Iterable[Piece]) -> list[Line]:
    """Pieces by line, from the top; raised and lowered ones belong to the line that they stand in."""
    found: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (-p.middle, p.left)):
        line = found[-1] if found else None
        if line and abs(line[0].middle - piece.middle) < 0.5 * min(max(p.height for p in line), piece.height):
            line.append(piece)
        else:
            found.append([piece])
    return [Line(sorted(line, key=lambda p: p.left)) for line in found]


def _paragraphs(lines: Sequence[Line]) -> Iterator[Paragraph]:
    """Rows of tables together, other lines by paragraph."""
    cells = _cells(lines)
    left = min((line.left for line in lines), default=0.0)
    right = max((line.right for line in lines), default=0.0)
    steps = [a.middle - b.middle for a, b in pairwise(lines)]
    close = [s for s, a in zip(steps, lines, strict=False) if 0 < s < 2.2 * a.height]
    pitch = median(close) if close else 0.0
    current: Paragraph | None = None
    for index, (line, row) in enumerate(zip(lines, cells, strict=True)):
        top, bottom = max(p.top for p in line.pieces), min(p.bottom for p in line.pieces)
        is_table = len(row) > 1
        words = "\t".join(row)
        before = lines[index - 1] if index else None
        fresh = (
            current is None
            or before is None
            or is_table != current.is_table
            or (not is_table and _begins(before, line, pitch, left, right))
            or (is_table and steps[index - 1] > 3 * line.height)
        )
        if fresh:
            if current:
                yield current
            current = Paragraph([words], line.height, top, bottom, is_table)
        elif current:
            current.lines.append(words)
            current.bottom = bottom
    if current:
        yield current


def _begins(before: Line, line: Line, pitch: float, left: float, right: float) -> bool:
    """Whether ``line`` begins a paragraph."""
    step = before.middle - line.middle
    usual = max(pitch, 1.15 * line.height)
    ratio = line.height / before.height
    indented = line.left - before.left > 0.8 * line.height and line.left - left < 0.3 * (right - left)
    ended = bool(STOP.search(before.text)) and before.right - left < SHORT * (right - left)
    return (
        step > LEAD * usual
        or not 1 / LARGER < ratio < LARGER
        or (indented and abs(before.left - left) < ALIGNED and not BULLET.match(before.text))
        or ended
        or bool(BULLET.match(line.text))
    )


def _cells(lines: Sequence[Line]) -> list[list[str]]:
    """The texts of each line's cells: of one, where it is no row of a table.

    A gap parts cells if it is very wide, or wide in one of several lines that all have a word beginning there. In rows
    found so, words that stand exactly below each other begin cells, too.
    """
    words = [_words(line) for line in lines]
    heights = [line.height for line in lines]
    starts = [[left for _, left, _ in found] for found in words]
    wide = [
        [left for _, left, gap in found if gap > GAP * height] for height, found in zip(heights, words, strict=True)
    ]
    near = [[*range(max(i - 2, 0), i), *range(i + 1, min(i + 3, len(lines)))] for i in range(len(lines))]

    def cuts(index: int, sure: bool) -> list[float]:
        edges = [edge for other in near[index] for edge in wide[other]]
        if not edges and not wide[index]:
            return []
        found = []
        for _, left, gap in words[index][1:]:
            also = _has(edges, left, ALIGNED)
            large = gap > GAP * heights[index]
            if (
                gap > APART * heights[index]
                or (large and also)
                or (not sure and (large or also) and begun(index, left))
            ):
                found.append(left)
        return found

    def begun(index: int, left: float) -> bool:
        return sum(_has(starts[other], left, TIGHT) for other in near[index]) > 1

    loose, tight = ([cuts(index, sure) for index in range(len(lines))] for sure in (True, False))
    rows = []
    for index, found in enumerate(words):
        beside = [len(tight[other]) for other in (index - 1, index + 1) if 0 <= other < len(lines)]
        cut = tight[index] if len(tight[index]) in beside else loose[index]
        table = [starts[other] for other in near[index] if tight[other]]
        row = [""]
        for text, left, gap in found:
            exact = cut and left != found[0][1] and sum(_has(other, left, EXACT) for other in table) > 1
            if left in cut or exact:
                row.append(text)
            else:
                row[-1] += (" " if gap > BLANK * heights[index] else "") + text
        rows.append([" ".join(cell.split()) for cell in row])
    return rows


def _has(edges: Iterable[float], edge: float, within: float) -> bool:
    return any(abs(other - edge) < within for other in edges)


def _words(line: Line) -> list[tuple[str, float, float]]:
    """The words of a line, each with its left edge and the gap before it."""
    found = []
    before = line.left
    for piece in line.pieces:
        starts = [(0, piece.left, piece.left - before), *piece.words]
        for (start, left, gap), (end, *_) in zip(starts, [*piece.words, (len(piece.text), 0.0, 0.0)], strict=True):
            found.append((piece.text[start:end].rstrip(), left, gap))
        before = piece.right
    return found
