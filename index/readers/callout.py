"""Callouts: boxes that are drawn on a page of a PDF beside prose, and are read apart from it."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from index.readers.piece import Piece
from index.readers.rules import NEAR, Rules

MOST = 100  # rules: a page with more has tables or drawings
LEVEL = 1.0  # points by which lines at the same height may differ
LINES = 2  # in a box and beside it, at least
LETTERS = 14  # of a line beside it, on average: cells of a table have fewer


class Box(NamedTuple):
    """The edges of a box."""

    left: float
    bottom: float
    right: float
    top: float


def callouts(pieces: Sequence[Piece], rules: Rules) -> tuple[list[Piece], list[list[Piece]]]:
    """The pieces that stand in no callout, and those of each callout."""
    found, rest = [], list(pieces)
    for box in _boxes(rules):
        inside = [piece for piece in rest if _is_in(piece, box)]
        beside = [piece for piece in rest if box.bottom < piece.middle < box.top and not _is_in(piece, box)]
        if len(inside) >= LINES and len(beside) >= LINES and _are_apart(inside, beside, box):
            found.append(inside)
            rest = [piece for piece in rest if not _is_in(piece, box)]
    return rest, found


def _boxes(rules: Rules) -> Iterator[Box]:
    """The boxes that are drawn by two rules that run down, and two across from one to the other."""
    if len(rules.down) > MOST:
        return
    for one, other in combinations(rules.down, 2):
        if abs(one.start - other.start) > NEAR or abs(one.end - other.end) > NEAR:
            continue
        ends = [rule.at for rule in rules.across if rule.start <= one.at + NEAR and rule.end >= other.at - NEAR]
        if all(any(abs(at - edge) <= NEAR for at in ends) for edge in (one.start, one.end)):
            yield Box(one.at, one.start, other.at, one.end)


def _is_in(piece: Piece, box: Box) -> bool:
    return box.left - NEAR < piece.left and piece.right < box.right + NEAR and box.bottom < piece.middle < box.top


def _are_apart(inside: Sequence[Piece], beside: Sequence[Piece], box: Box) -> bool:
    """Whether what stands beside a box is prose, on one side of it, at other heights than the lines in it."""
    level = sum(any(abs(piece.middle - other.middle) < LEVEL for other in inside) for piece in beside)
    letters = sum(len(piece.text) for piece in beside) / len(beside)
    sides = {piece.right <= box.left + NEAR for piece in beside if not box.left < piece.left < box.right}
    return 2 * level < len(beside) and letters >= LETTERS and len(sides) == 1
