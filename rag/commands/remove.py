"""The command ``rag remove``: takes an article out of the library."""

from typing import Any

import click

from rag.commands.opened import opened_library
from rag.commands.output import say


@click.command()
@click.argument("article")
@click.pass_obj
def remove(options: dict[str, Any], article: str) -> None:
    """Take ARTICLE out of the library; its file stays.

    ARTICLE is its id, source or title. rag index brings it back.
    """
    from rag.terminal import printable

    with opened_library(options, seeds=False, create=False) as library:
        removed = library.remove(article)
        say(options, printable(f"removed {removed.id} ({removed.source})"))
