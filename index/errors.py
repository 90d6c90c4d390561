"""Errors that a user can do something about: each message is one clear line."""


class FootnoteError(Exception):
    """Base of every error raised on purpose; ``str(error)`` is the line to show, without a traceback."""


class UsageError(FootnoteError):
    """What was asked can't be done as it was asked: a missing path, an unknown article, an empty question."""


class MissingLibrary(UsageError):
    """There is no library of that name, and it was not to be made."""


class Interrupted(FootnoteError):
    """Ctrl-C ended it before it was done; the line says what is kept."""


class DamagedLibrary(FootnoteError):
    """A ``library.db`` that can't be trusted; nothing in it has been changed."""
