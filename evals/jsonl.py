"""JSON lines: a data set with one record a line."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from index.errors import UsageError

Row = TypeVar("Row", bound=BaseModel)


def read(file: Path, kind: type[Row]) -> list[Row]:
    """The records in ``file``; raises UsageError, naming the line, for one that is no ``kind``, and for none at all."""
    try:
        lines = [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    except OSError as error:
        raise UsageError(f"{file} can't be read: {(error.strerror or str(error)).lower()}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text.") from error
    if not lines:
        raise UsageError(f"{file} holds no records.")
    return [_record(file, number, line, kind) for number, line in enumerate(lines, 1)]


def _record(file: Path, number: int, line: str, kind: type[Row]) -> Row:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the line"
        raise UsageError(f"{file}, line {number}: {place}: {first['msg'].lower()}.") from error
