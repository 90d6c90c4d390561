"""The command ``rag search``: the passages that fit a question, without an answer."""

from typing import Any

import click

from rag.commands.opened import opened_library
from rag.commands.output import say, say_json


@click.command()
@click.argument("question", nargs=-1, required=True, metavar="QUESTION")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_obj
def search(options: dict[str, Any], question: tuple[str, ...], k: int, as_json: bool) -> None:
    """The passages that match QUESTION best, without an answer.

    Each with its text, fused score, and ranks by meaning (dense) and by words (lexical).

    \b
    rag search -k 3 "right of first refusal"
    """
    with opened_library(options) as library:
        from rag.abstention import EMPTY_LIBRARY
        from rag.answer import hit_as_json
        from rag.terminal import hits

        found = library.search(" ".join(question), k)
        titles = {id: library.article(id).title for id in {hit.passage.article_id for hit in found}}
        if as_json:
            more = ({"title": titles[hit.passage.article_id], "text": hit.passage.text} for hit in found)
            say_json([hit_as_json(hit) | each for hit, each in zip(found, more, strict=True)])
        elif found:
            click.echo(hits(found, titles))
        else:
            say(options, EMPTY_LIBRARY)
