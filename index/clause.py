"""Clauses: where a sentence that is too long to be read as one is cut, and how it began."""

import re
import unicodedata
from collections.abc import Iterator

from index.sentence import Span

LONG = 400  # characters: a longer sentence is cut at the ends of its clauses
OPENING = 80  # characters of a long sentence's beginning, for the context of its other parts
CUTS = (  # where a long sentence is cut, best first
    re.compile(r"[;；。！？।][\"”’)]*\s*|(?<=\s)(?=\([a-z0-9]{1,3}\)\s)"),
    re.compile(r"(?:[,:，、：،]|\s[–—-])\s*(?!\d)"),
    re.compile(
        r"(?<!\sand)(?<!\sbut)(?<!\sso)\s(?=(?:and|but|or|so|because|which|who|that|then|when|while|where|if|und|oder|aber|et|ou|mais|y|pero)\b)"
    ),
    re.compile(r"\s+"),
)


def parts(text: str, start: int, end: int) -> Iterator[Span]:
    """``text[start:end]`` in parts of at most LONG characters, about alike, cut where a clause ends."""
    while end - start > LONG:
        count = -(-(end - start) // LONG)
        cut = _clause_end(text, start + (end - start) // (2 * count), min(start + LONG, end - 1))
        right = cut
        while text[right - 1].isspace():
            right -= 1
        yield start, right
        start = cut
        while text[start].isspace():
            start += 1
    yield start, end


def opening(sentence: str) -> str:
    """Its first clause; "" where it has no commas, and the beginning says nothing of the rest."""
    words = " ".join(sentence[: 2 * OPENING].split())[:OPENING]
    clause = CUTS[1].search(words, OPENING // 4)
    return f"{words[: clause.start()]} …" if clause else ""


def _clause_end(text: str, least: int, most: int) -> int:
    for pattern in CUTS:
        cuts = [cut.end() for cut in pattern.finditer(text, least, most) if cut.end() < most]
        if cuts:
            return cuts[-1]
    while most > least + 1 and (unicodedata.combining(text[most]) or text[most] in "\u200c\u200d\ufe0f"):
        most -= 1
    return most
