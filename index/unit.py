"""Units: the least pieces of an article that can prove something, and what a reader has to know of each.

A unit is a sentence, a list item, a row of a table, a line or a few short ones that stand together, or a part of a
sentence that is too long to be read as one. Every letter and digit of a text is in a unit or, for headings and the
column names of tables, in the context of the units below it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import takewhile

from index.front_matter import body
from index.language import ENGLISH
from index.passage import HEADING
from index.sentence import BULLET, STOP, Sentence, Span, blocks, is_row, sentences

LONG = 400  # characters: a longer sentence is cut at the ends of its clauses
TOGETHER = 200  # characters: short lines of one paragraph are one unit up to this
ALONE = 80  # characters: a longer line without a full stop is prose all the same
CONTEXT = 240  # characters of context, at most
OPENING = 80  # characters of a long sentence's beginning, for the context of its other parts
WIDE = 120  # characters of a heading that is underlined, at most
BACK = 20_000  # characters before a span in which its headings are looked for
TELLING = re.compile(r"[\d:]")  # "Open: 9 to 5" stands alone like a heading, but says something
BYLINE = re.compile(r"(?:by|von|par|por|di|text|photo|author)\b", re.IGNORECASE)
FENCE = re.compile(r"```|~~~")
BAR, GAP = re.compile(r"(?<!\\)\|"), re.compile(r"\s{2,}")  # between cells
EMPHASIS = re.compile(r"\*+|`|(?<!\w)_+|_+(?!\w)")  # Markdown's marks of it
UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\^{3,}|\*{3,})\s*$")
MARK = re.compile(r"(#{1,6})\s+")
CUTS = (  # where a long sentence is cut, best first
    re.compile(r"[;；。！？।][\"”’)]*\s*|(?<=\s)(?=\([a-z0-9]{1,3}\)\s)"),
    re.compile(r"(?:[,:，、：،]|\s[–—-])\s*(?!\d)"),
    re.compile(
        r"(?<!\sand)(?<!\sbut)(?<!\sso)\s(?=(?:and|but|or|so|because|which|who|that|then|when|while|where|if|und|oder|aber|et|ou|mais|y|pero)\b)"
    ),
    re.compile(r"\s+"),
)


@dataclass(frozen=True)
class Unit:
    """A span of a text: ``text_it_came_from[start:end] == text``.

    ``context`` is what it takes to understand it and is not cited: the headings above it, outermost first, and the
    column names of its table, or how its sentence began; "" where there is none.
    """

    start: int
    end: int
    text: str
    context: str


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


@dataclass
class Outline:
    """The headings above a place in a text, each with its level; the column names of a table; a list's lead-in."""

    language: str = ENGLISH
    headings: list[tuple[int, str]] = field(default_factory=list)
    columns: str = ""
    lead: str = ""

    def enter(self, level: int, words: str) -> None:
        """Begin the section under a heading."""
        self.headings = [*(h for h in self.headings if h[0] < level), (level, " ".join(words.split()))]
        self.lead = ""

    def context(self, *more: str) -> str:
        """The innermost headings that there is room for, then ``more``."""
        room, kept = CONTEXT - sum(map(len, more)), list[str]()
        for _, words in reversed(self.headings):
            room -= len(words)
            if room < 0 and kept:
                break
            kept.insert(0, words)
        return " › ".join(filter(None, [*kept, *more]))


PLAIN = 7  # the level of a heading without a mark, below all that have one


def units(text: str, start: int = 0, end: int | None = None, language: str = ENGLISH) -> list[Unit]:
    """The units of ``text[start:end]`` in order, none of which overlap.

    Offsets count in ``text``, and what stands before ``start`` gives context: for a passage, give the article's text
    and the passage's span. A heading is no unit unless it holds a figure, a colon or a full stop, or nothing is below
    it; one that may as well be a fact is both.
    """
    end = len(text) if end is None else end
    top = body(text)
    since = max(top, 0 if start <= BACK else text.find("\n", start - BACK, start) + 1 or start - BACK)
    seen = _blocks(text, [*blocks(text, since, start), *blocks(text, max(start, top), end)])
    found: list[Unit] = []
    outline = Outline(language)
    position = 0
    while position < len(seen):
        block = seen[position]
        run = _run(seen, position)
        position += len(run)
        after = next((other for other in seen[position:] if other.kind is not Kind.NOTHING), None)
        match block.kind:
            case Kind.HEADING:
                made = _heading(text, block, after, outline, _is_far(seen[position - 1 :]))
            case Kind.SHORT:
                made = _lines(text, run, after, outline, opens=block.start == seen[0].start and since == top)
            case Kind.ROW:
                made = _table(text, run, outline, whole=block is not seen[0] or since == top)
            case Kind.ITEM | Kind.PROSE:
                made = _prose(text, block, outline)
            case Kind.NOTHING:
                made = iter(())
        found += [unit for unit in made if unit.start >= start]
    return found


def _run(seen: Sequence[Block], position: int) -> Sequence[Block]:
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


def _blocks(text: str, spans: Sequence[Span]) -> list[Block]:
    """What each of the ``spans``, which no sentence crosses, is."""
    found: list[Block] = []
    fenced = False
    for place, (left, right) in enumerate(spans):
        words = text[left:right]
        first = not place or text.count("\n", spans[place - 1][1], left) > 1
        fence = FENCE.match(words)
        kind, level = (Kind.PROSE, 0) if fenced and not fence else _kind(words)
        fenced ^= bool(fence)
        if kind is Kind.SHORT and not first and found and found[-1].kind is Kind.ROW:
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
    short = "\n" not in words and HEADING.fullmatch(words) and not STOP.search(words) and not TELLING.search(words)
    return (Kind.SHORT if short else Kind.PROSE), 0


def _is_far(blocks: Sequence[Block]) -> bool:
    """Whether the first of ``blocks`` is a heading over so many others that what is below them has no room for it."""
    headings = takewhile(lambda block: block.kind in (Kind.HEADING, Kind.NOTHING), blocks)
    return sum(block.end - block.start for block in headings) > CONTEXT


def _heading(text: str, block: Block, after: Block | None, outline: Outline, far: bool) -> Iterator[Unit]:
    """A marked or underlined heading; a unit where it says something, or is ``far`` from what is below."""
    words = text[block.start : block.end]
    mark = MARK.match(words)
    said = words[mark.end() if mark else 0 :].rstrip("# \t")
    bare = after is None or (after.kind is Kind.HEADING and after.level <= block.level)
    if bare or far or TELLING.search(said) or STOP.search(said):
        yield from _sentences(text, block.start, block.end, outline)
    outline.enter(block.level, said)


def _lines(text: str, run: Sequence[Block], after: Block | None, outline: Outline, opens: bool) -> Iterator[Unit]:
    """Short lines one after the other: the first of a text is its title, the one before prose is a heading.

    One before what is no more than a line itself may as well be a fact: it is both. Of two that stand alone, the first
    is the heading of the second.
    """
    last = len(run) - 1
    below = after is not None and after.kind not in (Kind.HEADING, Kind.SHORT)
    alone = below and (run[last].first or not last)
    firm = below and _is_whole(text, after)
    groups = _groups(run)
    titled = opens and len(groups[0]) == 1 and (last > 0 or below)
    pair = len(groups) == len(run) == 2 + titled and not firm
    for index, group in enumerate(groups):
        left, right = group[0].start, group[-1].end
        words = text[left:right]
        title = titled and not index
        byline = BYLINE.match(words) or (opens and 0 < last <= 1 and index == last)
        above = group[-1] is run[last] and len(group) == 1 and alone
        if not title and (byline or not above or not firm):
            for start, end in _fitting(group):
                yield Unit(start, end, text[start:end], outline.context())
        if title or (pair and index == titled) or (above and not pair and not BYLINE.match(words)):
            outline.enter(PLAIN - title, words)


def _is_whole(text: str, block: Block | None) -> bool:
    """Whether it is more than a line that may belong to the one before: sentences, a list, a table."""
    if block is None or block.kind is not Kind.PROSE:
        return block is not None
    words = text[block.start : block.end]
    return bool(STOP.search(words)) or len(words) > ALONE


def _groups(run: Sequence[Block]) -> list[list[Block]]:
    """Short lines by paragraph."""
    groups: list[list[Block]] = []
    for block in run:
        if block.first or not groups:
            groups.append([block])
        else:
            groups[-1].append(block)
    return groups


def _fitting(group: Sequence[Block]) -> list[Span]:
    """A paragraph of a few short lines as one span, or each of its lines."""
    if group[-1].end - group[0].start <= TOGETHER:
        return [(group[0].start, group[-1].end)]
    return [(block.start, block.end) for block in group]


def _table(text: str, run: Sequence[Block], outline: Outline, whole: bool) -> Iterator[Unit]:
    """The rows of a table, each with the names of the columns, and with the row of one cell above it."""
    top = text.rfind("\n\n", 0, run[0].start) + 2 if not whole else run[0].start
    head = text[max(top, 0) : run[0].end].partition("\n")[0] if not whole else text[run[0].start : run[0].end]
    rest = [text[block.start : block.end] for block in run if block.kind is Kind.ROW]
    ruled = len(run) > 1 and not any(map(str.isalnum, text[run[1].start : run[1].end]))
    names = _names(head, rest[whole:], ruled or not whole)
    hidden = whole and 0 < len(names) < CONTEXT and (ruled or len(_cells(head)) > 2)
    section = ""
    for block in run:
        row = text[block.start : block.end]
        if any(map(str.isalnum, row)) and not (hidden and block is run[0]):
            yield Unit(
                block.start, block.end, row, outline.context(section, "" if block is run[0] and whole else names)
            )
            if not is_row(row):
                section = " ".join(row.split())[:OPENING]


def _names(head: str, rows: Sequence[str], sure: object) -> str:
    """``head`` as the names of columns, or "" where it is rather a row like the others."""
    cells = _cells(head)
    figures = Counter(place for row in rows for place, cell in enumerate(_cells(row)) if re.search(r"\d", cell))
    named = not any(re.search(r"\d", cell) for cell in cells) and (
        len(cells) > 2 or 2 * max(figures.values(), default=0) > len(rows)
    )
    return " | ".join(cells)[:CONTEXT] if cells and rows and (sure or named) else ""


def named_cells(row: str, context: str) -> list[tuple[str, str]]:
    """Each cell of ``row`` after the name of its column; none where ``context`` does not have their names."""
    names, values = context.rpartition(" › ")[2].split(" | "), _cells(row)
    return list(zip(names, values, strict=True)) if 1 < len(names) == len(values) else []


def _cells(row: str) -> list[str]:
    parts = row.split("\t") if "\t" in row else (BAR if "|" in row else GAP).split(row.strip().strip("|"))
    return [cell for part in parts if (cell := " ".join(EMPHASIS.sub("", part).replace("\\|", "|").split()))]


def _prose(text: str, block: Block, outline: Outline) -> Iterator[Unit]:
    words = text[block.start : block.end]
    if block.kind is Kind.PROSE:
        outline.lead = ""
    yield from _sentences(text, block.start, block.end, outline)
    if block.kind is Kind.PROSE and words.endswith((":", "：")):
        outline.lead = " ".join(_last(sentences(words, outline.language), words).split())[-OPENING:]


def _last(found: Sequence[Sentence], words: str) -> str:
    return found[-1].text if found else words


def _sentences(text: str, left: int, right: int, outline: Outline) -> Iterator[Unit]:
    """The sentences of a block; long ones in parts, of which the later ones are told how it began."""
    for sentence in sentences(text[left:right], outline.language):
        start, end = left + sentence.start, left + sentence.end
        opening = ""
        for part_start, part_end in _parts(text, start, end):
            yield Unit(part_start, part_end, text[part_start:part_end], outline.context(outline.lead, opening))
            opening = opening or _opening(text[start:end])


def _opening(sentence: str) -> str:
    """Its first clause; "" where it has no commas, and the beginning says nothing of the rest."""
    words = " ".join(sentence[: 2 * OPENING].split())[:OPENING]
    clause = CUTS[1].search(words, OPENING // 4)
    return f"{words[: clause.start()]} …" if clause else ""


def _parts(text: str, start: int, end: int) -> Iterator[Span]:
    """``text[start:end]`` in parts of at most LONG characters, about alike, cut where a clause ends."""
    while end - start > LONG:
        parts = -(-(end - start) // LONG)
        cut = _clause_end(text, start + (end - start) // (2 * parts), min(start + LONG, end - 1))
        right = cut
        while text[right - 1].isspace():
            right -= 1
        yield start, right
        start = cut
        while text[start].isspace():
            start += 1
    yield start, end


def _clause_end(text: str, least: int, most: int) -> int:
    for pattern in CUTS:
        cuts = [cut.end() for cut in pattern.finditer(text, least, most) if cut.end() < most]
        if cuts:
            return cuts[-1]
    while most > least + 1 and (unicodedata.combining(text[most]) or text[most] in "\u200c\u200d\ufe0f"):
        most -= 1
    return most
