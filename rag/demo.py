"""The command ``rag demo``: five questions to the article that comes with Footnote, and what to notice."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from rag.follow_up import Exchange


@dataclass(frozen=True)
class Example:
    """A question, and what its answer shows; a follow-up is understood out of the question before it."""

    question: str
    notice: str
    follow_up: bool = False


EXAMPLES = (
    Example(
        "Until what year are the key elements of the agreement intact?",
        "a fact: below it stand the article's own words, and the characters at which they stand in the file",
    ),
    Example(
        "Which elements of the agreement stay intact?",
        "a list: with the writer it is a sentence of its own, without (--quick) the article's",
    ),
    Example(
        "Who gets the first opportunity to host OpenAI's workloads?",
        "a question of other words than the article's title and headings",
    ),
    Example(
        "And if it cannot meet the demand?",
        "a follow-up: “Asked as” says how it was understood",
        follow_up=True,
    ),
    Example(
        "Who is the chief executive of SoftBank?",
        "the article names SoftBank and not its chief executive, so nothing is claimed",
    ),
)


@click.command()
@click.pass_obj
def demo(options: dict[str, Any]) -> None:
    """Ask five questions of the article that comes with Footnote, and say what to notice of each answer.

    The library is made for it in a folder of its own and removed at the end; yours is not touched.
    """
    from rag.cli import opened_assistant, opened_library, shown
    from rag.seeds import shipped

    articles = shipped()
    with tempfile.TemporaryDirectory(prefix="footnote-", ignore_cleanup_errors=True) as folder:
        own = options | {"library": str(Path(folder) / "library")}
        with opened_library(own, seeds=False) as library:
            library.sync(articles)
        with opened_assistant(own) as assistant:
            history: list[Exchange] = []
            for number, example in enumerate(EXAMPLES, 1):
                click.echo(f"\n{number}. {example.question}\n   Notice: {example.notice}.\n")
                answer = shown(own, assistant, example.question, history if example.follow_up else ())
                history = [Exchange(answer.asked or example.question, answer.text or "")]
    click.echo("\nNow your own: rag index FOLDER, then rag ask or rag chat.")
