"""Grounding: whether the numbers and names of a statement stand in what it cites."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from evals import text_matching

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
WORD = re.compile(r"[^\W\d_]+")
SENTENCE_END = re.compile(r"(?:^|[.!?:;…]|\|)[\s\"“‘(\[*]*$")  # before a sentence's first word
PRONOUN = "I"


def foreign(statement: str, sources: Iterable[str]) -> list[str]:
    """The numbers and names of ``statement`` that stand in none of ``sources``, however they are written there.

    A name is a capitalised word that is not the first of a sentence.
    """
    known = "\n".join(sources)
    return [word for word in (*NUMBER.findall(statement), *_names(statement)) if not text_matching.says(known, word)]


def unsupported(statements: Sequence[dict[str, Any]], asked: Sequence[str]) -> float:
    """The share of ``statements``, as JSON, with a number or name that is foreign to all that they may draw on.

    That is what each cites: the quotes and the titles of their articles, and the questions ``asked``. The date of an
    article that stands before what it says is the library's, and true.
    """
    return sum(bool(foreign(_undated(s), [*asked, *_cited(s)])) for s in statements) / len(statements)


def _undated(statement: dict[str, Any]) -> str:
    """The text of ``statement`` without "TITLE (DATE): " before it."""
    titles = "|".join(re.escape(citation["title"]) for citation in statement["citations"])
    return re.sub(rf"^(?:{titles}) \(\d{{4}}-\d\d-\d\d\): ", "", statement["text"])


def _cited(statement: dict[str, Any]) -> Iterable[str]:
    for citation in statement["citations"]:
        yield from (citation["quote"], citation["title"])


def _names(statement: str) -> Iterable[str]:
    for match in WORD.finditer(statement):
        name = match.group()
        inside = not SENTENCE_END.search(statement[: match.start()])
        if name[0].isupper() and name != PRONOUN and inside:
            yield name
