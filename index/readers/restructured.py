"""reStructuredText (.rst): as text, with its tables as rows with tabs between the cells."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from index.document import Document, iso, row
from index.readers.text import plain

HEAD = 20_000  # characters in which the date is looked for
DATED = re.compile(r"^:date:[ \t]+(\S[^\r\n]*)", re.IGNORECASE | re.MULTILINE)
INDENT = r"^(?P<indent>[ \t]*)"
GRID = re.compile(INDENT + r"\+-[-+]*-\+[ \t\r]*\n(?:(?P=indent)[+|].*[+|][ \t\r]*\n)+", re.MULTILINE)
RULE = r"=+(?: +=+)+[ \t\r]*\n"
SIMPLE = re.compile(rf"{INDENT}{RULE}(?:.*\n){{1,500}}?(?P=indent){RULE}(?=\s*\n|\Z)", re.MULTILINE)
LISTED = re.compile(
    INDENT + r"\.\. (?P<kind>list|csv)-table::[ \t]*(?P<caption>.*)\n(?P<body>(?:(?P=indent)[ \t]+.*\n|[ \t\r]*\n)+)",
    re.MULTILINE,
)
OPTION = re.compile(r"\s+:([\w-]+):[ \t]*(.*)")
ITEM = re.compile(r"\s*(?P<first>\* )?[ \t]*- ?(?P<words>.*)")


def restructured(path: Path) -> Document:
    """``plain`` with its tables as rows, and the date that the fields below its title say."""
    document = plain(path)
    text = document.text
    if not document.pages:  # the offsets of which would be others
        for pattern, table in ((GRID, _grid), (SIMPLE, _simple), (LISTED, _listed)):
            text = pattern.sub(table, f"{text}\n")[:-1]
    dated = DATED.search(text, 0, HEAD)
    return replace(document, text=text, date=document.date or (iso(dated[1]) if dated else None))


def _lines(found: Sequence[Sequence[str]]) -> str:
    return "".join(f"{line}\n" for cells in found if (line := row(cells)).strip())


def _grid(table: re.Match[str]) -> str:
    """The rows of a table that lines are drawn around; a cell that is several rows high stands in each of them."""
    lines = [line[len(table["indent"]) :] for line in table[0].splitlines()]
    edges = sorted({at for line in lines if line[0] == "+" for at, sign in enumerate(line) if sign == "+"})
    columns = list(pairwise(edges))
    done: list[list[str]] = []
    cells = [""] * len(columns)
    above = 0  # lines of the row so far
    for line in lines[1:]:
        ended = [bool(re.fullmatch(r"[-=]+", line[left + 1 : right])) for left, right in columns]
        if any(ended) and above:
            done.append(cells)
            cells = ["" if is_over else words for is_over, words in zip(ended, cells, strict=True)]
            above = 0
        place = 0
        for number, (left, right) in enumerate(columns):
            place = number if line[left : left + 1] in ("|", "+") else place  # else it goes on from the column before
            if not ended[number]:
                cells[place] += line[left + (place == number) : right]
                above += 1
        cells = [f"{words} " for words in cells]
    return _lines(done)


def _simple(table: re.Match[str]) -> str:
    """The rows of a table between rules, the columns of which begin where those of its rules do."""
    lines = [line[len(table["indent"]) :] for line in table[0].splitlines()]
    starts = [part.start() for part in re.finditer("=+", lines[0])]
    found: list[list[str]] = []
    for line in lines:
        if not line.strip("=- "):
            found += [[]]  # a rule, or an empty line: what follows is another row
            continue
        ends = [*starts[1:], len(line)]
        cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
        if cells[0] or not found or not found[-1]:
            found.append(cells)
        else:
            found[-1] = [f"{before} {more}" for before, more in zip(found[-1], cells, strict=True)]
    return _lines(found)


def _listed(table: re.Match[str]) -> str:
    """The rows of a table that is written as a list of lists, or as comma-separated values, below its caption."""
    head: list[list[str]] = []
    lines: list[str] = []
    for line in table["body"].splitlines():
        option = OPTION.fullmatch(line) if not lines else None
        if option and option[1] == "header":
            head = list(csv.reader([option[2]], skipinitialspace=True))
        elif not option and line.strip():
            lines.append(line.strip() if table["kind"] == "csv" else line)
    found = list(csv.reader(lines, skipinitialspace=True)) if table["kind"] == "csv" else list(_items(lines))
    caption = f"{table['caption'].strip()}\n\n" if table["caption"].strip() else ""
    return f"{caption}{_lines([*head, *found])}\n" if found else table[0]


def _items(lines: Sequence[str]) -> Iterator[list[str]]:
    cells: list[str] = []
    for line in lines:
        item = ITEM.fullmatch(line)
        if item and item["first"] and cells:
            yield cells
            cells = []
        if item:
            cells.append(item["words"])
        elif cells:
            cells[-1] += f" {line.strip()}"
    if cells:
        yield cells
