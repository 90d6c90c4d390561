"""Suite libraries: one library for each suite, kept between runs so that nothing is embedded twice."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from evals.suite import Suite
from index.database import VERSION
from index.embedder import Embedder
from index.errors import UsageError
from index.library import Library


def open_libraries(suites: Iterable[Suite], cache: Path, embedder: Embedder, stack: ExitStack) -> dict[str, Library]:
    """The library of each suite by the suite's name, open until ``stack`` closes.

    Suites whose articles were unpacked into one folder of the cache share a library.
    Raises UsageError for an article that can't be read.
    """
    libraries: dict[str, Library] = {}
    opened: dict[str, Library] = {}
    for suite in suites:
        place = f"{suite.cached or suite.name}/library-{VERSION}"  # a newer layout gets a new one
        if place not in opened:
            library = stack.enter_context(Library.open(cache / place, embedder))
            changes = library.sync(suite.articles, progress=True)
            if changes.problems:
                raise UsageError(f"{changes.problems[0].path}: {changes.problems[0].reason}.")
            opened[place] = library
        libraries[suite.name] = opened[place]
    return libraries
