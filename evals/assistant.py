"""The assistant under test: the one place where evals make it."""

from collections.abc import Callable
from functools import cache

from evals.options import Options
from evals.solver import Asks
from index.library import Library
from rag import models
from rag.assistant import Assistant

Assistants = Callable[[Library], Asks]  # gives the assistant of a library


def assistants(options: Options) -> Assistants:
    """An assistant for any library, as ``options`` ask for; all share one model, which is loaded for the first.

    ``options.quick`` leaves the writer out; the assistant has none yet, and is the same either way.
    Raises UsageError for a model that can't be found or is none, when the first assistant is made.
    """
    model = cache(models.load)

    def assistant(library: Library) -> Asks:
        made = Assistant(library, model(options.model))
        if options.threshold is not None:
            made.threshold = options.threshold
        return made

    return assistant
