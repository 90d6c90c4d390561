"""The judge: a local model that says what a sentence answers and what a quote proves, whatever model writes."""

from collections.abc import Sequence
from typing import Protocol

from rag.prompt import Line


class Judge(Protocol):
    """What the assistant asks of a model whose yes and no are known to be worth something (`confidence.py`)."""

    def verdicts(self, question: str, lines: Sequence[Line]) -> list[float] | None:
        """For each of ``lines``, read by itself, the log-odds of its yes against its no: does it answer ``question``?

        None where they are not to be had.
        """
        ...

    def support(self, statement: str, lines: Sequence[Line]) -> float | None:
        """The same, asked whether ``lines`` state all of ``statement``."""
        ...
