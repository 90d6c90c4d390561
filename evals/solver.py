"""The solver: the assistant answers a sample, and once more without its threshold where it abstained."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import psutil
from inspect_ai.model import ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver
from pydantic import BaseModel

from evals.case import Span
from evals.dataset import Asked
from evals.paragraph import read_paragraph
from index.open import AnyLibrary
from rag.answer import Answer
from rag.assistant import Assistant
from rag.exchange import History
from rag.models import Models
from rag.stage import Stage

MIB = 2**20


class SystemUnderTest(Protocol):
    """What is measured: an ``Assistant``, or anything that answers as one."""

    library: AnyLibrary
    models: Models
    threshold: float | None

    def steps(self, question: str, history: History = (), quick: bool = False) -> Iterator[Stage | Answer]: ...


class Answered(BaseModel):
    """What a sample's metadata holds after the solver, as JSON.

    ``forced`` is the answer with the threshold at 0: what the assistant would have said instead of abstaining,
    word for word, for the writer would take seconds.
    ``evidence`` is what the models read, ``memory`` the process's memory afterwards in MiB.
    """

    answer: dict[str, Any]
    forced: dict[str, Any]
    evidence: list[Span] = []
    memory: float


@solver
def ask(assistants: Mapping[str, SystemUnderTest]) -> Solver:
    """Asks the assistant of the sample's suite, or has it read the sample's paragraph alone."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        asked = Asked.model_validate(state.metadata)
        assistant = assistants[asked.suite]
        answer, evidence = answered(assistant, asked)
        forced = _forced(assistant, asked) if answer.abstained else answer
        found = Answered(
            answer=answer.as_json(),
            forced=forced.as_json(),
            evidence=evidence,
            memory=psutil.Process().memory_info().rss / MIB,
        )
        state.metadata |= found.model_dump()
        state.output = ModelOutput.from_content("footnote", answer.text or f"({answer.reason})")
        return state

    return solve


def answered(assistant: SystemUnderTest, asked: Asked, quick: bool = False) -> tuple[Answer, list[Span]]:
    """The answer, and the evidence of the last stage that has some."""
    if asked.paragraph:
        assert isinstance(assistant, Assistant)
        return read_paragraph(assistant, asked.case.question, asked.paragraph, quick), []
    evidence: list[Span] = []
    for step in assistant.steps(asked.case.question, asked.case.history, quick):
        if isinstance(step, Answer):
            return step, evidence
        if step.evidence:
            evidence = [Span(article=e.article, start=e.start, end=e.end) for e in step.evidence]
    raise AssertionError("The last step is an answer.")


def _forced(assistant: SystemUnderTest, asked: Asked) -> Answer:
    threshold, assistant.threshold = assistant.threshold, 0.0
    try:
        return answered(assistant, asked, quick=True)[0]
    finally:
        assistant.threshold = threshold
