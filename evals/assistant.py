"""The assistant under test: the one place where evals make it."""

from collections.abc import Callable
from functools import cache

from evals.options import Options
from evals.solver import SystemUnderTest
from index.library import Library
from rag.assistant import Assistant
from rag.models import Models

Assistants = Callable[[Library], SystemUnderTest]  # gives the assistant of a library


def assistants(options: Options) -> Assistants:
    """An assistant for any library, as ``options`` ask for; all share their models, which are loaded for the first.

    Raises UsageError for a model that can't be found or is none, when the first assistant is made.
    """

    @cache
    def models() -> Models:
        made = Models(options.model, options.quick)
        made.warm_up()
        return made

    return lambda library: Assistant(library, models(), options.threshold)
