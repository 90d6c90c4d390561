"""The command ``rag library``: how a library is, and the way from one into another."""

import sys
from dataclasses import asdict
from typing import Any

import click

from rag.commands.opened import opened_library
from rag.commands.output import FAILURE, say, say_json


@click.group(invoke_without_command=True)
@click.option("--check", is_flag=True, help="Read and check all its files; exit status 1 if one has a fault.")
@click.option(
    "--rebuild", is_flag=True, help="Rebuild the rankings; on Milvus: delete what was stored but never published."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def library(context: click.Context, check: bool, rebuild: bool, as_json: bool) -> None:
    """What is in the library, and whether it is sound.

    How much there is of it, what made it, and its size.
    """
    if context.invoked_subcommand:
        return
    from rag import terminal

    options = context.obj
    with opened_library(options, seeds=False, create=False) as opened:
        if rebuild:
            opened.rebuild()
        status, faults = opened.status(), opened.check() if check else []
        if as_json:
            say_json(asdict(status) | ({"faults": faults} if check else {}))
        else:
            click.echo(terminal.status(status))
            if check:
                click.echo(terminal.printable("\n".join(faults or ["no faults"])))
    if faults:
        sys.exit(FAILURE)


@library.command()
@click.argument("source", type=click.Path(readable=False), metavar="FROM")
@click.argument("target", type=click.Path(readable=False), metavar="TO")
@click.pass_obj
def copy(options: dict[str, Any], source: str, target: str) -> None:
    """Copy the library FROM to TO (folders or addresses on Milvus) without embedding anything again.

    A copy that was interrupted is continued. At the end every text, passage and vector is read back and compared.

    \b
    rag library copy .rag milvus://127.0.0.1:19530/archive
    """
    from index.open import opened
    from index.transfer import transfer

    with opened(source, create=False) as first, opened(target) as second:
        count = transfer(first, second, progress=not options["quiet"])
        say(options, f"{count} articles copied and compared: {target} holds what {source} holds.")
