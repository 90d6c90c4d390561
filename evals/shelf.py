"""The shelf: one library for each suite, kept between runs so that nothing is embedded twice."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from evals.suite import Suite
from index.database import VERSION
from index.embedder import Embedder
from index.errors import UsageError
from index.library import Library


def stock(suites: Iterable[Suite], cache: Path, embedder: Embedder, stack: ExitStack) -> dict[str, Library]:
    """The library of each suite by the suite's name, open until ``stack`` closes.

    Raises UsageError for an article that can't be read.
    """
    libraries = {}
    for suite in suites:
        library = stack.enter_context(Library.open(cache / _place(suite), embedder))
        changes = library.mirror([suite.folder], progress=True)
        if changes.problems:
            raise UsageError(f"{changes.problems[0].path}: {changes.problems[0].reason}.")
        libraries[suite.name] = library
    return libraries


def _place(suite: Suite) -> str:
    """Articles that were unpacked into the cache have their library beside them; a newer layout gets a new one."""
    name = suite.folder.parent.name if suite.folder.name == "articles" else suite.name
    return f"{name}/library-{VERSION}"
