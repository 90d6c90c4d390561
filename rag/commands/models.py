"""The command ``rag models``: which models can write."""

import click

from rag.commands.output import say_json
from rag.models import READER, packaged_model


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of the models that have a name.")
def models(as_json: bool) -> None:
    """The models that --model takes.

    What each weighs, the memory it needs, its licence, and whether it is here.
    """
    from rag.catalog import CHOICES, listing, record

    if as_json:
        say_json([record(choice) for choice in CHOICES])
        return
    from index.embedder import Embedder

    click.echo(listing())
    click.echo(f"\nreader: {READER}, {packaged_model()} with Footnote's own adapter")
    click.echo(f"embedder: {Embedder().name}")
