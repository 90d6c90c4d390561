"""Tables of comma-separated values: a row a line, with tabs between the cells."""

import csv
import io
from pathlib import Path

from index.document import Document, clean, damage, row
from index.readers.encoding import decode
from index.readers.grid import parted

SAMPLE = 10_000  # characters that the delimiter is told by
DELIMITERS = ",;\t|"


def table(path: Path) -> Document:
    """The rows, with an empty line between tables; a line before them that names the delimiter ("sep=;") is no row."""
    text = decode(path.read_bytes())
    with damage("CSV"):
        csv.field_size_limit(2**24)
        first, _, rest = text.partition("\n")
        if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
            delimiter, text = first.strip()[-1], rest
        else:
            delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text[:SAMPLE])
        is_open = _is_open(text, delimiter)
        found = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=delimiter,
            skipinitialspace=delimiter != "\t",
            quoting=csv.QUOTE_NONE if is_open else csv.QUOTE_MINIMAL,
        )
        lines = ([cell.strip() for cell in cells] for cells in found)
        text = "".join("\n" * begins + row(cells) + "\n" for begins, cells in parted(lines, list))
    return Document(clean(text.rstrip("\n").lstrip("\n")))


def _is_open(text: str, delimiter: str) -> bool:
    """Whether a quotation mark is never closed, or in another row, so that all rows until there would be one cell."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
        return "unexpected end" in str(error) or len({len(cells) for cells in rows if cells}) == 1
    return False


def _delimiter(sample: str) -> str:
    try:
        return csv.Sniffer().sniff(sample, DELIMITERS).delimiter
    except csv.Error:
        return max(DELIMITERS, key=sample.count)
