"""Output: what the commands print, and the exit statuses they end with."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rag.answer import Answer
    from rag.assistant import Assistant
    from rag.follow_up import History

ABSTAINED, USAGE, FAILURE = 3, 2, 1  # exit statuses beside 0


def say(options: dict[str, Any], line: str) -> None:
    """Print a message beside the result, unless --quiet leaves it out."""
    if not options["quiet"]:
        click.echo(line, err=True)


def say_json(value: Any) -> None:
    """Print ``value``, in ASCII where standard output is not UTF-8."""
    click.echo(json.dumps(value, ensure_ascii=sys.stdout.encoding.lower() not in ("utf-8", "utf8")))


def shown(options: dict[str, Any], assistant: "Assistant", question: str, history: "History" = ()) -> "Answer":
    """The answer, whose statements are printed as soon as they have passed the check."""
    from rag.answer import Answer
    from rag.text import Live

    live = Live(sys.stdout, sys.stderr if sys.stderr.isatty() and not options["quiet"] else None)
    for step in assistant.steps(question, history, options["quick"]):
        if isinstance(step, Answer):
            live.answer(step)
            return step
        if step.asked:
            live.asked(step.asked)
        live.stage(step.text, step.statements)
    raise AssertionError("an assistant ends with an answer")
