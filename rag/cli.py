"""The ``rag`` command: the front door to every room."""

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import FootnoteError, UsageError
from rag import settings
from rag.opened import opened_assistant, opened_library
from rag.output import ABSTAINED, FAILURE, USAGE, say, say_json, shown
from rag.proxy import spare_loopback
from rag.seeds import SEEDS

if TYPE_CHECKING:
    from index.open import AnyLibrary

BROKEN = "rag.settings"  # in a context: what is wrong with the user's file of settings
QUESTION_MARKS = ("?", "？", "؟")
ELSEWHERE = {  # commands in files of their own: name → module and function, imported when called for
    "chat": ("rag.chat", "chat"),
    "completion": ("rag.completion", "completion"),
    "demo": ("rag.demo", "demo"),
    "doctor": ("rag.doctor", "doctor"),
    "eval": ("evals.command", "evaluate"),
    "feedback": ("ui.command", "feedback"),
    "forget": ("rag.forget", "forget"),
    "library": ("rag.library", "library"),
    "models": ("rag.catalog", "models"),
    "serve": ("ui.command", "serve"),
    "ui": ("ui.command", "ui"),
}


class Front(click.Group):
    """Fetches the commands of other files, takes a question for ``ask``, and settings wherever they stand.

    Our own errors are shown as one line, with the exit status that fits.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *ELSEWHERE])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        command = super().get_command(context, name)
        if name in ELSEWHERE:
            module, function = ELSEWHERE[name]
            command = getattr(import_module(module), function)
        return settings.taken_by(command) if command else None

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        first = arguments[0].strip()
        known = self.list_commands(context)
        if first in known or first.startswith("-") or context.resilient_parsing:
            return super().resolve_command(context, arguments)
        if len(first.split()) > 1 or first.endswith(QUESTION_MARKS):
            return "ask", self.get_command(context, "ask"), arguments
        if meant := get_close_matches(first, known, 1):
            raise UsageError(f"There is no command {first}: did you mean rag {meant[0]}?")
        raise UsageError(f"There is no command {first}: see rag --help. A question goes in quotes.")

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        context.obj = {}
        try:
            context.default_map = settings.read()
        except UsageError as error:
            context.meta[BROKEN] = error  # told by ``invoke``: help and completion go without
        left = super().parse_args(context, arguments)
        context.default_map = None  # a command called like a setting would take it for its own
        return left

    def invoke(self, context: click.Context) -> Any:
        try:
            if BROKEN in context.meta:
                raise context.meta[BROKEN]
            return super().invoke(context)
        except FootnoteError as error:
            click.echo(f"rag: {error}", err=True)
            context.exit(USAGE if isinstance(error, UsageError) else FAILURE)


@click.group(
    cls=Front,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=settings.options(),
    epilog="Options stand before the command or after it, in the environment as FOOTNOTE_LIBRARY and so on, or in "
    "config.toml in your configuration folder, which rag doctor names. The first of these has the last word.",
)
@click.version_option(package_name="footnote-qa")
def main() -> None:
    """Answers questions from a folder of articles; every statement cites the characters that prove it.

    \b
    rag index articles/                  put a folder of articles into the library
    rag "Who signed the agreement?"      one question
    rag chat                             a conversation
    """
    spare_loopback()
    os.umask(0o077)  # what any command writes is readable by who runs it alone
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")  # a character that the terminal does not have ends nothing


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option("--watch", is_flag=True, help="Go on doing so whenever a file changes, until Ctrl-C.")
@click.option(
    "--ray",
    is_flag=False,
    flag_value="local",
    metavar="[HOST:PORT]",
    help="Let the workers of a Ray cluster do it, whose nodes all see the files at the same paths and have Footnote "
    "installed; without HOST:PORT, Ray is started on this machine, and stopped afterwards. Needs --library milvus://….",
)
@click.option("--allow-empty", is_flag=True, help="Remove articles even if most of those indexed from there are gone.")
@click.pass_obj
def index(options: dict[str, Any], paths: tuple[str, ...], watch: bool, ray: str | None, allow_empty: bool) -> None:
    """Make the library hold files and folders as they are now (default: seeds/): text, Markdown, web pages, PDF, Word,
    tables, slides, books and mail.

    Run again, it touches only what was added, changed, renamed or removed. Files that can't be read are named; the
    others are indexed all the same. Where most of what was indexed from a folder is gone, as when a drive is not
    connected, nothing is changed without --allow-empty.

    \b
    rag index articles/ notes.md
    rag index --watch articles/
    rag --library milvus://HOST:PORT/NAME index articles/ --ray
    """
    if watch and ray:
        raise UsageError("--ray indexes once: leave out --watch.")
    if not paths and not SEEDS.is_dir():
        raise UsageError("Name a folder of articles: rag index FOLDER.")
    ingester = import_module("index.ray").ingester(ray, options["library"]) if ray else None
    with opened_library(options, seeds=False) as library:
        made = library.sync(paths or [SEEDS], not options["quiet"], ingester, allow_empty)
        say(options, _text().changes(made))
        if watch:
            _keep_syncing(options, library, paths or [SEEDS])
        elif made.problems and not (made.added or made.changed or made.renamed or made.unchanged):
            raise UsageError("None of the files could be indexed.")


@main.command()
@click.argument("article")
@click.pass_obj
def remove(options: dict[str, Any], article: str) -> None:
    """Take ARTICLE (its id, source or title) out of the library. Its file stays, and rag index brings it back."""
    with opened_library(options, seeds=False, create=False) as library:
        removed = library.remove(article)
        say(options, _text().printable(f"removed {removed.id} ({removed.source})"))


@main.command()
@click.argument("question", required=False)
@click.option("--batch", metavar="FILE", help="One question a line; - for standard input. Prints JSON lines.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="With --batch: questions at once.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.pass_obj
def ask(options: dict[str, Any], question: str | None, batch: str | None, jobs: int, as_json: bool) -> None:
    """Answer QUESTION, with a footnote for each statement.

    Exit status: 0 for an answer, 3 when the articles don't hold one, 2 for bad usage, 1 for a failure. Without a
    library, the articles in seeds/ are indexed first. A batch is answered in the order of its questions; --jobs pays
    with a model on a server, for one in this process reads one question at a time.

    \b
    rag ask "When does the agreement end?"
    rag ask --quick "When does the agreement end?"
    rag ask --json "When does the agreement end?" >answer.json
    rag ask --batch questions.txt >answers.jsonl
    rag --model http://127.0.0.1:8000/v1#NAME ask --batch questions.txt --jobs 8 >answers.jsonl
    """
    if (question is None) == (batch is None):
        raise UsageError("Ask one question, or give --batch FILE.")
    if question is not None:
        from rag.question import checked

        checked(question)
    questions = _questions(batch) if batch is not None else []
    with opened_assistant(options) as assistant:
        if question is None:
            from rag.batch import answers

            for answer in answers(assistant, questions, jobs, options["quick"]):
                say_json(answer.as_json())
            return
        given = assistant.ask(question, quick=options["quick"]) if as_json else shown(options, assistant, question)
        if as_json:
            say_json(given.as_json())
        if given.abstained:
            sys.exit(ABSTAINED)


@main.command()
@click.argument("question")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_obj
def search(options: dict[str, Any], question: str, k: int, as_json: bool) -> None:
    """The passages that fit QUESTION best, with their text: fused score, rank on the dense and on the lexical side.

    \b
    rag search -k 3 "right of first refusal"
    """
    with opened_library(options) as library:
        found = library.search(question, k)
        titles = {id: library.article(id).title for id in {hit.passage.article_id for hit in found}}
        if as_json:
            from rag.answer import hit_as_json

            more = ({"title": titles[hit.passage.article_id], "text": hit.passage.text} for hit in found)
            say_json([hit_as_json(hit) | each for hit, each in zip(found, more, strict=True)])
        else:
            click.echo(_text().hits(found, titles))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_obj
def articles(options: dict[str, Any], as_json: bool) -> None:
    """The articles in the library."""
    with opened_library(options) as library:
        found = library.entries()
        if as_json:
            records = [asdict(entry) | {"added": entry.added.isoformat()} for entry in found]
            say_json(records)
        elif found:
            click.echo(_text().articles(found))


@main.command()
@click.argument("article")
@click.option("--cite", metavar="START:END", help="Only the characters from START to END.")
@click.pass_obj
def show(options: dict[str, Any], article: str, cite: str | None) -> None:
    """Print ARTICLE (its id, source or title), or the part of it that a citation points at.

    \b
    rag show openai-broadens-its-cloud-beyond-microsoft --cite 490:579
    """
    with opened_library(options) as library:
        text = library.article(article).text
        if cite:
            start, end = _offsets(cite, len(text))
            text = text[start:end]
        click.echo(_text().printable(text))


@main.command()
@click.argument("file", metavar="FILE")
@click.pass_obj
def verify(options: dict[str, Any], file: str) -> None:
    """Hold the answers in FILE (saved with --json or --batch) against the articles as they are now.

    Exit status 0 when every citation still holds, 1 when one does not.
    """
    from rag.answer import verdicts

    lines = [line for line in _read(file).splitlines() if line.strip()]
    with opened_library(options) as library:
        found = verdicts(lines, file, lambda article: library.article(article).text)
    for verdict in found:
        if not verdict.holds:
            click.echo(_text().printable(f"no longer true: {verdict.reason}"))
    false = sum(not v.holds for v in found)
    click.echo(f"{len(found) - false} of {len(found)} citations hold")
    if false:
        sys.exit(FAILURE)


def _keep_syncing(options: dict[str, Any], library: "AnyLibrary", paths: Sequence[str | Path]) -> None:
    from index.watch import changes

    say(options, "Watching for changes; Ctrl-C ends it.")
    for _ in changes(paths):
        try:
            made = library.sync(paths)
        except FootnoteError as error:  # a folder that is gone for a moment, another process that is writing
            say(options, f"rag: {error}")
        else:
            if made:
                say(options, _text().changes(made))


def _text() -> Any:
    from rag import text

    return text


def _questions(batch: str) -> list[str]:
    from rag.question import checked

    lines = _read(batch).splitlines()
    if not any(line.strip() for line in lines):
        raise UsageError(f"There is no question in {batch}.")
    return [checked(line) for line in lines if line.strip()]


def _read(file: str) -> str:
    from index.document import UnreadableFile
    from index.readers.encoding import decode

    try:
        return decode(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from error
    except UnreadableFile as error:
        raise UsageError(f"{'Standard input' if file == '-' else file} {error}.") from error


def _offsets(cite: str, length: int) -> tuple[int, int]:
    start, colon, end = cite.replace("-", ":").partition(":")
    if not (colon and start.isdigit() and end.isdigit() and int(start) < int(end) <= length):
        raise UsageError(f"--cite takes START:END within 0:{length}, not {cite}.")
    return int(start), int(end)


if __name__ == "__main__":
    main()
