"""The command ``rag index``: puts files and folders into the library, and goes on doing so with --watch."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import FootnoteError, Interrupted, UsageError
from index.folder import checked
from rag.commands.opened import opened_library
from rag.commands.output import say
from rag.seeds import SEEDS

if TYPE_CHECKING:
    from index.open import AnyLibrary


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(readable=False), metavar="[PATH…]")
@click.option("--watch", is_flag=True, help="Keep the library up to date until Ctrl-C.")
@click.option(
    "--ray",
    is_flag=False,
    flag_value="local",
    metavar="[HOST:PORT]",
    help="Use the workers of a Ray cluster. All its nodes need Footnote, and see the files at the same paths. Without "
    "HOST:PORT, Ray is started on this machine, and stopped afterwards. Needs --library milvus://….",
)
@click.option("--allow-empty", is_flag=True, help="Allow that most articles of a folder are removed.")
@click.pass_obj
def index(options: dict[str, Any], paths: tuple[str, ...], watch: bool, ray: str | None, allow_empty: bool) -> None:
    """Bring the library up to date with files and folders.

    Without PATH, the folder seeds/. Text, Markdown, web pages, PDF, Word, tables, slides, books and mail are read.
    Run again, it touches only what was added, changed, renamed or removed. Files that can't be read are named; the
    others are indexed all the same. If most of what was indexed from a folder is gone, as when a drive is not
    connected, nothing is changed without --allow-empty.

    \b
    rag index articles/ notes.md
    rag index --watch articles/
    rag --library milvus://HOST:PORT/NAME index articles/ --ray
    """
    if watch and ray:
        raise UsageError("--ray indexes once: leave out --watch.")
    if not paths and not SEEDS.is_dir():
        raise UsageError("Name a folder of articles: rag index FOLDER.")
    roots = checked(paths or [SEEDS])  # before a library is made
    ingester = import_module("index.ray").ingester(ray, options["library"]) if ray else None
    with opened_library(options, seeds=False) as library:
        from rag.terminal import changes

        try:
            made = library.sync(roots, not options["quiet"], ingester, allow_empty)
        except KeyboardInterrupt:
            raise Interrupted("Interrupted. Nothing is lost: the same command goes on from here.") from None
        say(options, changes(made))
        if watch:
            _keep_syncing(options, library, roots)
        elif made.problems and not (made.added or made.changed or made.renamed or made.unchanged):
            raise UsageError("None of the files could be indexed.")


def _keep_syncing(options: dict[str, Any], library: "AnyLibrary", paths: Sequence[Path]) -> None:
    say(options, "Watching for changes; Ctrl-C ends it.")
    with suppress(KeyboardInterrupt):  # also while it reads: what was not finished is done the next time
        for made in _syncs(library, paths):
            say(options, made)


def _syncs(library: "AnyLibrary", paths: Sequence[Path]) -> Iterator[str]:
    """What each change has made of ``library``, or why nothing."""
    from index import watch
    from rag.terminal import changes

    for _ in watch.changes(paths):
        try:
            made = library.sync(paths)
        except FootnoteError as error:  # a folder that is gone for a moment, another process that is writing
            yield f"rag: {error}"
        else:
            if made:
                yield changes(made)
