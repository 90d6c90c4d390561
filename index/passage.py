"""Passages: spans of an article of about one paragraph, the unit of retrieval."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.article import Article
from index.sentence import BLANK_LINE, Span, blocks, sentences

PARAGRAPH = 160  # tokens: about 120 words
SHORT = 40  # tokens: less than this is not worth a passage of its own
HEADING = re.compile(
    r"#{1,6}\s|(?![-*+•–]\s)(?=\S.{0,79}$)(?:\S+\s+){0,11}\S*[^\s.!?,:;…\"”’。！？।॥؟۔、，：；」』]$", re.DOTALL
)
UNEVEN = 1.2  # how much longer than the average a part may be, so that a cut can wait for a sentence's end

CountTokens = Callable[[str], int]


@dataclass(frozen=True)
class Passage:
    """A span of an article: ``article.text[start:end] == text``."""

    article_id: str
    start: int
    end: int
    text: str


def split(article: Article, count_tokens: CountTokens, window: int) -> Iterator[Passage]:
    """The passages of ``article`` in order: whole paragraphs, each of at most ``window`` tokens.

    A heading stays with what follows it; lines, and paragraphs that are short, are joined up to about
    120 words; only what is longer than the window is cut, between sentences where it has any.
    """
    text = article.text
    for start, end in _paragraphs(text, article.body, count_tokens):
        for left, right in _fit(text, (start, end), count_tokens, window, article.language):
            yield Passage(article.id, left, right, text[left:right])


def _paragraphs(text: str, body: int, count_tokens: CountTokens) -> Iterator[Span]:
    """Spans of about a paragraph, grown block by block."""
    start = end = size = 0
    only_headings = False
    for left, right in blocks(text, body):
        tokens = count_tokens(text[left:right])
        heading = bool(HEADING.match(text[left:right]))
        apart = BLANK_LINE.search(text, end, left) and min(size, tokens) >= SHORT
        fits = size + tokens <= PARAGRAPH and not apart and not heading
        if size and (fits or (only_headings and size <= PARAGRAPH)):
            end, size, only_headings = right, size + tokens, only_headings and heading
        else:
            if size:
                yield start, end
            start, end, size, only_headings = left, right, tokens, heading
    if size:
        yield start, end


def _fit(text: str, span: Span, count_tokens: CountTokens, window: int, language: str) -> Iterator[Span]:
    """``span``, or the parts of it that fit ``window``, about equally long, cut between sentences where it has any."""
    start, end = span
    total = count_tokens(text[start:end])
    if total <= window:
        yield span
        return
    parts = math.ceil(total / window)
    most = min(window, math.ceil(UNEVEN * total / parts))
    starts = [start + sentence.start for sentence in sentences(text[start:end], language)][1:]
    left = right = start
    size = 0
    for begin, stop in pairwise([start, *starts, end]):
        for piece_start, piece_end, tokens in _cut(text, (begin, stop), count_tokens, most):
            if size and size + tokens > most:
                yield _stripped(text, left, right)
                left, size = piece_start, 0
            right, size = piece_end, size + tokens
    yield _stripped(text, left, right)


def _cut(text: str, span: Span, count_tokens: CountTokens, most: int) -> Iterator[tuple[int, int, int]]:
    """``span``, or parts of it that are of at most ``most`` tokens, and how many each is; cut between words."""
    start, end = span
    tokens = count_tokens(text[start:end])
    if tokens <= most or end - start < 2:
        yield start, end, tokens
        return
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=[" ", ""],
        keep_separator="end",
        chunk_size=min((end - start + 1) // 2, max(1, most * (end - start) // tokens)),  # characters
        chunk_overlap=0,
        strip_whitespace=False,
    )
    for part in splitter.split_text(text[start:end]):
        yield from _cut(text, (start, start + len(part)), count_tokens, most)
        start += len(part)


def _stripped(text: str, left: int, right: int) -> Span:
    while text[left].isspace():
        left += 1
    while text[right - 1].isspace():
        right -= 1
    return left, right
