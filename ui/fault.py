"""A fault: what the log tells of an error that nobody foresaw."""

import os
from traceback import format_tb

SETTING = "FOOTNOTE_LOG_WORDS"  # of the environment: 1 has the log hold what an error says, too


def log_text(error: BaseException) -> str:
    """Where ``error`` came from and of which type it is; its words may quote a question, and are told on demand."""
    words = f": {error}" if os.environ.get(SETTING) == "1" else f" (what it says may quote a question: {SETTING}=1)"
    return f"{''.join(format_tb(error.__traceback__))}{type(error).__qualname__}{words}"
