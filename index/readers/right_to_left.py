"""Pages written from right to left: read as in a mirror, where each line runs from left to right.

In it numbers and Latin words come out backwards; ``logical`` turns them round. What is written in such letters on a
page of others stays as it comes.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle

from index.readers import layout
from index.readers.paragraph import Paragraph
from index.readers.piece import Piece, lines
from index.readers.rules import Rule, Rules

LETTER = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
LETTERS = re.compile(f"[{LETTER}]")
OTHERS = re.compile(rf"(?!\s)[^{LETTER}]+(?<!\s)")
CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
BRACKETS = ("()", "[]", "{}", "«»")
JUMP, BLANK = 0.8, 0.25  # heights of the text between pieces and between words


def is_right_to_left(text: str) -> bool:
    """Whether most letters of ``text`` are of Hebrew, Arabic or others that run so."""
    found = len(LETTERS.findall(text))
    return 2 * found > sum(map(str.isalpha, text))


def paragraphs(letters: Sequence[Piece], values: Sequence[Piece], rules: Rules) -> list[Paragraph]:
    """The paragraphs of a page, given each of its letters, the values in its forms, and its rules."""
    typed = [replace(_mirrored(value), text=logical(value.text)) for value in values]
    mirror = Rules(
        [Rule(rule.at, -rule.end, -rule.start) for rule in rules.across],
        sorted(Rule(-rule.at, rule.start, rule.end) for rule in rules.down),
    )
    return [_spoken(paragraph) for paragraph in layout.paragraphs([*_pieces(letters), *typed], mirror)]


def _mirrored(piece: Piece) -> Piece:
    return replace(piece, left=-piece.right, right=-piece.left)


def _pieces(letters: Sequence[Piece]) -> list[Piece]:
    """Letters in the mirror, those together that follow each other closely on a line."""
    found: list[Piece] = []
    for line in lines(map(_mirrored, letters)):
        current: Piece | None = None
        for letter in line.pieces:
            sign = unicodedata.normalize("NFKC", letter.text) if letter.text >= "\ufb1d" else letter.text
            gap = letter.left - current.right if current else 0.0
            if current is None or gap > JUMP * current.height:
                current = replace(letter, text=sign, words=[])
                found.append(current)
                continue
            if gap > BLANK * current.height:
                current.text += " "
                current.words.append((len(current.text), letter.left, gap))
            current.text += sign
            current.right = max(current.right, letter.right)
    return found


def logical(text: str) -> str:
    """A line read in the mirror as it is spoken: numbers and other words turned round, brackets as they open."""
    turned = OTHERS.sub(lambda run: _turned(run[0]), text)
    for opening, closing in map(tuple, BRACKETS):
        signs = [sign for sign in turned if sign in (opening, closing)]
        if signs and (signs[0] == closing or signs.count(opening) != len(signs) / 2):
            turns = cycle((opening, closing))
            turned = "".join(next(turns) if sign in (opening, closing) else sign for sign in turned)
    return turned


def _turned(run: str) -> str:
    core = CORE.search(run)
    if not core:
        return run
    words = core[0]
    whole = any(map(str.isalpha, words))  # numbers one after the other stay in their order
    around = words[::-1] if whole else re.sub(r"\S+", lambda word: word[0][::-1], words)
    return run[: core.start()] + around + run[core.end() :]


def _spoken(paragraph: Paragraph) -> Paragraph:
    """A paragraph read in the mirror, each of its lines as it is spoken."""
    rows = [
        [replace(cell, text="\n".join(map(logical, cell.text.split("\n")))) for cell in row] for row in paragraph.rows
    ]
    return replace(paragraph, lines=list(map(logical, paragraph.lines)), rows=rows)
