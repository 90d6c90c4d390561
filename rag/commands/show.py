"""The command ``rag show``: an article's text, or the part that a citation points at."""

from typing import Any

import click

from index.errors import UsageError
from rag.commands.opened import opened_library


@click.command()
@click.argument("article")
@click.option("--cite", metavar="START:END", help="Only the characters from START to END.")
@click.pass_obj
def show(options: dict[str, Any], article: str, cite: str | None) -> None:
    """Print ARTICLE, or the part that a citation points to.

    ARTICLE is its id, source or title.

    \b
    rag show openai-broadens-its-cloud-beyond-microsoft --cite 490:579
    """
    from rag.terminal import printable

    with opened_library(options) as library:
        text = library.article(article).text
        if cite:
            start, end = _offsets(cite, len(text))
            text = text[start:end]
        click.echo(printable(text))


def _offsets(cite: str, length: int) -> tuple[int, int]:
    start, colon, end = cite.replace("-", ":").partition(":")
    if not (colon and start.isdigit() and end.isdigit() and int(start) < int(end) <= length):
        raise UsageError(f"--cite takes START:END within 0:{length}, not {cite}.")
    return int(start), int(end)
