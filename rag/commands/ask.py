"""The command ``rag ask``: the answer to a question, or to each of a batch of them."""

import sys
from typing import TYPE_CHECKING, Any

import click

from index.errors import UsageError
from rag.commands.input import FILE, lines
from rag.commands.opened import opened_assistant
from rag.commands.output import ABSTAINED, say_json

if TYPE_CHECKING:
    from rag.answer import Answer
    from rag.assistant import Assistant
    from rag.exchange import History


@click.command()
@click.argument("question", nargs=-1, metavar="[QUESTION]")
@click.option(
    "--batch", type=FILE, metavar="FILE", help="One question a line; - for standard input; prints JSON lines."
)
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="With --batch: questions at once.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.pass_obj
def ask(options: dict[str, Any], question: tuple[str, ...], batch: str | None, jobs: int, as_json: bool) -> None:
    """Answer QUESTION, with a footnote for each statement.

    Exit status: 0 for an answer, 3 if the articles don't contain one, 2 for bad usage, 1 for a failure. Without a
    library, the articles in seeds/ are indexed first. A batch is answered in the order of its questions; --jobs helps
    with a model on a server, because a model in this process reads one question at a time.

    \b
    rag ask "When does the agreement end?"
    rag ask --quick "When does the agreement end?"
    rag ask --json "When does the agreement end?" >answer.json
    rag ask --batch questions.txt >answers.jsonl
    rag --model http://127.0.0.1:8000/v1#NAME ask --batch questions.txt --jobs 8 >answers.jsonl
    """
    if question and batch is None:
        _one(options, " ".join(question), as_json)  # quotes are easily forgotten
    elif not question and batch is not None:
        _each(options, batch, jobs)
    else:
        raise UsageError("Ask one question, or give --batch FILE.")


def shown(options: dict[str, Any], assistant: "Assistant", question: str, history: "History" = ()) -> "Answer":
    """The answer, whose statements are printed as soon as they have passed the check."""
    from rag.answer import Answer
    from rag.terminal import AnswerPrinter

    live = AnswerPrinter(sys.stdout, sys.stderr if sys.stderr.isatty() and not options["quiet"] else None)
    for step in assistant.steps(question, history, options["quick"]):
        if isinstance(step, Answer):
            live.answer(step)
            return step
        if step.asked:
            live.asked(step.asked)
        live.stage(step.text, step.statements)
    raise AssertionError("an assistant ends with an answer")


def _one(options: dict[str, Any], question: str, as_json: bool) -> None:
    from rag.question import checked

    checked(question)
    with opened_assistant(options) as assistant:
        if as_json:
            given = assistant.ask(question, quick=options["quick"])
            say_json(given.as_json())
        else:
            given = shown(options, assistant, question)
        if given.abstained:
            sys.exit(ABSTAINED)


def _each(options: dict[str, Any], batch: str, jobs: int) -> None:
    from rag.question import checked

    questions = [checked(line) for line in lines(batch)]
    if not questions:
        raise UsageError(f"There is no question in {batch}.")
    with opened_assistant(options) as assistant:
        from rag.batch import answers

        for answer in answers(assistant, questions, jobs, options["quick"]):
            say_json(answer.as_json())
