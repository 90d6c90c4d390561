"""The command ``rag chat``: a conversation."""

import sys
from typing import Any

import click

from rag.commands.ask import shown
from rag.commands.opened import opened_assistant
from rag.commands.output import say


@click.command()
@click.option("--resume", "resumed", is_flag=True, help="Continue the last conversation about this library.")
@click.pass_obj
def chat(options: dict[str, Any], resumed: bool) -> None:
    """A conversation, in which a question may refer to earlier ones.

    "And until when?" is understood from the questions and answers before it, and you see how. An empty line ends it.

    \b
    rag chat
    rag chat --resume
    """
    from index.open import folder
    from rag.conversation import Conversation
    from rag.terminal import printable

    with opened_assistant(options) as assistant:
        conversation = Conversation(folder(options["library"]), resumed)
        if resumed:
            last = f", last: {conversation.exchanges[-1].question}" if conversation.exchanges else ""
            say(options, printable(f"{len(conversation.exchanges)} questions so far{last}"))
        while question := _line():
            given = shown(options, assistant, question, conversation.exchanges)
            click.echo()
            conversation.add(question, given)


def _line() -> str:
    try:
        return input("> " if sys.stdin.isatty() else "").strip()
    except (EOFError, KeyboardInterrupt):
        return ""
