"""Input: what a command reads from a file of the user's or from standard input."""

import sys
from pathlib import Path

import click

from index.errors import UsageError

FILE = click.Path(readable=False, allow_dash=True)  # a shell completes it; ``lines`` says why it can't be read


def lines(file: str) -> list[str]:
    """The lines of ``file`` that are not blank, - being standard input, in whatever encoding they are.

    Raises UsageError, naming it, where it can't be read.
    """
    from index.document import UnreadableFile
    from index.readers.encoding import decode

    try:
        text = decode(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from error
    except UnreadableFile as error:
        raise UsageError(f"{'Standard input' if file == '-' else file} {error}.") from error
    return [line for line in text.splitlines() if line.strip()]
