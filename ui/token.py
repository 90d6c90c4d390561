"""The token that a program shows to be answered, from a file or the environment."""

import os
from pathlib import Path

from index.errors import UsageError

TOKEN = "FOOTNOTE_TOKEN"  # noqa: S105  # names a variable of the environment


def token(file: Path | None) -> str | None:
    """The token in ``file``, or else in the environment; None where there is none.

    Raises UsageError for a file that can't be read or holds no token, which is one word.
    """
    try:
        text = file.read_text(encoding="utf-8-sig") if file else os.environ.get(TOKEN, "")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} can't be read: name a text file that holds the token and nothing else.") from error
    words = text.split()
    if len(words) > 1 or (file and not words):
        raise UsageError(f"{file or TOKEN} has to hold one token, without blanks: openssl rand -hex 32 makes one.")
    return words[0] if words else None
