"""Initials: the large first letter of a text, beside which several of its lines stand."""

import re
from collections.abc import Sequence
from statistics import median

from index.readers.piece import Piece

LARGE = 1.8  # times the height of the text
NEAR = 1.5  # heights of the text between the letter and the lines beside it, at most
LINES = 2  # beside it at least
LETTER = re.compile(r"[\"“„«‘'(]?[^\W\d_]")
ALONE = {"A", "I", "O"}  # letters that are words


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    """``pieces`` with each initial as the first letter of its line, and the lines beside it beginning where it does."""
    if not pieces:
        return []
    usual = median(piece.height for piece in pieces)
    kept = list(pieces)
    for initial in [
        p for p in pieces if p.height > LARGE * usual and LETTER.fullmatch(p.text) and p.text.upper() == p.text
    ]:
        base = initial.bottom + 0.2 * initial.height
        lines = [
            piece
            for piece in kept
            if piece is not initial
            and base < piece.middle < initial.top
            and -1 < piece.left - initial.right < NEAR * usual
            and LARGE * piece.height < initial.height
        ]
        first = max(lines, key=lambda line: line.middle, default=None)
        if first is None or len(lines) < LINES or not first.text[0].isalpha():
            continue
        start = initial.text + " " * _is_word(initial.text, first.text, kept)
        first.text = start + first.text
        first.words = [(at + len(start), left, gap) for at, left, gap in first.words]
        for line in lines:
            line.left = initial.left
        kept = [piece for piece in kept if piece is not initial]
    return kept


def _is_word(letter: str, line: str, pieces: Sequence[Piece]) -> bool:
    """Whether an initial is a word of its own: what follows it is one that stands elsewhere, too, and both are not."""
    if letter not in ALONE:
        return False
    known = {word.lower() for piece in pieces if piece.text is not line for word in re.findall(r"\w+", piece.text)}
    following = re.findall(r"\w+", line)[0].lower()
    return following in known and letter.lower() + following not in known
