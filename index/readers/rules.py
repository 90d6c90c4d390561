"""Rules: the straight lines and the edges of boxes on a page of a PDF, and the tables that they draw.

Coordinates are in points, from the lower left corner, on the page turned upright.
"""

import ctypes
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from index.readers.grid import Cell

THIN = 3.5  # points: a box that is thinner is a line
SHORT = 5.0  # points: a shorter line parts nothing
NEAR = 3.0  # points between rules that are one: the borders of two cells side by side
MANY = 5000  # objects: a page with more is a drawing
DEEP = 3  # how deep forms within forms are looked into


class Rule(NamedTuple):
    """A line at a height, from left to right; or one at a distance from the left, from bottom to top."""

    at: float
    start: float
    end: float


@dataclass
class Rules:
    """The lines of a page that run across and those that run down."""

    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)

    def between(self, low: float, high: float, left: float, right: float) -> bool:
        """Whether a line parts what is above from what is below, between two heights, over half of the width."""
        return any(
            low < rule.at < high and min(rule.end, right) - max(rule.start, left) > 0.5 * (right - left)
            for rule in self.across
        )


@dataclass
class Grid:
    """The cells of a table as lines draw them: ``columns`` from the left, ``heights`` from the top."""

    columns: list[float]
    heights: list[float]
    sizes: dict[tuple[int, int], tuple[int, int]]  # how many rows and columns a cell has, by its first row and column
    owners: dict[tuple[int, int], tuple[int, int]]  # for each row and column the cell that it belongs to

    def cell(self, across: float, height: float) -> tuple[int, int] | None:
        """The first row and column of the cell at a point; None outside of the table."""
        row = next((n for n, (top, low) in enumerate(pairwise(self.heights)) if low <= height <= top), None)
        column = next((n for n, (left, right) in enumerate(pairwise(self.columns)) if left <= across <= right), None)
        return None if row is None or column is None else self.owners[row, column]

    def rows(self, texts: dict[tuple[int, int], str]) -> Iterator[list[Cell]]:
        """The cells that begin in each row, with their texts."""
        for row in range(len(self.heights) - 1):
            yield [Cell(texts.get(place, ""), *self.sizes[place]) for place in sorted(self.sizes) if place[0] == row]


def ruled(sheet: Any, angle: float) -> Rules:
    """The rules of a page whose text is turned by ``angle``."""
    import pypdfium2.raw as raw

    across: list[Rule] = []
    down: list[Rule] = []
    turned = _turn(angle)
    boxes = _boxes(raw, sheet, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, turned)
    for left, low, right, top in boxes:
        wide, high = right - left, top - low
        if high < THIN:
            if wide > SHORT:
                across.append(Rule((top + low) / 2, left, right))
        elif wide < THIN:
            if high > SHORT:
                down.append(Rule((left + right) / 2, low, top))
        else:
            across += [Rule(top, left, right), Rule(low, left, right)]
            down += [Rule(left, low, top), Rule(right, low, top)]
    return Rules(_merged(across), _merged(down))


Box = tuple[float, float, float, float]
Turn = Callable[[float, float], tuple[float, float]]


def _turn(angle: float) -> Turn:
    cosine, sine = math.cos(angle), -math.sin(angle)
    return lambda x, y: (x * cosine + y * sine, y * cosine - x * sine)


def _boxes(raw: Any, whole: Any, count: Any, get: Any, turn: Turn, depth: int = 0) -> Iterator[Box]:
    """The boxes of what is drawn: one for each line and rectangle, one for each straight part of other shapes."""
    amount = count(whole)
    if amount > MANY:
        return
    edges = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(edge) for edge in edges]
    for place in range(amount):
        part = get(whole, place)
        kind = raw.FPDFPageObj_GetType(part)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEP:
            yield from _boxes(
                raw, part, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, _within(raw, part, turn), depth + 1
            )
        if kind != raw.FPDF_PAGEOBJ_PATH or not raw.FPDFPageObj_GetBounds(part, *pointers):
            continue
        segments = raw.FPDFPath_CountSegments(part)
        left, low, right, top = (edge.value for edge in edges)
        if segments > 5:
            yield from _straight(raw, part, min(segments, MANY), _within(raw, part, turn))
        elif segments > 3 or min(right - left, top - low) < THIN:
            corners = [turn(left, low), turn(right, top)]
            (left, right), (low, top) = (sorted(edge) for edge in zip(*corners, strict=True))
            yield left, low, right, top


def _within(raw: Any, part: Any, turn: Turn) -> Turn:
    """``turn`` for the points of a part that has a matrix of its own."""
    m = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(part, ctypes.byref(m)):
        return turn
    return lambda x, y: turn(m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f)


def _straight(raw: Any, path: Any, segments: int, turn: Turn) -> Iterator[Box]:
    """The lines of a path that run straight across or down."""
    x, y = ctypes.c_float(), ctypes.c_float()
    before = first = (0.0, 0.0)
    for place in range(segments):
        segment = raw.FPDFPath_GetPathSegment(path, place)
        if not raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            return
        point = turn(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        lines = [(before, point)] if kind == raw.FPDF_SEGMENT_LINETO else []
        if raw.FPDFPathSegment_GetClose(segment):
            lines.append((point, first))
        for (left, low), (right, top) in lines:
            if abs(left - right) < THIN or abs(low - top) < THIN:
                yield min(left, right), min(low, top), max(left, right), max(low, top)
        before = point


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Rules that go on into each other as one, those that are nearly in one line in one line."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules):
        if groups and rule.at - groups[-1][0].at <= NEAR:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    found = []
    for group in groups:
        at = sum(rule.at for rule in group) / len(group)
        runs: list[list[float]] = []
        for _, start, end in sorted(group, key=lambda rule: rule.start):
            if runs and start - runs[-1][1] <= NEAR:
                runs[-1][1] = max(runs[-1][1], end)
            else:
                runs.append([start, end])
        found += [Rule(at, start, end) for start, end in runs]
    return found


def grids(rules: Rules) -> list[Grid]:
    """The tables of at least two rows and two columns that the rules draw, from the top."""
    if len(rules.across) * len(rules.down) > MANY * 20:
        return []
    groups: dict[int, int] = {}  # by the place of a rule among all, the place of another that it is joined to

    def root(place: int) -> int:
        while groups.setdefault(place, place) != place:
            place = groups[place]
        return place

    for m, line in enumerate(rules.across):
        for n, post in enumerate(rules.down, len(rules.across)):
            if line.start - NEAR <= post.at <= line.end + NEAR and post.start - NEAR <= line.at <= post.end + NEAR:
                groups[root(n)] = root(m)
    joined: defaultdict[int, Rules] = defaultdict(Rules)
    for m, line in enumerate(rules.across):
        joined[root(m)].across.append(line)
    for n, post in enumerate(rules.down, len(rules.across)):
        joined[root(n)].down.append(post)
    found = [_grid(group) for group in joined.values() if group.across and group.down]
    return sorted((grid for grid in found if grid), key=lambda grid: -grid.heights[0])


def _grid(rules: Rules) -> Grid | None:
    """The cells between rules that meet; a table that is open at its sides ends where its lines do."""
    columns = _ends([post.at for post in rules.down], rules.across)
    heights = _ends([line.at for line in rules.across], rules.down)[::-1]
    tall, wide = len(heights) - 1, len(columns) - 1
    if tall < 2 or wide < 2 or tall * wide > MANY:
        return None
    owners = {(row, column): (row, column) for row in range(tall) for column in range(wide)}

    def owner(place: tuple[int, int]) -> tuple[int, int]:
        while owners[place] != place:
            place = owners[place]
        return place

    for row, column in owners:
        top, low, left, right = heights[row], heights[row + 1], columns[column], columns[column + 1]
        if column + 1 < wide and not _drawn(rules.down, right, low, top):
            owners[owner((row, column + 1))] = owner((row, column))
        if row + 1 < tall and not _drawn(rules.across, low, left, right):
            owners[owner((row + 1, column))] = owner((row, column))
    cells: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for place in owners:
        cells[owner(place)].append(place)
    sizes, belongs = {}, {}
    for places in cells.values():
        tall, wide = (len({place[axis] for place in places}) for axis in (0, 1))
        whole = tall * wide == len(places)  # else it is no rectangle: a line is missing
        for place in places:
            belongs[place] = min(places) if whole else place
            sizes[belongs[place]] = (tall, wide) if whole else (1, 1)
    return Grid(columns, heights, sizes, belongs)


def _ends(places: Iterable[float], crossing: Sequence[Rule]) -> list[float]:
    """The places of rules, and where those that cross them end, if that is beyond."""
    found = sorted(set(places))
    least, most = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    return [least] * (least < found[0] - 2 * NEAR) + found + [most] * (most > found[-1] + 2 * NEAR)


def _drawn(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    return any(
        abs(rule.at - at) < 0.1 and rule.start <= start + 2 * NEAR and rule.end >= end - 2 * NEAR for rule in rules
    )
