"""Footnote as a library: ``from rag import Assistant, Models``. A name is imported when it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.answer import Answer as Answer
    from rag.answer import Statement as Statement
    from rag.assistant import Assistant as Assistant
    from rag.citation import Citation as Citation
    from rag.models import Models as Models

HOMES = {
    "Answer": "rag.answer",
    "Assistant": "rag.assistant",
    "Citation": "rag.citation",
    "Models": "rag.models",
    "Statement": "rag.answer",
}


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
