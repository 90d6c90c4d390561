"""Writers: models that write statements about numbered evidence, each ending with the numbers that prove it.

What a writer says is only a proposal: `checker.py` decides what is shown.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.sentence import sentences
from rag.exchange import Exchange
from rag.prompt import Line

STATEMENTS = 4  # at most, of an answer
PARTS = 4  # simple questions in one, at most
MARK = re.compile(r"\[(\d{1,2})\]")


@dataclass(frozen=True)
class Draft:
    """A statement as it was written, and the labels that it cites."""

    text: str
    labels: tuple[int, ...]


class Writer(Protocol):
    """What the assistant asks of a model that writes; threads may ask at once."""

    name: str

    def write(self, question: str, lines: Sequence[Line], least: int = 1) -> Iterator[int | Draft]:
        """Up to STATEMENTS drafts, each as soon as it is whole; between them, the tokens written so far.

        Where the writer can be held to a form, there are at least ``least`` of them.

        Closing the iterator ends the work.
        """
        ...

    def parts(self, question: str) -> list[str]:
        """The simple questions that ``question`` is made of; itself alone where it is one."""
        ...

    def standalone(self, question: str, said: Sequence[Exchange]) -> str:
        """``question`` so that it can be understood without what was ``said`` before it; "" where that fails."""
        ...


def simple(text: str, question: str) -> list[str]:
    """The questions in ``text``, what a model made of ``question``: one a line, up to PARTS of them."""
    found = [line.lstrip("->–•* 0123456789.)").strip() for line in text.splitlines()]
    kept = [line for line in dict.fromkeys(found) if any(c.isalpha() for c in line)]
    return kept if 1 < len(kept) <= PARTS else [question]


def rewritten(text: str) -> str:
    """The question in ``text``, what a model made of one: its first line without a mark before it."""
    first = next((line for line in text.splitlines() if any(map(str.isalpha, line))), "")
    return first.strip().removeprefix("->").strip().removeprefix("Q:").strip()


def drafts(text: str, count: int, over: bool = True) -> list[Draft]:
    """The statements in ``text`` that cite labels up to ``count``; the last one only when ``over`` says it is whole.

    Marks may stand before the full stop or after it. What cites nothing that exists is left out; of several sentences
    with one mark, each is a statement.
    """
    found: list[Draft] = []
    pieces = re.findall(r"([^\[\]]*)((?:\[\d{1,2}\][\s,;]*)+)([.!?。]?)", text)
    if not over and pieces and not re.search(r"\]\s*[.!?]?\s*[^\s\[.!?]", text[text.rfind("]") :]):
        pieces = pieces[:-1]
    for words, marks, stop in pieces:
        said = words.strip(" \n\t-*•")
        said = said.lstrip(".!? ") if found else said
        said = said.rstrip() + (stop if stop and said.rstrip()[-1:] not in ".!?。" else "")
        labels = tuple(dict.fromkeys(k for k in map(int, MARK.findall(marks)) if 0 < k <= count))
        if labels:
            found += [Draft(_sentence(s.text), labels) for s in sentences(said) if any(map(str.isalpha, s.text))]
    return found[:STATEMENTS]


def _sentence(said: str) -> str:
    """``said`` with a capital letter at its beginning and a stop at its end."""
    plain = " ".join(said.split()).lstrip(",;:.-*#>| ").rstrip(",;: ")
    stopped = plain if plain[-1:] in ".!?。！？।؟" else f"{plain}."
    return stopped[:1].upper() + stopped[1:]
