"""Suggestions: what somebody may have meant who named an article that is not there."""

import difflib
from collections.abc import Sequence


def did_you_mean(names: Sequence[str], key: str) -> str:
    """A sentence that names the closest of ``names``, if any is close."""
    close = [name for name in names if key.lower() in name.lower()] or difflib.get_close_matches(key, names, cutoff=0.5)
    return f"Did you mean {' or '.join(list(dict.fromkeys(close))[:3])}?" if close else "rag articles lists them."
