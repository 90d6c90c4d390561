"""Sentences: the unit of evidence, as spans of the text that holds them."""

import re
from dataclasses import dataclass

import sentencex

FULL_WIDTH = 100  # characters; no line of hard-wrapped prose is longer
PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")
STOP = re.compile(r"""[.!?…]["”’)]*\s*$""")
BULLET = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)]|#{1,6})\s+")


@dataclass(frozen=True)
class Sentence:
    """A span of a text: ``text_it_came_from[start:end] == text``."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """The sentences of ``text`` in order, without surrounding blanks or list bullets.

    A line break ends a sentence unless the lines are hard-wrapped prose.
    """
    found = []
    for start, end in blocks(text):
        for boundary in sentencex.get_sentence_boundaries("en", text[start:end].replace("\n", " ")):
            left, right = _trim(text, start + boundary["start_index"], start + boundary["end_index"])
            if any(character.isalnum() for character in text[left:right]):
                found.append(Sentence(left, right, text[left:right]))
    return found


def blocks(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Spans from ``start`` on that a sentence can't cross: paragraphs, list items, lines that stand alone."""
    spans: list[tuple[int, int]] = []
    for paragraph in PARAGRAPH.finditer(text, start):
        lines = [
            (paragraph.start() + m.start(), paragraph.start() + m.end())
            for m in re.finditer(r"\S(?:[^\n]*\S)?", paragraph.group())
        ]
        longest = max(end - start for start, end in lines)
        stops = sum(bool(STOP.search(text, start, end)) for start, end in lines)
        wrapped = longest <= FULL_WIDTH and stops <= len(lines) / 2
        start, previous_end = lines[0]
        for (line_start, line_end), (before_start, before_end) in zip(lines[1:], lines, strict=False):
            full = wrapped and before_end - before_start >= 0.75 * longest
            if not full or BULLET.match(text[line_start:line_end]):
                spans.append((start, previous_end))
                start = line_start
            previous_end = line_end
        spans.append((start, previous_end))
    return spans


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    bullet = BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
