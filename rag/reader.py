"""The reader: which sentence of the evidence answers a question, which words of it, and whether any does.

It is one of our two trained adapters. The small reader is SmolLM2-135M with its adapter merged in, and always at hand.
Where the packaged writer is loaded, its own adapter reads instead: it is switched on for the tokens of the question
alone, so that the writer goes on from the same evidence without it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.generation import Reading, read
from rag.language_model import LanguageModel
from rag.prompt import ANSWER, INSTRUCTIONS, STATEMENT, SUPPORTED, VERDICTS, Line, evidence_block, marks, question_block


class Reader:
    """Reads with ``model``: in the plain prompt that the merged adapter knows, or, ``switched``, with the model's own
    adapter switched on after the evidence of a writer's prompt."""

    def __init__(self, model: LanguageModel, switched: bool = False) -> None:
        self.model = model
        self.switched = switched
        self._before = model.frame(INSTRUCTIONS)[0] if switched else model.begin

    @property
    def judges(self) -> bool:
        """Whether it was trained to say if statements hold."""
        return self.switched

    def evidence(self, lines: Sequence[Line]) -> list[int]:
        """The tokens of the prompt up to the end of the evidence."""
        return [*self._before, *self.model.tokens(evidence_block(lines))]

    def read(
        self, question: str, lines: Sequence[Line], closed: Sequence[str] = (), retrieval: Sequence[float] = ()
    ) -> Reading:
        """What it makes of ``lines``; see ``rag.generation.read``. Raises UsageError for too long a question."""
        with self.model.lock:
            return self._read(question, lines, closed, retrieval)

    def _read(self, question: str, lines: Sequence[Line], closed: Sequence[str], retrieval: Sequence[float]) -> Reading:
        before = self.model.evaluated
        evidence = self.evidence(lines)
        prompt = [*evidence, *self.model.tokens(question_block(question)), *self.model.tokens(ANSWER)]
        adapted = len(evidence) if self.switched else None
        made = read(self.model, prompt, [line.text for line in lines], closed, retrieval, adapted)
        return replace(made, tokens=self.model.evaluated - before)

    def supports(
        self, question: str, lines: Sequence[Line], statements: Sequence[tuple[str, Sequence[int]]]
    ) -> list[float]:
        """For each statement, with the labels that it cites, how probable it is that it holds and answers.

        Evidence that was read or written about last is not evaluated again.
        """
        evidence = self.evidence(lines)
        after = len(evidence)
        asked = self.model.tokens(question_block(question))
        yes, no = (self.model.tokens(word)[0] for word in VERDICTS)
        branches = [
            [*asked, *self.model.tokens(STATEMENT), *self.model.tokens(f" {text}"),
             *(token for mark in marks(labels) for token in self.model.tokens(mark)), *self.model.tokens(SUPPORTED)]
            for text, labels in statements
        ]  # fmt: skip
        with self.model.lock:
            self.model.hold(evidence)
            rows = [row[-1] for row in self.model.continuations(branches, after, adapted=True)]
        return [float(1 / (1 + np.exp(row[no] - row[yes]))) for row in rows]

    def warm_up(self) -> None:
        """Read once, so that the first question is answered as quickly as the second."""
        self.read("Is it warm?", [Line("It is warm.")])
