"""The command ``rag demo``: five questions to the article that comes with Footnote, and what to notice."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from rag.commands.ask import shown
from rag.commands.opened import opened_assistant, opened_library


@dataclass(frozen=True)
class Example:
    """A question, and what its answer shows."""

    question: str
    notice: str


EXAMPLES = (
    Example(
        "Who holds a right of first refusal?",
        "a fact; below it the article's own words, and at which characters of the file they are",
    ),
    Example(
        "Which elements of the agreement stay intact through 2030?",
        "a list; --quick shows the article's sentence instead, without the model that writes",
    ),
    Example(
        "Why is OpenAI diversifying its cloud providers?",
        "a reason; it may be found in several places, each with a footnote of its own",
    ),
    Example(
        "How many articles mention Oracle?",
        "a question about the collection; it is counted, not guessed",
    ),
    Example(
        "How much did Microsoft pay for the right of first refusal?",
        "the article mentions the right but no price, so nothing is claimed",
    ),
)


@click.command()
@click.pass_obj
def demo(options: dict[str, Any]) -> None:
    """Ask five questions of the bundled article.

    Beside each answer stands what to notice. This uses a temporary library; yours is not touched.
    """
    from rag.seeds import bundled_articles

    articles = bundled_articles()
    with tempfile.TemporaryDirectory(prefix="footnote-", ignore_cleanup_errors=True) as folder:
        own = options | {"library": str(Path(folder) / "library")}
        with opened_library(own, seeds=False) as library:
            library.sync(articles)
        with opened_assistant(own) as assistant:
            for number, example in enumerate(EXAMPLES, 1):
                click.echo(f"\n{number}. {example.question}\n   Notice: {example.notice}.\n")
                shown(own, assistant, example.question)
    click.echo("\nNow your own: rag index FOLDER, then rag ask or rag chat.")
