"""Layout: the paragraphs and tables of a page, in the order in which a reader reads them.

Coordinates are in points, from the lower left corner, as in PDF.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median

from index.readers.callout import callouts
from index.readers.grid import Cell, heads
from index.readers.paragraph import ALIGNED, LARGER, LEAD, STOP, Paragraph, of_lines
from index.readers.piece import Line, Piece, lines, words
from index.readers.rules import Grid, Rules, grids

GUTTER = 6.0  # points: no gap between columns is narrower
COLUMN = 3  # lines at least, on both sides of a gutter
PROSE = 14  # characters, on average, in the lines of a column of prose; the cells of a table hold less
FILLED = 0.55  # of a column's width, on average, in the lines of prose
DENSE = 1.6  # heights of the text between the lines of a block, at most
APART = 2.5  # heights of the text between blocks side by side
EVEN = 0.75  # the share of cells that are filled, where lines are rows
EXACT = 1.0  # points by which lines at the same height may differ
NEAR = 3.0  # points by which a row may reach into the rule below it


def paragraphs(pieces: Sequence[Piece], rules: Rules) -> list[Paragraph]:
    """The paragraphs and tables of a page in reading order: column by column, where it has columns of prose."""
    rest, drawn = _drawn([piece for piece in pieces if piece.text.strip()], rules)
    rest, boxes = callouts(rest, rules)
    found: list[Paragraph] = []
    for region in _regions(rest):
        made = list(of_lines(lines(region), rules))
        made[0].opens = True
        found += made
    for table in drawn:
        place = _place(table, found)
        if place and _is_head(found[place - 1], table):
            place -= 1
            table.rows[:0] = found.pop(place).rows
        found.insert(place, table)
    for box in boxes:
        made = list(of_lines(lines(box), rules))
        beside = [n for n, p in enumerate(found) if p.bottom < made[0].top and made[-1].bottom < p.top]
        place = max(beside) + 1 if beside else _place(made[0], found)
        while 0 < place < len(found) and found[place].opens and not STOP.search(found[place - 1].lines[-1]):
            place += 1  # what is beside goes on there
        found[place:place] = made
    if found:
        found[0].opens = True
    return found


def _drawn(pieces: list[Piece], rules: Rules) -> tuple[list[Piece], list[Paragraph]]:
    """The tables that rules draw, and the pieces that are in none."""
    found = []
    for grid in grids(rules):
        inside: defaultdict[tuple[int, int], list[Piece]] = defaultdict(list)
        outside = []
        for piece in pieces:
            places = [(grid.cell((word.left + word.right) / 2, word.middle), word) for word in words(piece)]
            home = next((place for place, _ in places if place), None)
            if home:
                for place, word in places:
                    home = place or home
                    half = word.height / 2
                    inside[home].append(Piece(word.text, word.left, word.middle - half, word.right, word.middle + half))
            else:
                outside.append(piece)
        if min(len({place[axis] for place in inside}) for axis in (0, 1)) > 1:
            pieces = outside
            found.append(_table(grid, inside))
    return pieces, found


def _table(grid: Grid, inside: Mapping[tuple[int, int], list[Piece]]) -> Paragraph:
    written = {place: lines(found) for place, found in inside.items()}
    texts = {place: "\n".join(line.text for line in found) for place, found in written.items()}
    rows: list[list[Cell]] = []
    for number, row in enumerate(grid.rows(texts)):
        rows += _unruled([written.get((number, column), []) for column in range(len(row))]) or [row]
    height = max(piece.height for found in inside.values() for piece in found)
    (left, *edges, right), (top, *_, bottom) = grid.columns, grid.heights
    said = [line for text in texts.values() for line in text.split("\n")]
    return Paragraph(said, height, left, bottom, right, top, False, rows, heads(rows), tuple(edges))


def _is_head(above: Paragraph, table: Paragraph) -> bool:
    """Whether what stands above the rules of a table is the names of its columns."""
    is_row = len(above.rows) == 1 and len(above.rows[0]) == len(table.edges) + 1
    return is_row and 0 < above.bottom - table.top + NEAR < above.height


def _unruled(cells: Sequence[Sequence[Line]]) -> list[list[Cell]]:
    """The rows of a table with rules between its columns alone: each line of its first column begins one."""
    heights = [line.middle for line in cells[0]]
    if len(heights) < COLUMN or sum(map(len, cells)) < EVEN * len(heights) * len(cells):
        return []
    if not all(_has(heights, line.middle, EXACT) for cell in cells for line in cell):
        return []
    return [
        [Cell(" ".join(line.text for line in cell if abs(line.middle - height) < EXACT)) for cell in cells]
        for height in heights
    ]


def _place(table: Paragraph, found: Sequence[Paragraph]) -> int:
    """Where in reading order a table belongs: before the first paragraph that stands below its top."""
    beside = [n for n, p in enumerate(found) if p.left < table.right and table.left < p.right]
    below = [n for n in beside if found[n].top < table.top]
    return min(below) if below else max(beside, default=len(found) - 1) + 1


def _regions(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Parts of a page that are read one after the other."""
    cut = _gutter(pieces) or _block(pieces)
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
            high = min(max(p.top for p in side) for side in (left, right))
            low = max(min(p.bottom for p in side) for side in (left, right))
            overlap = high - low
            beside = [[p for p in side if low < p.middle < high] for side in (left, right)]  # not notes
            if overlap <= 0 or not (_are_read_apart(left, right) or _are_prose(*beside)):
                continue
            if best is None or overlap > best[0]:
                end = min(min(p.bottom for p in side) for side in (left, right))
                if bottom > float("-inf"):  # what follows is as wide as both: they end together, but for a line
                    end = max(end, _balanced(left, right))
                best = overlap, at - 1, _start(left + right, [p for p in pieces if p.middle >= top]), end
    return best[1:] if best else None


def _start(inside: list[Piece], above: list[Piece]) -> float:
    """Where columns begin below what is ``above``: not with the last lines of a heading that begins there."""
    usual = median(piece.height for piece in inside)
    found, before = lines(inside), lines(above)[-1:]
    while before and len(found) > 1 and found[0].height > LARGER * usual and _goes_on(before[0], found[0]):
        before = [found.pop(0)]
    return max(piece.top for line in found for piece in line.pieces)


def _goes_on(heading: Line, line: Line) -> bool:
    return abs(heading.height - line.height) < EXACT and heading.middle - line.middle < LEAD * LARGER * line.height


def _are_read_apart(left: list[Piece], right: list[Piece]) -> bool:
    """Whether one side is read after the other: both are prose, or one is, and runs on beside a table."""
    return _are_prose(left, right) or _is_beside(left, right) or _is_beside(right, left)


def _are_prose(left: list[Piece], right: list[Piece]) -> bool:
    return min(len(left), len(right)) >= COLUMN and _is_prose(left) and _is_prose(right)


def _block(pieces: list[Piece]) -> tuple[float, float, float] | None:
    """Where a block of short lines is, as an address, that stands far to the right of others at other heights: its
    left edge, and from which height to which it and what stands beside it are."""
    for edge in (lambda piece: piece.left, lambda piece: piece.right):
        for run in _runs(pieces, edge):
            left = min(piece.left for piece in run)
            top, bottom = run[0].top, run[-1].bottom
            beside = [p for p in pieces if p.top > bottom and p.bottom < top and not any(p is piece for piece in run)]
            level = sum(_has([p.middle for p in run], piece.middle, EXACT) for piece in beside)
            far = all(piece.right < left - APART * piece.height for piece in beside)
            if len(beside) > 1 and far and 2 * level < len(beside):
                rest = [piece for piece in pieces if piece.top <= bottom and piece.right > left]
                below = [piece for piece in pieces if piece.top <= bottom and piece.right <= left]
                end = min(piece.bottom for piece in beside)
                for piece in sorted(below, key=lambda p: -p.middle):  # lines that go on
                    if end - piece.top < 0.5 * piece.height and all(p.top < piece.bottom for p in rest):
                        end = piece.bottom
                return left, max(piece.top for piece in [*run, *beside]), min(bottom, end)
    return None


def _runs(pieces: list[Piece], edge: Callable[[Piece], float]) -> Iterator[list[Piece]]:
    """Pieces below each other, close and with an edge in one line."""
    for at in _clusters(sorted(map(edge, pieces))):
        column = sorted((p for p in pieces if -1 <= edge(p) - at < ALIGNED), key=lambda p: -p.middle)
        run = column[:1]
        for piece in [*column[1:], None]:
            if piece and run[-1].middle - piece.middle < DENSE * piece.height:
                run.append(piece)
                continue
            if len(run) >= COLUMN:
                yield run
            run = [piece] if piece else []


def _is_beside(text: list[Piece], table: list[Piece]) -> bool:
    """Whether ``text`` is prose that runs on beside a table, whose rows stand at other heights than its lines."""
    if len(text) <= COLUMN or not _is_prose(text):
        return False
    heights = [line.middle for line in lines(text)]
    rows = [line for line in lines(table) if heights[-1] < line.middle < heights[0]]
    steps = [above - below for above, below in pairwise(heights)]
    level = sum(_has(heights, row.middle, EXACT) for row in rows)
    return len(rows) > 1 and max(steps) < LARGER * min(steps) and 2 * level < len(rows)


def _has(heights: Sequence[float], height: float, within: float) -> bool:
    return any(abs(other - height) < within for other in heights)


def _balanced(left: list[Piece], right: list[Piece]) -> float:
    """Where the longer of two columns ends: at the first wide gap below the end of the shorter one."""
    ends = [min(p.bottom for p in side) for side in (left, right)]
    longer = lines(left if ends[0] < ends[1] else right)
    for before, line in pairwise(longer):
        if before.middle < max(ends) + 2 * before.height and before.middle - line.middle > 2 * before.height:
            return min(max(ends), *(p.bottom for p in before.pieces))
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
    found = lines(pieces)
    width = max(line.right for line in found) - min(line.left for line in found)
    filled = sum(sum(p.right - p.left for p in line.pieces) for line in found) / len(found)
    letters = sum(len(line.text) for line in found) / len(found)
    return len(found) >= COLUMN and letters >= PROSE and filled >= FILLED * width
