"""The command ``rag articles``: what the library holds."""

from dataclasses import asdict
from operator import attrgetter
from typing import Any

import click

from rag.commands.opened import opened_library
from rag.commands.output import say, say_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_obj
def articles(options: dict[str, Any], as_json: bool) -> None:
    """The articles in the library, by title."""
    from rag import terminal

    with opened_library(options) as library:
        found = sorted(library.entries(), key=attrgetter("order"))
        if as_json:
            say_json([asdict(entry) | {"added": entry.added.isoformat()} for entry in found])
        elif found:
            click.echo(terminal.articles(found))
        else:
            from rag.abstention import EMPTY_LIBRARY

            say(options, EMPTY_LIBRARY)
