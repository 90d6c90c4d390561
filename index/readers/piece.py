"""Pieces, words and lines: what is written on a page, and where.

Coordinates are in points, from the lower left corner, as in PDF.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import NamedTuple

BLANK = 0.15  # heights of the text, between words at least
CELL = 0.8  # heights of the text, between cells of a row
WIDER = 1.5  # times the width of the blanks in a line, between cells
EXACT = 0.6  # points by which blanks of the same width may differ
SPACED, MOST = (
    4,
    0.8,
)  # words that begin after a mere gap, and the share that are one letter, at least, in spaced letters
SPACING = 1.6  # times the gap between spaced letters, between words
WORD = 0.25  # heights of the text, between words as a rule


@dataclass
class Piece:
    """Text that stands together on a line."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    angle: float = 0.0  # on the page, before it was turned so that this can be read
    words: list[tuple[int, float, float]] = field(default_factory=list)  # where in the text each but the first begins,
    # its left edge, and the gap before it
    loose: int = 0  # how many of them begin after a gap alone, without a blank in the file

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 1.0)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


class Word(NamedTuple):
    """Letters without a blank, at their place."""

    text: str
    left: float
    right: float
    middle: float
    height: float


class Gap(NamedTuple):
    """What is free between words, or between columns."""

    left: float
    right: float


@dataclass
class Line:
    """Pieces side by side, from left to right."""

    pieces: list[Piece]

    @property
    def left(self) -> float:
        return self.pieces[0].left

    @cached_property
    def right(self) -> float:
        return max(piece.right for piece in self.pieces)

    @property
    def middle(self) -> float:
        return self.pieces[0].middle

    @cached_property
    def height(self) -> float:
        return max(piece.height for piece in self.pieces)

    @cached_property
    def words(self) -> list[Word]:
        return [word for piece in self.pieces for word in words(piece)]

    @cached_property
    def text(self) -> str:
        return " ".join(self.pieces[0].text.split()) if len(self.pieces) == 1 else joined(self.words)

    @cached_property
    def free(self) -> list[Gap]:
        """What no word covers, from the left, both sides of the line with it."""
        found, right = [], float("-inf")
        for word in sorted(self.words, key=lambda word: word.left):
            if word.left > right:
                found.append(Gap(right, word.left))
                right = word.right
            elif word.right > right:
                right = word.right
        return [*found, Gap(right, float("inf"))]

    @cached_property
    def wide(self) -> list[Gap]:
        """The gaps that are as wide as those between cells."""
        if len(self.pieces) == 1 and all(gap <= CELL * self.height for _, _, gap in self.pieces[0].words):
            return []
        least = max(CELL * self.height, WIDER * self._blank)
        return [gap for gap in self.free[1:-1] if gap.right - gap.left > least]

    @property
    def _blank(self) -> float:
        """How wide the blanks of a line of prose are, most of which are alike, or all of a few; 0 for a row."""
        widths = sorted(gap.right - gap.left for gap in self.free[1:-1])
        usual = widths[len(widths) // 2] if len(widths) > 1 else 0.0
        alike = sum(abs(width - usual) < EXACT for width in widths)
        is_prose = 2 * alike > len(widths) if len(widths) > 3 else alike == len(widths)
        return usual if is_prose and re.search(r"[^\W\d]{4}", self.text) else 0.0


def words(piece: Piece) -> list[Word]:
    """The words of a piece."""
    starts = [(0, piece.left), *((start, left) for start, left, _ in piece.words)]
    ends = [*((start, left - gap) for start, left, gap in piece.words), (len(piece.text), piece.right)]
    middle, height = piece.middle, piece.height
    return [
        Word(piece.text[start:end].rstrip(), left, right, middle, height)
        for (start, left), (end, right) in zip(starts, ends, strict=True)
    ]


def close_up(piece: Piece) -> None:
    """Make words of letters that are spaced out: most stand alone, and are parted by nothing but gaps of one width."""
    parts = piece.text.split()
    if piece.loose < SPACED or sum(len(part) == 1 for part in parts) < MOST * len(parts):
        return
    usual = median(gap for _, _, gap in piece.words)
    text, found = piece.text[: piece.words[0][0]].rstrip(), []
    for start, left, gap in piece.words:
        if gap > SPACING * usual:
            text += " "
            found.append((len(text), left, gap))
        text += piece.text[start:].split(" ", 1)[0]
    piece.text, piece.words = text, found


def joined(found: Sequence[Word]) -> str:
    """Words from left to right, with blanks where there are gaps between them."""
    text, right = "", float("inf")
    for word in found:
        text += " " * (word.left - right > BLANK * word.height) + word.text
        right = word.right
    return " ".join(text.split())


def fits(line: Sequence[Word], following: Sequence[Word], limit: float) -> bool:
    """Whether there was room for the next word on a line, so that it ends for another reason."""
    return line[-1].right + WORD * line[0].height + following[0].right - following[0].left < limit


def lines(pieces: Iterable[Piece]) -> list[Line]:
    """Pieces by line, from the top; raised and lowered ones belong to the line that they stand in."""
    found: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (-p.middle, p.left)):
        line = found[-1] if found else None
        if line and abs(line[0].middle - piece.middle) < 0.5 * min(max(p.height for p in line), piece.height):
            line.append(piece)
        else:
            found.append([piece])
    return [Line(sorted(line, key=lambda p: p.left)) for line in found]
