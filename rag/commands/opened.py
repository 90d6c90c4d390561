"""What commands work with: the library that --library names, or an assistant on it, open for as long as needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from rag.commands.output import say
from rag.seeds import SEEDS

if TYPE_CHECKING:
    from index.open import AnyLibrary
    from rag.assistant import Assistant


@contextmanager
def opened_library(options: dict[str, Any], seeds: bool = True, create: bool = True) -> Iterator["AnyLibrary"]:
    """The library that --library names; with ``seeds``, one that was never made is made from seeds/."""
    from index.embedder import Embedder
    from index.open import exists, opened

    name, embedder = options["library"], Embedder(options["embedder"]) if options["embedder"] else None
    fresh = seeds and not exists(name)
    if fresh and not SEEDS.is_dir():
        raise UsageError(f"There is no library in {name}: make one with rag index FOLDER, or see rag demo.")
    with opened(name, embedder, create=fresh if seeds else create) as library:
        if fresh:
            say(options, f"No library in {name} yet: indexing {SEEDS}/.")
            library.sync([SEEDS], progress=not options["quiet"])
        yield library


@contextmanager
def opened_assistant(options: dict[str, Any]) -> Iterator["Assistant"]:
    """An assistant on the library that --library names, with the writer that --model names, or with --quick none."""
    from rag.models import Models

    with opened_library(options) as library:
        models = Models(options["model"], options["quick"])
        from rag.assistant import Assistant

        if not options["quick"] and models.writer is None and options["model"] is None:
            from rag.catalog import WITHOUT_WRITER

            say(options, WITHOUT_WRITER)
        yield Assistant(library, models)
