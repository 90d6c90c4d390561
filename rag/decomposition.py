"""Decomposition: which questions are made of simple ones, and which simple ones may stand for a question.

The writer takes a question apart (`Writer.parts`); what it may do to it is checked here.
"""

import re
from collections.abc import Sequence

from index.term import terms
from rag.checker import asked_of
from rag.follow_up import points

JOINED = re.compile(
    r"\?\s+(?=\w)|,?\s+and\s+(?=(?:also\s+)?(?:who|whom|whose|what|when|where|which|why|how|whether|"
    r"(?:is|are|was|were|do|does|did|has|have|can|will)\s)\b)",
    re.I,
)

CHOICE = re.compile(r"(?:which|who|what|where|when|welche\w*|wer|was|wo|qui|quel\w*|où)\b.*,.*\b(?:or|oder|ou)\b", re.I)
SHARED = 0.5  # share of a part's words that the question holds, too


def asks_several(question: str) -> bool:
    """Whether ``question`` plainly asks two things ("Who built it, and when?")."""
    return bool(JOINED.search(question.strip()))


def chooses(question: str) -> bool:
    """Whether ``question`` asks which of two it is ("Which is older, the church or the school?")."""
    return bool(CHOICE.match(question.strip()))


def split(question: str) -> list[str]:
    """The questions that ``question`` plainly joins."""
    parts = [part.strip(" ,?") for part in JOINED.split(question.strip())]
    return [f"{part[:1].upper()}{part[1:]}?" for part in parts if part]


def is_faithful(question: str, parts: Sequence[str]) -> bool:
    """Whether ``parts`` keep to ``question``: they name what it names and nothing else, and share words with it.

    Unless it plainly asks several things or which of two, each part keeps one of its names, or points to one: "How
    many were hurt when the Petrel sank?" does not ask how many were hurt.
    """
    named = {name.casefold() for name in asked_of(question)}
    words = set(terms(question))
    kept = {name for name in named if any(name in part.casefold() for part in parts)}
    foreign = [n for part in parts for n in asked_of(part) if n.casefold() not in question.casefold()]
    if named and not asks_several(question) and not chooses(question):
        parted = [part.casefold() for part in parts if not points(part)]
        kept = kept if all(any(name in part for name in named) for part in parted) else set()
    return kept == named and not foreign and all(len(words & set(terms(p))) >= SHARED * len(terms(p)) for p in parts)
