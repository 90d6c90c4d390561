"""Exchanges: what was asked and answered before a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

LINE = 300  # characters of a question or an answer that a writer reads


@dataclass(frozen=True)
class Exchange:
    """A question, as it was understood, and what was answered; "" for nothing."""

    question: str
    answer: str = ""


History: TypeAlias = Sequence[str | Exchange]  # oldest first; a mere question is one whose answer is not known


def conversation(question: str, said: Sequence[Exchange]) -> str:
    """What a writer reads: the exchanges, then the question."""
    lines = [line for e in said for line in (f"Q: {e.question}", f"A: {e.answer or '…'}")]
    return "\n".join(" ".join(line.split())[:LINE] for line in [*lines, f"Last question: {question}"])
