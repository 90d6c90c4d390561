"""Units: the smallest pieces of an article that can prove something, and what a reader has to know of each.

A unit is a sentence, a list item, a row of a table, a line or a few short ones that stand together, or a part of a
sentence that is too long to be read as one. Every letter and digit of a text is in a unit or, for headings and the
column names of tables, in the context of the units below it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from index.block import MARK, TELLING, WIDE, Block, Kind, classified, group_at
from index.clause import OPENING, opening, parts
from index.front_matter import body
from index.language import ENGLISH
from index.markup import plain
from index.outline import CONTEXT, PLAIN, Outline
from index.sentence import LABEL, STOP, Sentence, Span, asks, blocks, sentences
from index.table import SEPARATOR, cells, columns, is_row

TOGETHER = 200  # characters: short lines of one paragraph are one unit up to this
ALONE = 80  # characters: a longer line without a full stop is prose all the same
BACK = 20_000  # characters before a span in which its headings are looked for
COLONS = (":", "：")
BYLINE = re.compile(r"(?:by|von|par|por|di|text|photo|author)\b", re.IGNORECASE)


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


def units(text: str, start: int = 0, end: int | None = None, language: str = ENGLISH) -> list[Unit]:
    """The units of ``text[start:end]`` in order, none of which overlap.

    Offsets count in ``text``, and what stands before ``start`` gives context: for a passage, give the article's text
    and the passage's span. A heading is no unit unless it holds a figure, a colon or a full stop, or nothing is below
    it; one that may as well be a fact is both.
    """
    end = len(text) if end is None else end
    top = body(text)
    since = max(top, 0 if start <= BACK else text.find("\n", start - BACK, start) + 1 or start - BACK)
    seen = classified(text, [*blocks(text, since, start), *blocks(text, max(start, top), end)])
    found: list[Unit] = []
    outline = Outline(language)
    position = 0
    while position < len(seen):
        block = seen[position]
        run = group_at(seen, position)
        position += len(run)
        after = next((other for other in seen[position:] if other.kind is not Kind.NOTHING), None)
        match block.kind:
            case Kind.HEADING:
                made = _heading(text, block, after, outline, _is_far(seen[position - 1 :]))
            case Kind.SHORT:
                made = _lines(text, run, after, outline, opens=block.start == seen[0].start and since == top)
            case Kind.ROW:
                whole = block is not seen[0] or since == top
                made = _table(text, run, outline, _caption(text, seen[: position - len(run)]), whole)
            case Kind.ITEM | Kind.PROSE:
                made = _prose(text, block, outline)
            case Kind.NOTHING:
                made = iter(())
        found += [unit for unit in made if unit.start >= start]
    return found


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
    start = block.start + (mark.end() if mark else 0)
    if STOP.search(said) or len(said) > WIDE:
        yield from _sentences(text, block.start, block.end, outline)
    elif (bare or far or TELLING.search(said)) and said:
        yield Unit(start, start + len(said), said, outline.context(outline.lead))
    outline.enter(block.level, said)


def _lines(text: str, run: Sequence[Block], after: Block | None, outline: Outline, opens: bool) -> Iterator[Unit]:
    """Short lines one after the other: the first of a text is its title, the one before prose is a heading.

    One before what is no more than a line itself may as well be a fact: it is both. Of two that stand alone, the first
    is the heading of the second. The first after a question answers it.
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
        if not index and outline.question:
            yield Unit(left, right, words, outline.context(outline.question))
            outline.question = ""
            continue
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


def _caption(text: str, above: Sequence[Block]) -> str:
    """A line right above a table that is no sentence: "Fees in 2025". One that may be a heading is one anyway."""
    before = above[-1] if above else None
    if before is None or before.kind is not Kind.PROSE or before.end - before.start > WIDE:
        return ""
    words = text[before.start : before.end]
    return "" if "\n" in words or STOP.search(words) else words


def _table(text: str, run: Sequence[Block], outline: Outline, caption: str, whole: bool) -> Iterator[Unit]:
    """The rows of a table, each with its caption, the names of the columns, and the row of one cell above it."""
    blank = text.rfind("\n\n", 0, run[0].start)
    top = _left(text, run[0]) if whole else blank + 2 if blank >= 0 else 0
    head = text[top : run[0].end].partition("\n")[0]
    rest = [text[_left(text, block) : block.end] for block in run if block.kind is Kind.ROW]
    ruled = len(run) > 1 and not any(map(str.isalnum, text[run[1].start : run[1].end]))
    names = columns(head, rest[whole:], ruled or not whole)
    hidden = whole and 0 < len(SEPARATOR.join(names)) < CONTEXT and (ruled or len(cells(head)) > 2)
    section = ""
    for block in run:
        row = text[block.start : block.end]
        if any(map(str.isalnum, row)) and not (hidden and block is run[0]):
            empty = block.start - _left(text, block)
            named = "" if block is run[0] and whole else SEPARATOR.join(names[empty:])[:CONTEXT]
            yield Unit(block.start, block.end, row, outline.context(caption, section, named))
            if not empty and not is_row(row):
                section = " ".join(row.split())[:OPENING]


def _left(text: str, row: Block) -> int:
    """Where ``row`` begins with the empty cells before its first word."""
    left = row.start
    while text[left - 1 : left] == "\t":
        left -= 1
    return left


def _prose(text: str, block: Block, outline: Outline) -> Iterator[Unit]:
    """The sentences of a block.

    What leads to a list is told with its items, the first of labelled lines with the others, and a question that
    stands alone with what follows it.
    """
    words = text[block.start : block.end]
    labelled = block.kind is Kind.PROSE and "\n" not in words and bool(LABEL.match(words))
    listed = block.kind is Kind.ITEM and (asks(outline.lead) or outline.lead.endswith(COLONS))
    together = not block.first and (labelled or block.kind is Kind.ITEM or asks(outline.lead))
    lead = outline.question or (outline.lead if listed or together else "")
    outline.lead, outline.question = "" if asks(words) else lead, ""
    made = list(_sentences(text, block.start, block.end, outline))
    yield from made
    if block.kind is Kind.PROSE and words.endswith(COLONS):
        outline.lead = " ".join(_last(sentences(words, outline.language), words).split())[-OPENING:]
    elif len(made) == 1 and asks(words):
        outline.question = plain(" ".join(words.split()))
    elif labelled and block.first and len(words) <= OPENING:
        outline.lead = words


def _last(found: Sequence[Sentence], words: str) -> str:
    return found[-1].text if found else words


def _sentences(text: str, left: int, right: int, outline: Outline) -> Iterator[Unit]:
    """The sentences of a block; long ones in parts, of which the later ones are told how it began.

    What follows a question is told with it.
    """
    question = ""
    for sentence in sentences(text[left:right], outline.language):
        start, end = left + sentence.start, left + sentence.end
        question = "" if asks(sentence.text) else question
        began = ""
        for part_start, part_end in parts(text, start, end):
            yield Unit(part_start, part_end, text[part_start:part_end], outline.context(outline.lead, question, began))
            began = began or opening(text[start:end])
        question = plain(sentence.text) if asks(sentence.text) else question
