"""Pages: one text made of them, as a reader reads on over their ends."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.document import NO_TEXT, PARAGRAPHS
from index.readers import ocr
from index.readers.grid import rows
from index.readers.paragraph import BULLET, Paragraph

MARGIN = 0.12  # of a page's height, in which running heads and feet stand
REPEATED = 3  # pages that a line stands on, to be a running head
HYPHENS = "-\u00ad\u2010\ufffe\x02"
SOFT = re.compile(r"\u00ad(?=\w)")  # hyphens that show only where a line ends
GOES_ON = re.compile(r"[\w,;–—-]$")
WANTS_MORE = re.compile(  # words that end no sentence and no heading: a name or a figure follows
    r"(?:,|(?<!\w)(?:an?|and|are|as|at|by|for|from|in|is|of|or|that|the|to|was|were|which|who|whose|with|"
    r"au|aux|bei|das|de|del|dem|den|der|des|die|du|e|ein|eine|el|et|für|la|las|le|les|los|mit|oder|ou|par|por|que|"
    r"qui|um|un|und|une|von|vom|war|zu|zum|zur|y))$"
)
COMPOUND = re.compile(  # what keeps its hyphen before most words
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|well|self|half|mid|non|ex|vice|long|short|high|low|so|one|"
    r"two|three|four|five|six|seven|eight|nine|ten)",
    re.IGNORECASE,
)
LONG = 40  # characters: a shorter paragraph may be a heading, and does not go on over the end of a page
ALIKE = 12.0  # points by which the columns of a table that goes on may differ
NUMBER = re.compile(
    r"\W*(?:page|seite|side|sida|p\.)?\s*(?:\d{1,5}|[ivxlc]{1,7})(?:\s*(?:of|von|av|/)\s*\d+)?\W*", re.IGNORECASE
)
FAULTS = {  # what is said of one page and of several
    "damaged": ("can't be read: it is damaged", "can't be read: they are damaged"),
    "no map": ("has a font that gives no text", "have fonts that give no text"),
    "no text": ("holds no text", "hold no text"),
    "blank": ("is blank, or damaged", "are blank, or damaged"),
}


@dataclass
class Page:
    """A page: ``paragraphs`` in reading order, ``label`` as it is printed, the heights of its edges in points.

    ``fault`` is one of FAULTS, or "".
    """

    label: str
    number: int
    top: float = 0.0
    bottom: float = 0.0
    paragraphs: list[Paragraph] = field(default_factory=list)
    fault: str = ""


def drop_running(pages: Sequence[Page]) -> None:
    """Leave out what stands at the head or the foot of many pages, but for its number, and the numbers of pages."""
    seen: Counter[str] = Counter()
    full = [page for page in pages if page.paragraphs and page.top]
    for page in full:
        seen.update({form for p in page.paragraphs for form in _forms(p, page) if _in_margin(p, page)})
    numbered = sum(any(_is_number(p) and _in_margin(p, page) for p in page.paragraphs) for page in full)
    for page in full:
        kept = []
        for paragraph in page.paragraphs:
            repeated = max((seen[form] for form in _forms(paragraph, page)), default=0)
            running = repeated >= max(min(REPEATED, len(full)), 2, 0.3 * len(full)) or (
                _is_number(paragraph) and (numbered > 1 or _is_own(paragraph, page))
            )
            if not (running and _in_margin(paragraph, page)):
                kept.append(paragraph)
        page.paragraphs = kept if kept or numbered > 1 else page.paragraphs
        if page.paragraphs:
            page.paragraphs[0].opens = True


def _forms(paragraph: Paragraph, page: Page) -> set[str]:
    """What has to be the same on several pages: all of it, or all but the page's number."""
    words = " ".join(paragraph.lines)
    printed = re.findall(r"\d+", page.label)
    return {words, *(re.sub(rf"\b{number}\b", "#", words) for number in printed)}


def _is_number(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) == 1 and bool(NUMBER.fullmatch(paragraph.lines[0]))


def _is_own(paragraph: Paragraph, page: Page) -> bool:
    """Whether a number is that of the page."""
    numbers = re.findall(r"\d+", paragraph.lines[0])
    return numbers[:1] == re.findall(r"\d+", page.label)[:1]


def _in_margin(paragraph: Paragraph, page: Page) -> bool:
    depth = MARGIN * max(page.top - page.bottom, 1.0)
    top, bottom = max(p.top for p in page.paragraphs), min(p.bottom for p in page.paragraphs)
    outermost = paragraph.top == top or paragraph.bottom == bottom
    inside = page.bottom + depth < paragraph.top and paragraph.bottom < page.top - depth
    return len(paragraph.lines) <= 2 and (outermost or not inside)


def largest(pages: Sequence[Page]) -> str | None:
    """The largest writing on the first page, if it is larger than most: its title."""
    found = pages[0].paragraphs if pages else []
    heights = sorted(p.height for page in pages for p in page.paragraphs for _ in p.lines)
    if not found or not heights:
        return None
    top = max(found, key=lambda p: p.height)
    words = top.rows[0][0].text if top.rows else " ".join(top.lines)  # beside it may stand a date
    return words if top.height > 1.15 * heights[len(heights) // 2] and 2 < len(words) < 200 else None


def joined(pages: Sequence[Page]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, and where each begins."""
    written = (line for page in pages for paragraph in page.paragraphs for line in paragraph.lines)
    known = {word for line in written for word in re.findall(r"[\w-]+", line)}
    pieces: list[str] = []
    offsets: list[int] = []
    length = 0
    before: Paragraph | None = None
    head = ""  # the names of the columns of the table before
    for page in pages:
        begins = None
        for paragraph in page.paragraphs:
            lines = _lines(paragraph, known)
            link = PARAGRAPHS if pieces else ""
            if before and paragraph.opens and _goes_on(before, paragraph, lines[:1] == [head]):
                link, lines = "\n", lines[lines[:1] == [head] :]
                if lines and (whole := _mended(pieces[-1], lines[0])):
                    length += len(whole) - len(pieces[-1])
                    pieces[-1], lines = whole, lines[1:]
            else:
                head = lines[0] if paragraph.rows and lines else ""
            words = SOFT.sub("", NO_TEXT.sub("", "\n".join(lines))).strip("\n ")
            if not words:
                continue
            if before and paragraph.opens and not before.rows and not paragraph.rows:
                if words[0].islower() and pieces[-1][-1] in HYPHENS:
                    stem = _stem(pieces[-1], words, known)
                    length += len(stem) - len(pieces[-1])
                    pieces[-1], link = stem, ""
                elif len(pieces[-1]) > LONG and _is_open(pieces[-1], words):
                    link = " "
            begins = length + len(link) if begins is None else begins
            pieces.append(link + words)
            length += len(pieces[-1])
            before = paragraph
        offsets.append(length if begins is None else begins)
    return "".join(pieces), tuple(offsets)


def _is_open(text: str, words: str) -> bool:
    """Whether the sentence with which ``text`` ends goes on with ``words``, behind the end of a page or a column."""
    if words[0].islower():
        return bool(GOES_ON.search(text))
    return bool(WANTS_MORE.search(text)) and not BULLET.match(words)


def _lines(paragraph: Paragraph, known: set[str]) -> list[str]:
    """The rows of a table, the lines of an address, or one line of prose."""
    if paragraph.rows:
        return _rows(paragraph, known)
    return paragraph.lines if paragraph.is_broken else [_prose(paragraph.lines, known)]


def _rows(table: Paragraph, known: set[str]) -> list[str]:
    """The rows of a table, a line each."""
    cells = [[replace(cell, text=_prose(cell.text.split("\n"), known)) for cell in row] for row in table.rows]
    return rows(cells, table.heads)


def _goes_on(before: Paragraph, table: Paragraph, named: bool) -> bool:
    """Whether ``table``, which opens a page, is the rest of the one before: ``named`` alike, or with columns alike."""
    alike = len(before.edges) == len(table.edges) and all(
        abs(a - b) < ALIKE for a, b in zip(before.edges, table.edges, strict=True)
    )
    return bool(before.rows and table.rows) and (named or alike)


def _mended(table: str, row: str) -> str:
    """A table whose last row goes on with ``row``, over the end of a page; "" where ``row`` is one of its own."""
    rest, _, last = table.rpartition("\n")
    cells, more = last.split("\t"), row.split("\t")
    filled = [place for place, cell in enumerate(more) if cell]
    if not filled or filled[0] == 0 or filled[-1] >= len(cells) or not more[filled[0]][0].islower():
        return ""
    for place in filled:
        cells[place] = f"{cells[place]} {more[place]}".strip()
    return f"{rest}\n" * bool(rest) + "\t".join(cells)


def _prose(lines: Sequence[str], known: set[str]) -> str:
    """Lines as one: words that are broken at a line's end are whole again."""
    text = lines[0]
    for line in lines[1:]:
        if text and text[-1] in HYPHENS and line[:1].islower() and text[-2:-1].isalpha():
            text = _stem(text, line, known) + line
        elif re.search(rf"\w[{HYPHENS}–]$", text) and re.match(r"[A-Z\d]", line):
            text += line  # "1990-1995", "Anglo-Saxon"
        elif text and line and _is_wide(text[-1]) and _is_wide(line[0]):
            text += line
        else:
            text += " " + line
    return re.sub(r"[\ufffe\x02]", "-", text)


def _stem(text: str, following: str, known: set[str]) -> str:
    """``text`` without the hyphen at its end, unless it belongs to the word."""
    first = re.findall(r"\w*$", text[:-1])[0]
    second = re.findall(r"^\w*", following)[0]
    hyphenated = f"{first}-{second}" in known or COMPOUND.fullmatch(first)
    soft = text[-1] in "\u00ad\u2010"  # put there where the line was broken
    return text[:-1] + "-" * bool(not soft and hyphenated and first + second not in known)


def _is_wide(sign: str) -> bool:
    """Whether it is written without blanks between words: Chinese and Japanese."""
    return "\u3000" <= sign <= "\u9fff" or "\uff00" <= sign <= "\uffef"


def faults(pages: Sequence[Page]) -> list[str]:
    """What can't be read, a line for each reason: "11 of 12 pages hold no text (2–12): …"."""
    told = []
    for fault, (one, many) in FAULTS.items():
        numbers = [page.number for page in pages if page.fault == fault]
        scanned = fault in ("no map", "no text")
        advice = f": run character recognition (OCR) on {'it' if len(numbers) == 1 else 'them'}"
        advice += ocr.advice() if scanned and numbers else ""
        if len(pages) == 1 and numbers:
            told.append(one + ", and may be scanned" * (fault == "no text") + advice * scanned)
        elif len(numbers) == 1:
            told.append(f"page {numbers[0]} of {len(pages)} {one}" + advice * scanned)
        elif numbers:
            maybe = ", and may be scanned" * (fault == "no text" and len(numbers) == len(pages))
            told.append(f"{len(numbers)} of {len(pages)} pages {many} ({_ranges(numbers)}){maybe}" + advice * scanned)
    return told


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers in a few words: 2–4, 7."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in found[:12]]
    return ", ".join(words) + ", …" * (len(found) > 12)
