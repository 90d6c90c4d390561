"""The ``rag`` command: it finds the subcommand, reads the settings, and shows errors as one line."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from errno import EPIPE
from io import TextIOWrapper
from pkgutil import resolve_name
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from index.errors import FootnoteError, Interrupted, UsageError
from rag import settings
from rag.commands.output import FAILURE, INTERRUPTED, USAGE
from rag.proxy import bypass_for_loopback

BROKEN = "rag.settings"  # in a context: what is wrong with the user's file of settings
QUESTION_MARKS = ("?", "？", "؟")
ALIKE = 0.65  # by difflib's ratio, from which on a word is a misspelt command
COMMANDS = (  # each in the file of its name, which is imported when it is called for
    "articles",
    "ask",
    "chat",
    "completion",
    "demo",
    "doctor",
    "forget",
    "index",
    "library",
    "models",
    "remove",
    "search",
    "show",
    "verify",
)
ELSEWHERE = {  # in other packages
    "eval": "evals.command:evaluate",
    "feedback": "ui.command:feedback",
    "serve": "ui.command:serve",
    "ui": "ui.command:ui",
}


class CommandLine(click.Group):
    """Fetches the commands, takes a question for ``ask``, and settings wherever they stand.

    Errors are shown as one line, with the exit status that fits.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*COMMANDS, *ELSEWHERE])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        return settings.with_settings(resolve_name(ELSEWHERE.get(name, f"rag.commands.{name}:{name}")))

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        first = arguments[0].strip()
        known = self.list_commands(context)
        if first in known or first.startswith("-") or context.resilient_parsing:
            return super().resolve_command(context, arguments)
        asks = any(word.endswith(QUESTION_MARKS) for word in arguments)
        meant = _misspelt(first, known)
        if len(first.split()) != 1 or (asks and not meant):
            return "ask", self.get_command(context, "ask"), arguments
        if meant:
            quotes = " A question goes in quotes." if asks else ""
            raise UsageError(f"There is no command {first}: did you mean rag {meant}?{quotes}")
        hint = "A question goes in quotes, or ends with a question mark."
        raise UsageError(f"There is no command {first}: see rag --help. {hint}")

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        context.obj = {}
        try:
            context.default_map = settings.read()
        except UsageError as error:
            context.meta[BROKEN] = error  # told by ``invoke``: help and completion go without
        with _in_one_line(context):
            left = super().parse_args(context, arguments)
        context.default_map = None  # a command called like a setting would take it for its own
        return left

    def invoke(self, context: click.Context) -> Any:
        with _in_one_line(context):
            if BROKEN in context.meta:
                raise context.meta[BROKEN]
            return super().invoke(context)


def _misspelt(word: str, commands: list[str]) -> str | None:
    """The command that ``word`` is a slip for, as "asc" and "Ask" are for ask.

    Not one with another first letter, or much longer: questions begin with "how", "what", "do" and "for".
    """
    word = word.lower()
    likely = [name for name in commands if name[0] == word[:1] and abs(len(name) - len(word)) < 2]
    return next(iter(get_close_matches(word, likely, 1, ALIKE)), None)


@contextmanager
def _in_one_line(context: click.Context) -> Iterator[None]:
    """What the user can do something about is shown in one line, and ends the command with the status that fits."""
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except (Interrupted, KeyboardInterrupt) as error:
        line, status = str(error) or "Interrupted.", INTERRUPTED
    except FootnoteError as error:
        line, status = str(error), USAGE if isinstance(error, UsageError) else FAILURE
    except click.UsageError as error:
        asked = error.ctx or context
        said = " ".join(error.format_message().split())  # click breaks lines, and leaves out full stops
        line, status = f"{said}{'' if said.endswith(('.', '?', '?)')) else '.'} See {asked.command_path} --help.", USAGE
    except OSError as error:  # a disk that is full, a folder that nobody may write to
        if error.errno == EPIPE:
            raise
        line, status = ": ".join(str(part) for part in (error.filename, error.strerror or error) if part), FAILURE
    else:
        return
    click.echo(f"rag: {line}", err=True)
    context.exit(status)


@click.group(
    cls=CommandLine,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=settings.options(),
    epilog="An option can be given before or after the command, in the environment (FOOTNOTE_LIBRARY and so on), or in "
    "config.toml in your configuration folder (rag doctor names it). The first of these wins.",
)
@click.version_option(package_name="footnote-qa")
def main() -> None:
    """Answers questions from a folder of articles; every statement cites the characters that prove it.

    \b
    rag index articles/                  put a folder of articles into the library
    rag "Who signed the agreement?"      one question
    rag chat                             a conversation
    """
    bypass_for_loopback()
    os.umask(0o077)  # what any command writes is readable by who runs it alone
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")  # a character that the terminal does not have ends nothing


if __name__ == "__main__":
    main()
