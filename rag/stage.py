"""Stages: the steps from a question to its answer, as progress shows them."""

from dataclasses import dataclass

from rag.answer import Statement
from rag.evidence import Evidence


@dataclass(frozen=True)
class Stage:
    """Where a question is on its way, in words, the evidence once it is chosen, the statements shown so far, and what
    was ``asked`` where that had to be understood from the conversation.

    What a stage shows is never taken back: the statements of a later one, and of the answer, begin with them.
    """

    text: str
    evidence: tuple[Evidence, ...] = ()
    statements: tuple[Statement, ...] = ()
    asked: str | None = None
