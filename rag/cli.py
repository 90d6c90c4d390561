"""The ``rag`` command: the front door to every room."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import FootnoteError, UsageError
from rag.proxy import spare_loopback

if TYPE_CHECKING:
    from index.open import AnyLibrary
    from rag.answer import Answer
    from rag.assistant import Assistant
    from rag.follow_up import History

ABSTAINED, USAGE, FAILURE = 3, 2, 1  # exit statuses beside 0
SEEDS = Path("seeds")
ELSEWHERE = {  # commands in files of their own: name → module and function, imported when called for
    "chat": ("rag.conversation", "chat"),
    "eval": ("evals.command", "evaluate"),
    "feedback": ("ui.command", "feedback"),
    "forget": ("rag.forget", "forget"),
    "library": ("rag.library", "library"),
    "models": ("rag.catalog", "models"),
    "ui": ("ui.command", "ui"),
}


class Front(click.Group):
    """Shows our own errors as one line, with the exit status that fits; fetches the commands of other files."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *ELSEWHERE])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in ELSEWHERE:
            module, command = ELSEWHERE[name]
            found: click.Command = getattr(import_module(module), command)
            return found
        return super().get_command(context, name)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except FootnoteError as error:
            click.echo(f"rag: {error}", err=True)
            context.exit(USAGE if isinstance(error, UsageError) else FAILURE)


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="footnote")
@click.option("--library", default=".rag", show_default=True, metavar="NAME", help="A folder, or an address on Milvus.")
@click.option("--model", metavar="MODEL", help="A file, or a model on the hub or on a server; see rag models.")
@click.option("--embedder", metavar="NAME", help="A sentence-transformers model, for a library yet to be made.")
@click.option("-q", "--quiet", is_flag=True, help="No messages beside the result.")
@click.pass_context
def main(context: click.Context, library: str, model: str | None, embedder: str | None, quiet: bool) -> None:
    """Answers questions from a folder of articles; every statement cites the characters that prove it.

    \b
    rag index articles/                  put a folder of articles into the library
    rag ask "Who signed the agreement?"  one question
    rag chat                             a conversation
    """
    spare_loopback()
    os.umask(0o077)  # what any command writes is readable by who runs it alone
    context.obj = {"library": library, "model": model, "embedder": embedder, "quiet": quiet}


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
@click.option("--quick", is_flag=True, help="A sentence of the articles as it stands, without the writer.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.pass_obj
def ask(
    options: dict[str, Any], question: str | None, batch: str | None, jobs: int, quick: bool, as_json: bool
) -> None:
    """Answer QUESTION, with a footnote for each statement.

    Exit status: 0 for an answer, 3 when the articles don't hold one, 2 for bad usage, 1 for a failure. Without a
    library, the articles in seeds/ are indexed first. A batch is answered in the order of its questions; --jobs pays
    with a model on a server, for one in this process reads one question at a time.

    \b
    rag ask "When does the agreement end?"
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
    with opened_assistant(options, quick) as assistant:
        if question is None:
            from rag.batch import answers

            for answer in answers(assistant, questions, jobs, quick):
                click.echo(answer.dumps())
            return
        given = assistant.ask(question, quick=quick) if as_json else shown(options, assistant, question, quick=quick)
        if as_json:
            click.echo(given.dumps())
        if given.abstained:
            sys.exit(ABSTAINED)


@main.command()
@click.argument("question")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_obj
def search(options: dict[str, Any], question: str, k: int, as_json: bool) -> None:
    """The passages that fit QUESTION best: fused score, rank on the dense and on the lexical side."""
    with opened_library(options) as library:
        found = library.search(question, k)
        if as_json:
            from rag.answer import hit_as_json

            click.echo(json.dumps([hit_as_json(hit) for hit in found]))
        else:
            ids = {hit.passage.article_id for hit in found}
            click.echo(_text().hits(found, {id: library.article(id).title for id in ids}))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_obj
def articles(options: dict[str, Any], as_json: bool) -> None:
    """The articles in the library."""
    with opened_library(options) as library:
        found = library.entries()
        if as_json:
            records = [asdict(entry) | {"added": entry.added.isoformat()} for entry in found]
            click.echo(json.dumps(records, ensure_ascii=False))
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


@contextmanager
def opened_library(options: dict[str, Any], seeds: bool = True, create: bool = True) -> Iterator["AnyLibrary"]:
    """The library that --library names; with ``seeds``, one that was never made is made from seeds/."""
    from index.embedder import Embedder
    from index.open import exists, opened

    name, embedder = options["library"], Embedder(options["embedder"]) if options["embedder"] else None
    fresh = seeds and not exists(name)
    if fresh and not SEEDS.is_dir():
        raise UsageError(f"There is no library in {name}: make one with rag index FOLDER.")
    with opened(name, embedder, create=fresh if seeds else create) as library:
        if fresh:
            say(options, f"No library in {name} yet: indexing {SEEDS}/.")
            library.sync([SEEDS], progress=not options["quiet"])
        yield library


@contextmanager
def opened_assistant(options: dict[str, Any], quick: bool = False) -> Iterator["Assistant"]:
    from rag.models import Models

    with opened_library(options) as library:
        models = Models(options["model"], quick)
        from rag.assistant import Assistant

        if not quick and models.writer is None and options["model"] is None:
            from rag.catalog import WITHOUT_WRITER

            say(options, WITHOUT_WRITER)
        yield Assistant(library, models)


def shown(
    options: dict[str, Any], assistant: "Assistant", question: str, history: "History" = (), quick: bool = False
) -> "Answer":
    """The answer, whose statements are printed as soon as they have passed the check."""
    from rag.answer import Answer

    live = _text().Live(sys.stdout, sys.stderr if sys.stderr.isatty() and not options["quiet"] else None)
    for step in assistant.steps(question, history, quick):
        if isinstance(step, Answer):
            live.answer(step)
            return step
        if step.asked:
            live.asked(step.asked)
        live.stage(step.text, step.statements)
    raise AssertionError("an assistant ends with an answer")


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


def say(options: dict[str, Any], line: str) -> None:
    if not options["quiet"]:
        click.echo(line, err=True)


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
        return sys.stdin.read().lstrip("\ufeff") if file == "-" else decode(Path(file).read_bytes())
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from error
    except UnreadableFile as error:
        raise UsageError(f"{file} {error}.") from error
    except UnicodeDecodeError as error:
        raise UsageError("What came in is not UTF-8 text.") from error


def _offsets(cite: str, length: int) -> tuple[int, int]:
    start, colon, end = cite.replace("-", ":").partition(":")
    if not (colon and start.isdigit() and end.isdigit() and int(start) < int(end) <= length):
        raise UsageError(f"--cite takes START:END within 0:{length}, not {cite}.")
    return int(start), int(end)


if __name__ == "__main__":
    main()
