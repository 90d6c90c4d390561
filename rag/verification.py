"""Verification: a statement is held against the sentence that it cites; what does not stand there is dropped."""

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")
NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]+|\b\d[\d,.]*\d\b|\b\d\b")
JOINING = frozenset({"yes", "no", "and", "or"})  # all that a statement may add to its evidence


def holds(statement: str, quotes: Iterable[str]) -> bool:
    """Whether every word of ``statement``, its numbers and names above all, stands in one of ``quotes``."""
    proven = {word for quote in quotes for word in _words(quote)} | JOINING
    said = _words(statement)
    return bool(said) and all(word in proven for word in said)


def informs(statement: str, question: str) -> bool:
    """Whether ``statement`` says a word that ``question`` does not; a choice ("A or B?") may be echoed."""
    asked = _words(question)
    return "or" in asked or any(word not in asked for word in _words(statement))


def covers(text: str, question: str) -> float:
    """The share of the names and numbers of ``question`` that stand in ``text``; 1 where it has none."""
    asked = [match.group().lower().removesuffix("'s").removesuffix("’s") for match in NAME.finditer(question)]
    return sum(name in text.lower() for name in asked) / len(asked) if asked else 1.0


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]
