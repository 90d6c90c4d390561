"""The solver: the assistant answers a sample, and once more without its threshold where it abstained."""

from collections.abc import Mapping
from typing import Any, Protocol

import psutil
from inspect_ai.model import ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver
from pydantic import BaseModel

from evals.dataset import Asked
from rag.answer import Answer

MIB = 2**20


class Asks(Protocol):
    """What is measured: an ``Assistant``, or anything that answers as one."""

    threshold: float

    def ask(self, question: str, history: list[str]) -> Answer: ...


class Answered(BaseModel):
    """What a sample's metadata holds after the solver, as JSON.

    ``undeterred`` is the answer with the threshold at 0: what the assistant would have said instead of abstaining.
    ``memory`` is the process's memory afterwards in MiB.
    """

    answer: dict[str, Any]
    undeterred: dict[str, Any]
    memory: float


@solver
def ask(assistants: Mapping[str, Asks]) -> Solver:
    """Asks the assistant of the sample's suite."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        asked = Asked.model_validate(state.metadata)
        assistant = assistants[asked.suite]
        answer = assistant.ask(asked.case.question, asked.case.history)
        undeterred = _undeterred(assistant, asked) if answer.abstained else answer
        answered = Answered(
            answer=answer.as_json(),
            undeterred=undeterred.as_json(),
            memory=psutil.Process().memory_info().rss / MIB,
        )
        state.metadata |= answered.model_dump()
        state.output = ModelOutput.from_content("footnote", answer.text or f"({answer.reason})")
        return state

    return solve


def _undeterred(assistant: Asks, asked: Asked) -> Answer:
    threshold, assistant.threshold = assistant.threshold, 0.0
    try:
        return assistant.ask(asked.case.question, asked.case.history)
    finally:
        assistant.threshold = threshold
