"""Spans: the runs of whole words in a sentence that an answer may be made of."""

import re
from dataclasses import dataclass

CHUNK = re.compile(r"[^\s—–/]+")
OPENING = "([{<\"“‘'«*_"
CLOSING = ".,;:!?…)]}>\"”’'»*_"
POSSESSIVE = re.compile(r"['’]s$")
ABBREVIATION = re.compile(r"(?:[A-Za-z]\.){2,}$")


@dataclass(frozen=True)
class Boundaries:
    """Where a span of a sentence may begin and where it may end: character offsets, in order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]


def boundaries(sentence: str) -> Boundaries:
    """The offsets around the words of ``sentence``, without the punctuation at their edges."""
    starts, ends = [], []
    for chunk in CHUNK.finditer(sentence):
        start, end = chunk.span()
        while start < end and sentence[start] in OPENING:
            start += 1
        if not ABBREVIATION.search(sentence[start:end].rstrip(",;:!?\"”’')")):
            while start < end and sentence[end - 1] in CLOSING:
                end -= 1
        else:
            end = start + len(sentence[start:end].rstrip(",;:!?\"”’')"))
        if start == end:
            continue
        starts.append(start)
        possessive = POSSESSIVE.search(sentence, start, end)
        if possessive:
            ends.append(possessive.start())
        ends.append(end)
    return Boundaries(tuple(starts), tuple(ends))
