"""The model in this process, as the assistant asks it: one question at a time, whoever asks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

from rag.evidence import Evidence
from rag.generation import Generation, generate
from rag.language_model import LanguageModel
from rag.prompt import prompt
from rag.question import YES_OR_NO, Kind


class LocalModel(LanguageModel):
    """A language model that reads evidence (`Model` in `models.py`); threads that ask at once stand in line."""

    def __init__(self, file: Path, name: str, trained: bool = False, threads: int | None = None) -> None:
        super().__init__(file, name, trained, threads)
        self._lock = Lock()

    def read(
        self, question: str, evidence: Sequence[Evidence], wanted: Kind, answer_type: re.Pattern[str] | None
    ) -> Iterator[int | Generation]:
        """The best spans of ``evidence``; raises UsageError for a question that is too long for the window."""
        texts = [e.text for e in evidence]
        closed = YES_OR_NO if wanted is Kind.POLAR else ()
        scores = [e.score for e in evidence]
        with self._lock:
            before = self.evaluated
            read = generate(self, prompt(self, texts, question), texts, closed, scores, answer_type)
            read = replace(read, tokens=self.evaluated - before)
        yield read

    def warm_up(self) -> None:
        """Read once, so that the first question is answered as quickly as the second."""
        with self._lock:
            generate(self, prompt(self, ["It is warm."], "Is it warm?"), ["It is warm."])
