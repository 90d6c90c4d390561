"""Settings: the options that every command takes; the environment and a file of the user's can give them, too."""

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
import platformdirs
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from index.errors import UsageError
from index.processors import SETTING

KINDS = {str: "text in quotes", int: "a whole number from 1 on", bool: "true or false"}


class Setting(click.Option):
    """An option of every command; help lists it at ``rag --help`` alone, and shells complete it everywhere."""

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        return None if context.parent else super().get_help_record(context)


def file() -> Path:
    """The file of settings in the user's configuration folder; it need not be there."""
    return Path(platformdirs.user_config_dir("footnote", appauthor=False)) / "config.toml"


def read() -> dict[str, Any]:
    """What ``file`` sets, by the options' names; nothing where there is none.

    Raises UsageError, naming the file, for what is no TOML, a setting that does not exist, and a value that is none.
    """
    place = file()
    try:
        found = tomllib.loads(place.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{place} can't be read: {error.strerror}.") from error
    except ValueError as error:  # of TOML, or of UTF-8
        raise UsageError(f"{place} is not TOML ({error}).") from error
    known = {str(option.name): _kind(option) for option in options()}
    for name, value in found.items():
        if name not in known:
            meant = get_close_matches(name, known, 1)
            hint = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(known)}."
            raise UsageError(f"{place} has no setting {name}: {hint}")
        if type(value) is not known[name] or (type(value) is int and value < 1):
            raise UsageError(f"{place}: {name} takes {KINDS[known[name]]}.")
    if "library" in found:
        found["library"] = os.path.expanduser(found["library"])
    return found


def options() -> list[Setting]:
    """The options: each stands before the command or after it, in the environment as FOOTNOTE_NAME, or in ``file``.

    The first of these that gives one has the last word. ``context.obj`` holds them by their names.
    """
    return [
        _option(
            "--library",
            default=".rag",
            metavar="NAME",
            shell_complete=_folders,
            help="A folder, or an address on Milvus.",
        ),
        _option(
            "--model",
            metavar="MODEL",
            shell_complete=_models,
            help="A file, or a model on the hub or on a server; see rag models.",
        ),
        _option(
            "--embedder",
            metavar="NAME",
            shell_complete=_folders,
            help="A sentence-transformers model, for a new library.",
        ),
        _option(
            "--threads", type=click.IntRange(1), metavar="N", help="Threads to use; by default as many as allowed."
        ),
        _option("--quick/--no-quick", help="Quote one sentence, without the writer."),
        _option("--quiet/--no-quiet", "-q", help="Print the result and nothing else."),
    ]


def with_settings(command: click.Command) -> click.Command:
    """``command`` and the commands below it, which take the options as well."""
    own = {parameter.name for parameter in command.params}
    command.params += [option for option in options() if option.name not in own]
    if isinstance(command, click.Group):
        for below in command.commands.values():
            with_settings(below)
    command.epilog = command.epilog or "The options of rag --help may stand here, too."
    return command


def _option(*names: str, **attributes: Any) -> Setting:
    name = names[0].partition("/")[0].lstrip("-")
    attributes |= {"envvar": f"FOOTNOTE_{name.upper()}", "show_envvar": True, "show_default": True}
    return Setting(names, expose_value=False, callback=_keep, **attributes)


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep ``value``: after a command only what was typed there, for the rest is known from before it."""
    name = str(option.name)
    if value == "":  # a variable of a script that was never set
        raise UsageError(f"--{name} is empty: name one, or leave it out.")
    if context.parent and context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
        return
    context.find_root().obj[name] = value
    if name == "threads" and value:
        os.environ[SETTING] = str(value)  # for this process, and for those that it starts


def _folders(context: click.Context, option: click.Parameter, typed: str) -> list[CompletionItem]:
    return [CompletionItem(typed, type="dir")]


def _models(context: click.Context, option: click.Parameter, typed: str) -> list[CompletionItem]:
    """The models that have a name; for anything else the shell offers files."""
    from rag.catalog import CHOICES, READER_ALONE

    names = [READER_ALONE, *(choice.name for choice in CHOICES)]
    return [CompletionItem(name) for name in names if name.startswith(typed)] or [CompletionItem(typed, type="file")]


def _kind(option: click.Option) -> type:
    return bool if option.is_flag else int if isinstance(option.type, click.IntRange) else str
