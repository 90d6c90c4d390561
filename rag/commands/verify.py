"""The command ``rag verify``: whether the citations of saved answers still hold."""

import sys
from typing import Any

import click

from index.errors import UsageError
from rag.commands.input import FILE, lines
from rag.commands.opened import opened_library
from rag.commands.output import FAILURE


@click.command()
@click.argument("file", type=FILE, metavar="FILE")
@click.pass_obj
def verify(options: dict[str, Any], file: str) -> None:
    """Check whether the quotes of saved answers still hold.

    FILE holds answers saved with --json or --batch; each quote must still be in its article. Exit status 0 if all of
    them are, 1 if one is not.
    """
    from rag.answer import verdicts
    from rag.terminal import printable

    saved = lines(file)
    if not saved:
        raise UsageError(f"There is no answer in {file}: save some with rag ask --json or --batch.")
    with opened_library(options) as library:
        found = verdicts(saved, file, lambda article: library.article(article).text)
    for verdict in found:
        if not verdict.holds:
            click.echo(printable(f"does not hold: {verdict.reason}"))
    false = sum(not v.holds for v in found)
    click.echo(f"{len(found) - false} of {len(found)} citations hold")
    if false:
        sys.exit(FAILURE)
