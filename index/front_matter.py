"""Front matter: the fields that a text file may begin with, between two lines of ``---``."""

import re
from functools import lru_cache
from typing import Any

FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
FIELD = re.compile(r"^[\w-]+[ \t]*:", re.MULTILINE)
LONGEST = 20_000  # characters; nobody writes more of it
BRACKETS = 500  # nobody writes more, and YAML takes ever longer for nested ones


def front_matter(text: str) -> dict[str, Any]:
    """The fields; none where there is no front matter, or YAML can't read it."""
    matter = _matter(text)
    return _fields(matter[1]) or {} if matter else {}


def body(text: str) -> int:
    """The offset at which the front matter is over; 0 where ``text`` begins with a rule and prose instead."""
    matter = _matter(text)
    if not matter:
        return 0
    fields = _fields(matter[1])
    return matter.end() if fields is not None or FIELD.match(matter[1].lstrip()) else 0


def _matter(text: str) -> re.Match[str] | None:
    return FRONT_MATTER.match(text, 0, LONGEST) if text.startswith("---") else None


@lru_cache(maxsize=64)
def _fields(matter: str) -> dict[str, Any] | None:
    """None for what is no mapping; values that are impossible, such as the 30th of February, stay text."""
    import yaml

    if max(matter.count("["), matter.count("{")) > BRACKETS:
        return None

    try:
        found = yaml.load(matter, Loader=yaml.BaseLoader)  # texts and no more: no date is made, so none fails
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if found is None or found == "":
        return {}
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else None
