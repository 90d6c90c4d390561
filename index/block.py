"""Blocks: what each piece of a text is that no sentence crosses: a heading, a list item, a row, prose."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from index.passage import HEADING
from index.sentence import BULLET, STOP, Span, asks
from index.table import is_row

CELL = 80  # characters of a line below a row, up to which it may be a row of one cell
WIDE = 120  # characters of a heading that is underlined, at most
TELLING = re.compile(r"[\d:]")  # "Open: 9 to 5" stands alone like a heading, but says something
FENCE = re.compile(r"```|~~~")
UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\^{3,}|\*{3,})\s*$")
MARK = re.compile(r"(#{1,6})\s+")


class Kind(Enum):
    """What a block of a text is."""

    NOTHING = 0  # no letter and no digit
    HEADING = 1  # marked as one
    SHORT = 2  # a lone short line: a heading, or a fact
    ITEM = 3
    ROW = 4
    PROSE = 5


@dataclass(frozen=True)
class Block:
    """A span that no sentence crosses; ``first`` says whether it begins a paragraph."""

    start: int
    end: int
    kind: Kind
    first: bool
    level: int = 0  # of a heading


def classified(text: str, spans: Sequence[Span]) -> list[Block]:
    """What each of the ``spans``, which no sentence crosses, is."""
    found: list[Block] = []
    fenced = False
    for place, (left, right) in enumerate(spans):
        words = text[left:right]
        first = not place or text.count("\n", spans[place - 1][1], left) > 1
        fence = FENCE.match(words)
        kind, level = (Kind.PROSE, 0) if fenced and not fence else _kind(words)
        fenced ^= bool(fence)
        after_row = bool(found) and found[-1].kind is Kind.ROW and not first
        if after_row and (kind is Kind.SHORT or (kind is Kind.PROSE and _is_cell(text, left, right))):
            kind = Kind.ROW  # of one cell
        if UNDERLINE.match(words) and not first and found and found[-1].kind in (Kind.SHORT, Kind.PROSE):
            above = found.pop()
            if above.first and above.end - above.start <= WIDE:
                above = replace(above, kind=Kind.HEADING, level=1 if words[0] == "=" else 2)
            found.append(above)
        found.append(Block(left, right, kind, first, level))
    return found


def _kind(words: str) -> tuple[Kind, int]:
    """What a block is, and the level of a heading."""
    if not any(map(str.isalnum, words)) or (FENCE.match(words) and "\n" not in words):
        return Kind.NOTHING, 0
    if is_row(words):
        return Kind.ROW, 0
    if mark := MARK.match(words):
        return Kind.HEADING, len(mark[1])
    if BULLET.match(words):
        return Kind.ITEM, 0
    ends = STOP.search(words) or asks(words)
    short = "\n" not in words and HEADING.fullmatch(words) and not ends and not TELLING.search(words)
    return (Kind.SHORT if short else Kind.PROSE), 0


def _is_cell(text: str, left: int, right: int) -> bool:
    """Whether a line below a row may be the only full cell of another: "From 2024", or what stands after a tab."""
    words = text[left:right]
    return text[left - 1 : left] == "\t" or ("\n" not in words and len(words) <= CELL and not STOP.search(words))


def group_at(seen: Sequence[Block], position: int) -> Sequence[Block]:
    """The blocks from ``position`` on that are one table, or short lines one after the other; else the one."""
    kind = seen[position].kind
    end = position + 1
    if kind is Kind.ROW:
        while end < len(seen) and not seen[end].first and seen[end].kind in (Kind.ROW, Kind.NOTHING):
            end += 1
    elif kind is Kind.SHORT:
        while end < len(seen) and seen[end].kind is Kind.SHORT:
            end += 1
    return seen[position:end]
