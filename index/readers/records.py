"""JSON and JSON lines: records as rows where they are alike, else a line for each value with the way to it."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.document import PARAGRAPHS, Document, clean, damage, iso, row, title
from index.readers.encoding import decode
from index.readers.text import plain

LINE_END = re.compile(r"\r\n?|\n")
LISTED = 200  # characters of a list that stands in a cell, at most
WITHIN = 3  # levels of fields within fields that are columns of a table
DEEPEST = 100  # levels that are gone into


def records(path: Path) -> Document:
    """The values of a JSON file, under the names that they have; what is no JSON is read as lines of it, or text."""
    text = decode(path.read_bytes())
    try:
        value = _loaded(text)
    except ValueError:
        with suppress(ValueError, RecursionError):
            return _table([_loaded(line) for line in LINE_END.split(text) if line.strip()])
        return plain(path)
    with damage("JSON"):
        fields = value if isinstance(value, dict) else {}
        names = [fields.get(name) for name in ("title", "name") if isinstance(fields.get(name), str)]
        return Document(clean(PARAGRAPHS.join(_blocks(value, ""))), title(*names), iso(fields.get("date")))


def lines(path: Path) -> Document:
    """The records of a file with one on each line; a line that is none is named."""
    values, lost = [], []
    for number, line in enumerate(LINE_END.split(decode(path.read_bytes())), 1):
        if line.strip():
            try:
                values.append(_loaded(line))
            except (ValueError, RecursionError):
                lost.append(f"line {number} is no JSON")
    if not values:
        return plain(path)
    lost = lost if len(lost) < 4 else [f"{len(lost)} lines are no JSON, the first is {lost[0].split()[1]}"]
    return replace(_table(values), lost=tuple(lost))


def _table(values: list[Any]) -> Document:
    with damage("JSON lines"):
        return Document(clean(PARAGRAPHS.join(_blocks(values, ""))))


def _loaded(text: str) -> Any:
    """The value with its numbers as they are written: a price of 12.50 is no 12.5."""
    return json.loads(text, parse_float=str, parse_constant=str)


def _blocks(value: Any, way: str, depth: int = 0) -> Iterator[str]:
    """``value`` as blocks of text; ``way`` are the names that lead to it."""
    if depth > DEEPEST:
        raise ValueError("it is nested too deep")
    if isinstance(value, list) and (words := _runs(value)):
        value = words
    if isinstance(value, list) and (records := _alike(value)):
        names = list(dict.fromkeys(name for record in records for name in record))
        table = [row(names), *(row([_plain(record.get(name)) for name in names]) for record in records)]
        yield f"{way}\n\n" * bool(way) + "\n".join(table)
    elif isinstance(value, list) and _is_grid(value):
        yield f"{way}\n\n" * bool(way) + "\n".join(row([_plain(cell) for cell in line]) for line in value)
    elif isinstance(value, list) and _is_flat(value):
        yield (f"{way}:\n" if way else "") + "\n".join(f"- {_plain(item)}" for item in value)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _blocks(item, f"{way} {number}".strip(), depth + 1)
    elif isinstance(value, dict):
        plain = {key: item for key, item in value.items() if not isinstance(item, dict | list)}
        if plain:
            said = [f"{key}: {_plain(item)}" for key, item in plain.items() if item is not None]
            yield (f"{way}\n" if way else "") + "\n".join(said)
        for key, item in value.items():
            if key not in plain:
                yield from _blocks(item, f"{way} › {key}" if way else str(key), depth + 1)
    elif value is not None:
        yield f"{way}: {_plain(value)}" if way else _plain(value)


def _runs(value: list[Any]) -> str:
    """One text whose parts are looks: ``["The boat is ", {"type": "bold", "text": "Gull"}, "."]``; "" for no such."""
    runs = [item.get("text") if isinstance(item, dict) else item for item in value]
    texts = [run for run in runs if isinstance(run, str)]
    return "".join(texts) if len(texts) == len(runs) and len({type(item) for item in value}) == 2 else ""


def _alike(value: list[Any]) -> list[dict[str, Any]]:
    """Records that have most fields in common, flat: ``{"wind": {"speed": 3}}`` has a field "wind speed".

    None where they do not, or a field is a list of more than short values.
    """
    if len(value) < 2 or not all(isinstance(record, dict) and record for record in value):
        return []
    records = [record for item in value if (record := _flat(item))]
    names = {name for record in records for name in record}
    flat = not any(isinstance(item, dict | list) for record in records for item in record.values())
    alike = 2 * sum(map(len, records)) >= len(names) * len(records)
    return records if len(records) > 1 and flat and alike and len(names) < 100 else []


def _is_flat(value: list[Any]) -> bool:
    return bool(value) and not any(isinstance(item, dict | list) for item in value)


def _is_grid(value: list[Any]) -> bool:
    """Whether it is the rows of a table, each with as many values."""
    lines = [item for item in value if isinstance(item, list) and len(item) > 1 and _is_flat(item)]
    return 1 < len(lines) == len(value) and len(set(map(len, lines))) == 1


def _flat(record: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, item in record.items():
        if item == [] or (isinstance(item, list) and _is_flat(item) and sum(map(len, map(_plain, item))) < LISTED):
            item = "; ".join(map(_plain, item)) or None
        if isinstance(item, dict) and depth < WITHIN:
            found |= {f"{name} {key}": inner for key, inner in _flat(item, depth + 1).items()}
        else:
            found[name] = item
    return {name: item for name, item in found.items() if item is not None}


def _plain(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
