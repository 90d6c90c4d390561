"""Sentences: the unit of evidence, as spans of the text that holds them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

from index.language import ENGLISH
from index.markup import CLOSING
from index.table import is_row

FULL_WIDTH = 120  # characters; no line of hard-wrapped prose is longer
LIMIT = 4_000  # characters; a paragraph that is longer is cut, so that no step sees more than this at once
BLANK_LINE = re.compile(r"\n\s*\n")
LETTER = re.compile(r"\S")
LINE = re.compile(r"[^\s\f](?:[^\n\f]*\S)?")
STOP = re.compile(r"""[.!?…。！？।॥؟۔]["”’)」』]*\s*$""")
BULLET = re.compile(r"\s*(?:[-*+•–◦▪]|\d{1,3}[.)]|#{1,6})\s+")
MARKED = re.compile(r"\s*#{1,6}\s")  # a heading of Markdown, over at the end of its line
LABEL = re.compile(r"[^\W\d_][^\n:.!?]{0,30}[:：]\s+\S")  # "Home port: Vardø"
RULE = re.compile(r"\W{3,}$")  # a line of dashes, as under a heading
DELIMITERS = ((";", 2, 2), ("|", 2, 2), (",", 2, 3))  # with how many a line, and in how many lines alike, at least

Span = tuple[int, int]


@dataclass(frozen=True)
class Sentence:
    """A span of a text: ``text_it_came_from[start:end] == text``."""

    start: int
    end: int
    text: str


def sentences(text: str, language: str = ENGLISH) -> list[Sentence]:
    """The sentences of ``text`` in order, without surrounding blanks or list bullets; ``language`` has abbreviations.

    A line break ends a sentence unless the lines are hard-wrapped prose.
    """
    found = []
    for start, end in blocks(text):
        begin = start
        for boundary in sentencex.get_sentence_boundaries(language, text[start:end].replace("\n", " ")):
            stop = start + boundary["end_index"]
            if closing := CLOSING.match(text, stop, end):
                stop = closing.end()
            left, right = _trim(text, begin, stop)
            begin = stop
            if any(character.isalnum() for character in text[left:right]):
                found.append(Sentence(left, right, text[left:right]))
    return found


def asks(text: str) -> bool:
    """Whether ``text`` ends as a question does."""
    return text.rstrip('"”’»)*_ ').endswith(("?", "？", "؟"))


def blocks(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Spans of ``text[start:end]`` that a sentence can't cross: paragraphs, list items, rows, lines on their own."""
    for left, right in _paragraphs(text, start, len(text) if end is None else end):
        lines = [m.span() for m in LINE.finditer(text, left, right)]
        longest = max(end - start for start, end in lines)
        stops = sum(bool(STOP.search(text, start, end)) for start, end in lines)
        delimited = _delimited([text[start:end] for start, end in lines])
        wrapped = longest <= FULL_WIDTH and stops <= len(lines) / 2 and not delimited
        begin, previous_end = lines[0]
        for (line_start, line_end), (before_start, before_end) in zip(lines[1:], lines, strict=False):
            full = wrapped and before_end - before_start >= 0.75 * longest
            line, before = text[line_start:line_end], text[before_start:before_end]
            if _goes_on(text, begin, line_start) and not BULLET.match(line) and not _apart(line):
                previous_end = line_end
                continue
            labelled = LABEL.match(line) and LABEL.match(before)
            if not full or labelled or BULLET.match(line) or _apart(line) or _apart(before):
                yield begin, previous_end
                begin = line_start
            previous_end = line_end
        yield begin, previous_end


def _goes_on(text: str, begin: int, line: int) -> bool:
    """Whether the line that starts at ``line`` is indented as the text of the list item that starts at ``begin``."""
    indent = line - text.rfind("\n", 0, line) - 1
    return indent > max(1, begin - text.rfind("\n", 0, begin) - 1) and bool(BULLET.match(text, begin))


def _apart(line: str) -> bool:
    return is_row(line) or bool(RULE.match(line) or MARKED.match(line))


def _delimited(lines: list[str]) -> bool:
    """Whether ``lines`` are records, each with the same number of the same delimiter."""
    for delimiter, least, rows in DELIMITERS:
        counts = {line.count(delimiter) for line in lines}
        if len(lines) >= rows and len(counts) == 1 and min(counts) >= least:
            return True
    return False


def _paragraphs(text: str, at: int, end: int) -> Iterator[Span]:
    """What stands between blank lines, without blanks around it, in parts of at most LIMIT characters."""
    while first := LETTER.search(text, at, end):
        left = first.start()
        gap = BLANK_LINE.search(text, left, min(left + LIMIT, end))
        right = gap.start() if gap else end if end - left <= LIMIT else _cut(text, left, left + LIMIT)
        at = gap.end() if gap else right
        while text[right - 1].isspace():
            right -= 1
        yield left, right


def _cut(text: str, left: int, right: int) -> int:
    """Where to cut before ``right``: after a line, else after a sentence, else after a word."""
    middle = (left + right) // 2
    for end in ("\n", ". ", "。", " "):
        if (found := text.rfind(end, middle, right)) > 0:
            return found + len(end)
    return right


def _trim(text: str, start: int, end: int) -> Span:
    bullet = BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
