"""Columns: tables that no lines draw, told by the gaps between what stands below each other."""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.readers.piece import WORD, Gap, Line, Word, fits, joined
from index.readers.rules import Rules

NARROW = 0.4  # heights of the text, which stay free between two columns in all rows
LEAST = 0.2  # heights of the text: so narrow may it be where cells begin exactly below each other
EXACT = 0.6  # points
APART = 2.5  # heights of the text, from which on a gap parts cells wherever they stand
ALIGNED = 3.0  # points by which the edges of cells of one column may differ
FAR = 3.0  # heights of the text, from which on lines are in different tables
PITCH = 1.45  # heights of the text between the lines of a cell, at most
LOOSER = 1.12  # times the distance of the lines of a cell: there another row begins
EVEN = 0.75  # the share of cells that are filled, from which on lines are rows of their own
LARGER = 1.5  # times the height of the text, from which on it belongs to no row
FIGURE = re.compile(r"[\W\d]*\d[\W\d]*")  # a cell that is one, below another: a sum, and not what goes on
MARK = re.compile(r"(?:[•◦▪–—*-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])")


@dataclass
class Table:
    """The rows of a table that stands in ``lines[first:end]``: their cells, with line breaks where these have them.

    ``edges`` is where one column ends and another begins.
    """

    first: int
    end: int
    rows: list[list[str]]
    edges: tuple[float, ...]


def tables(lines: Sequence[Line], rules: Rules) -> Iterator[Table]:
    """The tables in ``lines``, from the top; a line whose parts are far from each other is one, too."""
    place = done = 0
    while place < len(lines):
        found = _table(lines, place, done, rules)
        if found:
            yield found
            place = done = found.end
        else:
            place += 1


def _table(lines: Sequence[Line], seed: int, done: int, rules: Rules) -> Table | None:
    """The table around a line with a wide gap, if there is one."""
    line = lines[seed]
    if not line.wide:
        return None
    first, end, free = _grown(lines, seed, done)
    block = lines[first:end]
    gaps = _needed([gap for gap in free if _parts(gap, block)], block)
    if any(_is_firm(gap, block) and _is_aligned(gap, block) for gap in gaps):
        cells = [_cells(line, gaps) for line in block]
        if all(not row[0] or MARK.fullmatch(joined(row[0])) for row in cells):
            return None  # a list
        return Table(first, end, _rows(cells, rules), _edges(gaps))
    gaps = [gap for gap in line.free[1:-1] if gap.right - gap.left > APART * line.height]
    row = _cells(line, gaps)
    if not gaps or MARK.fullmatch(joined(row[0])):
        return None
    return Table(seed, seed + 1, [[joined(cell) for cell in row]], _edges(gaps))


def _is_wide(gap: Gap, line: Line) -> bool:
    """Whether a line has words on both sides of ``gap``, and a gap of a cell's width there."""
    return any(inner.left <= gap.left and gap.right <= inner.right for inner in line.wide)


def _parts(gap: Gap, block: Sequence[Line]) -> bool:
    """Whether ``gap`` is one between columns, far apart in some line."""
    return _is_clear(gap, block) and len(_sides(gap, block)) > 1 and any(_is_wide(gap, line) for line in block)


def _needed(gaps: Sequence[Gap], block: Sequence[Line]) -> list[Gap]:
    """``gaps`` without those that never part words alone: beside a name in the middle of its column."""
    kept = list(gaps)
    wide = [own for line in block for own in line.free[1:-1]]
    for gap in gaps:
        parted = ([g for g in kept if own.left <= g.left and g.right <= own.right] for own in wide)
        if [gap] not in parted:
            kept.remove(gap)
    return kept


def _is_clear(gap: Gap, block: Sequence[Line]) -> bool:
    """Whether ``gap`` is wider than one between words, or no chance."""
    return gap.right - gap.left >= NARROW * block[0].height or _is_exact(gap, block)


def _is_firm(gap: Gap, block: Sequence[Line]) -> bool:
    return _parts(gap, block) and (sum(_is_wide(gap, line) for line in block) > 1 or _is_exact(gap, block))


def _sides(gap: Gap, block: Sequence[Line]) -> list[tuple[Word, Word]]:
    """For each line with words on both sides of ``gap`` the last before it and the first after it."""
    found = []
    for line in block:
        before = [word for word in line.words if word.right < gap.left + 0.1]
        after = [word for word in line.words if word.left > gap.right - 0.1]
        if before and after:
            found.append((before[-1], after[0]))
    return found


def _is_exact(gap: Gap, block: Sequence[Line]) -> bool:
    """Whether words begin exactly below each other after ``gap``, and by no chance: other words end before it, or all
    further off than a blank."""
    sides = _sides(gap, block)
    ends = [before.right for before, after in sides if after.left - gap.right < EXACT]
    if len(ends) < 3 or len(ends) < EVEN * len(sides):
        return False
    height = block[0].height
    return max(ends) - min(ends) > WORD * height or gap.right - max(ends) > NARROW * height


def _is_aligned(gap: Gap, block: Sequence[Line]) -> bool:
    """Whether the words after ``gap`` begin, end or have their middle below each other in several lines."""
    after = [[word for word in line.words if word.left > gap.right - 0.1] for line in block]
    lefts = sorted(words[0].left for words in after if words)
    rights = sorted(words[-1].right for words in after if words)
    middles = sorted((words[0].left + words[0].right) / 2 for words in after if words)
    return any(b - a < ALIGNED for edges in (lefts, rights, middles) for a, b in pairwise(edges))


def _edges(gaps: Sequence[Gap]) -> tuple[float, ...]:
    return tuple((gap.left + gap.right) / 2 for gap in gaps)


def _grown(lines: Sequence[Line], seed: int, done: int) -> tuple[int, int, list[Gap]]:
    """The lines around ``seed`` that leave gaps free as it does, and these gaps between them."""
    first, end, free = seed, seed + 1, lines[seed].free
    while end < len(lines) and _step(lines, end) < FAR:
        common = _common(lines[first:end], free, lines[end])
        if not common:
            break
        free, end = common, end + 1
    while end - seed > 1 and _is_aside(lines[end - 1], free) and _step(lines, end - 1) > _usual(lines, first, end - 1):
        end -= 1
    usual = _usual(lines, first, end)
    while first > done and _step(lines, first) < max(usual, PITCH):
        common = _common(lines[first:end], free, lines[first - 1])
        if not common or _is_aside(lines[first - 1], common):
            break
        free, first = common, first - 1
    left, right = min(line.left for line in lines[first:end]), max(line.right for line in lines[first:end])
    return first, end, [gap for gap in free if left < gap.left and gap.right < right]


def _step(lines: Sequence[Line], place: int) -> float:
    """How far a line is below the one before, in heights of the text; infinite where their sizes differ much."""
    above, below = lines[place - 1], lines[place]
    like = 1 / LARGER < above.height / below.height < LARGER
    return (above.middle - below.middle) / below.height if like else float("inf")


def _usual(lines: Sequence[Line], first: int, end: int) -> float:
    """What the lines of a table may be apart."""
    return LOOSER * max((_step(lines, place) for place in range(first + 1, end)), default=0.0)


def _is_aside(line: Line, free: Sequence[Gap]) -> bool:
    """Whether all of a line stands in the first column."""
    inner = [gap for gap in free if gap.left > float("-inf")]
    return not inner or line.right <= inner[0].left + 1


def _common(block: Sequence[Line], free: Sequence[Gap], line: Line) -> list[Gap]:
    """What stays free of ``free`` beside a line; nothing, where the line stands across what parts the others."""
    both = [Gap(max(a.left, b.left), min(a.right, b.right)) for a in free for b in line.free]
    common = [gap for gap in both if gap.right - gap.left >= LEAST * line.height]
    firm = _needed([gap for gap in free if _is_firm(gap, block)], block)
    some = firm or [gap for gap in free if any(_is_wide(gap, other) for other in block)]
    kept = [
        any(
            gap.left <= other.left and other.right <= gap.right and _is_clear(other, [*block, line]) for other in common
        )
        for gap in some
    ]
    return common if (all(kept) if firm else any(kept)) else []


def _cells(line: Line, gaps: Sequence[Gap]) -> list[list[Word]]:
    """The words of a line by column."""
    edges = _edges(gaps)
    cells: list[list[Word]] = [[] for _ in range(len(gaps) + 1)]
    for word in line.words:
        cells[bisect(edges, (word.left + word.right) / 2)].append(word)
    return cells


@dataclass
class Part:
    """What stands together in a column: lines of one cell."""

    column: int
    lines: list[list[Word]]

    @property
    def top(self) -> float:
        return self.lines[0][0].middle + 0.3 * self.lines[0][0].height

    @property
    def bottom(self) -> float:
        return self.lines[-1][0].middle - 0.3 * self.lines[-1][0].height


def _rows(cells: Sequence[Sequence[list[Word]]], rules: Rules) -> list[list[str]]:
    """The rows of a table, given the words of each line by column.

    Lines of a column that are as close as any are one cell, where others are further apart or a rule parts them.
    """
    columns = [[row[column] for row in cells if row[column]] for column in range(len(cells[0]))]
    left = min(word.left for row in cells for cell in row for word in cell)
    right = max(word.right for row in cells for cell in row for word in cell)
    steps = {
        (column, place): float("inf")
        if rules.between(below[0].middle, above[0].middle, left, right)
        else (above[0].middle - below[0].middle) / above[0].height
        for column, lines in enumerate(columns)
        for place, (above, below) in enumerate(pairwise(lines), 1)
    }
    most = LOOSER * min(steps.values(), default=0.0)
    parted = Counter(column for (column, _), step in steps.items() if step == float("inf"))
    ruled = max(parted.values(), default=0) > 1  # more than the names of the columns
    if all(step <= most for step in steps.values()) or (most > LOOSER * PITCH and not ruled):
        return _line_by_line(cells)
    parts: list[Part] = []
    for column, lines in enumerate(columns):
        for place, words in enumerate(lines):
            if place and steps[column, place] <= most:
                parts[-1].lines.append(words)
            else:
                parts.append(Part(column, [words]))
    rows = _side_by_side(parts)
    tall = [row for row in rows if any(len(part.lines) > 1 for part in row)]
    filled = sum(len(part.lines) for row in tall for part in row)
    room = sum(max(len(part.lines) for part in row) * len(row) for row in tall)
    deep = max(len(part.lines) for part in parts)
    limits = [max(words[-1].right for words in lines) for lines in columns]
    early = any(fits(a, b, limits[part.column]) for part in parts for a, b in pairwise(part.lines))
    if tall and early and filled >= EVEN * room and (deep > 2 or not ruled):
        return _line_by_line(cells)
    return [[_text(row, column) for column in range(len(columns))] for row in rows]


def _side_by_side(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts by row: those at the same height as one of the column that has most; one beside several is in each."""
    amounts = Counter(part.column for part in parts)
    rows: list[list[Part]] = []
    for part in sorted(parts, key=lambda part: (-amounts[part.column], part.column)):
        beside = [row for row in rows if any(p.bottom < part.top and part.bottom < p.top for p in row)]
        for row in beside:
            row.append(part)
        if not beside:
            rows.append([part])
    return sorted(rows, key=lambda row: -max(part.top for part in row))


def _text(row: Sequence[Part], column: int) -> str:
    return "\n".join(joined(words) for part in row if part.column == column for words in part.lines)


def _line_by_line(cells: Sequence[Sequence[list[Word]]]) -> list[list[str]]:
    """Each line as a row, but for those that go on with cells of the row before."""
    rows: list[list[str]] = []
    for words in cells:
        line = [joined(cell) for cell in words]
        filled = [column for column, cell in enumerate(line) if cell]
        goes_on = filled and (
            (not line[0] and 2 * len(filled) <= len(line)) or (len(filled) < len(line) and line[filled[0]][0].islower())
        )
        summed = any(FIGURE.fullmatch(line[column]) and FIGURE.fullmatch(rows[-1][column]) for column in filled if rows)
        if rows and goes_on and not summed and all(rows[-1][column] for column in filled):
            for column in filled:
                rows[-1][column] += "\n" + line[column]
        else:
            rows.append(line)
    return rows
