"""The reader: which sentence of the evidence answers a question, which words of it, and whether any does.

It is the packaged small model with Footnote's adapter merged in (`adapter.py`): always local and always the same, so
that its thresholds hold whatever writes.
"""

from collections.abc import Sequence
from dataclasses import replace

from rag.generation import Reading, read
from rag.language_model import LanguageModel
from rag.prompt import ANSWER, Line, evidence_block, question_block


class Reader:
    """Reads with ``model``; threads that ask at once stand in line."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def read(
        self,
        question: str,
        lines: Sequence[Line],
        closed: Sequence[str] = (),
        retrieval: Sequence[float] = (),
        prior: Sequence[float] = (),
    ) -> Reading:
        """What it makes of ``lines``; see ``rag.generation.read``. Raises UsageError for too long a question."""
        model = self.model
        with model.lock:
            before = model.evaluated
            evidence = [*model.begin, *model.tokens(evidence_block(lines))]
            prompt = [*evidence, *model.tokens(question_block(question)), *model.tokens(ANSWER)]
            made = read(model, prompt, [line.text for line in lines], closed, retrieval, [len(evidence)], prior)
            return replace(made, tokens=model.evaluated - before)

    def warm_up(self) -> None:
        """Read once, so that the first question is answered as quickly as the second."""
        self.read("Is it warm?", [Line("It is warm.")])
