"""Front matter: the fields that a text file may begin with, between two lines of ``---`` (YAML) or ``+++``
(TOML), in braces (JSON), or as lines before the first empty one ("Title: The quay", Pandoc's "% The quay")."""

import json
import re
from functools import lru_cache
from typing import Any

YAML = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
TOML = re.compile(r"\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
JSON = re.compile(r"(\{[ \t]*\r?\n.*?^\})[ \t]*\r?\n(?=\s*[^\s{\[])", re.DOTALL | re.MULTILINE)  # text must follow
EMPTY = re.compile(r"\s+")
FIELD = re.compile(r"^[\w-]+[ \t]*[:=]", re.MULTILINE)
STARTS = {"---": YAML, "+++": TOML, "{": JSON}
DESCRIBING = {  # fields of which one is in every front matter; others say something: "Chairman: Nils Bratt"
    "aliases", "author", "authors", "categories", "category", "created", "date", "description", "draft", "id",
    "keywords", "lang", "language", "lastmod", "layout", "modified", "name", "permalink", "pubDate", "publishDate",
    "published", "slug", "source", "status", "subtitle",
    "summary", "tags", "template", "title", "type", "updated", "url", "weight",
}  # fmt: skip
NAMES = frozenset(map(str.lower, DESCRIBING))  # in whichever letters
PLAIN = re.compile(  # a field that needs no YAML or TOML
    r"^([\w-]+)[ \t]*(?:::?|=)[ \t]+([\"']?)([^\s\[{&*!|>'\"%@`].*)\2[ \t\r]*$", re.MULTILINE
)
LINES = re.compile(
    r"title[ \t]*::?(?=[ \t])(?:[^\S\n]*\S[^\n]*\n)+?(?=\s*\n|---)", re.IGNORECASE
)  # they are text as well
PANDOC = re.compile(r"% ?([^\r\n]*)\r?\n(?:%[^\n]*\n(?:% ?([^\r\n]*))?)?")  # title, authors, date
LONGEST = 20_000  # characters; nobody writes more of it
TAGS = ("tags", "keywords", "categories")
BRACKETS = 500  # nobody writes more, and YAML takes ever longer for nested ones


def front_matter(text: str) -> dict[str, Any]:
    """The fields, their names in small letters; none where there is no front matter, or it can't be read."""
    if matter := _matter(text):
        fields = _fields(matter[1], matter.re) or {}
    elif lines := LINES.match(text, 0, LONGEST):
        fields = _plain(lines[0])
    else:
        pandoc = PANDOC.match(text, 0, LONGEST)
        fields = {"title": pandoc[1], "date": pandoc[2]} if pandoc else {}
    found = {name.lower(): value for name, value in fields.items()}
    return found if found.keys() & NAMES else {}


def body(text: str) -> int:
    """The offset at which the front matter is over; 0 where ``text`` begins with a rule and prose instead."""
    matter = _matter(text)
    fields = _fields(matter[1], matter.re) if matter else None
    return matter.end() if matter and (not fields or fields.keys() & DESCRIBING) else 0


def tags(text: str) -> tuple[str, ...]:
    """What the front matter files the text under, each tag once: ``tags: [harbour, law]`` or ``tags: harbour, law``."""
    fields = front_matter(text)
    named = [fields[field] for field in TAGS if field in fields]
    found = [tag for value in named for tag in (value if isinstance(value, list) else str(value).split(","))]
    cleaned = (" ".join(str(tag).split()).lstrip("#") for tag in found if not isinstance(tag, dict | list))
    return tuple(dict.fromkeys(tag for tag in cleaned if tag))


def _matter(text: str) -> re.Match[str] | None:
    empty = EMPTY.match(text, 0, LONGEST)
    start = empty.end() if empty else 0
    pattern = next((kind for sign, kind in STARTS.items() if text.startswith(sign, start)), None)
    matter = pattern.match(text, start, LONGEST) if pattern else None
    if matter and _fields(matter[1], matter.re) is None and not FIELD.match(matter[1].lstrip()):
        return None
    return matter


@lru_cache(maxsize=64)
def _fields(matter: str, kind: re.Pattern[str]) -> dict[str, Any] | None:
    """None for what is no mapping; values that are impossible in YAML, such as the 30th of February, stay text."""
    import tomllib

    import yaml

    if max(matter.count("["), matter.count("{")) > BRACKETS:
        return None

    try:
        if kind is not YAML:
            return dict(tomllib.loads(matter) if kind is TOML else json.loads(matter))
        found = yaml.load(matter, Loader=yaml.BaseLoader)  # noqa: S506  # makes texts and nothing else
    except (yaml.YAMLError, RecursionError, ValueError):
        return _plain(matter) or None  # "title: The quay: a history", "date = 2024-13-45"
    if found is None or found == "":
        return {}
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else None


def _plain(lines: str) -> dict[str, Any]:
    return {key: value.strip() for key, _, value in PLAIN.findall(lines)}
