"""Checksums of files: one that is held to a published sha256 is read through once, then trusted for as long as nobody
writes to it."""

import hashlib
from contextlib import suppress
from pathlib import Path

from rag import cache


def checksum(file: Path) -> str:
    """The sha256 of ``file`` in hexadecimal digits; raises OSError when it can't be read."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def matches(file: Path, sha256: str) -> bool:
    """Whether ``file`` has this sum.

    The first call computes it (about a second for each gigabyte) and records in the user's cache folder what the file
    was; a later one only compares the file's size and time of change with the record.
    Raises OSError when the file can't be read.
    """
    with suppress(OSError):
        if _record(sha256).read_text(encoding="utf-8") == _state(file):
            return True
    if checksum(file) != sha256:
        return False
    mark_verified(file, sha256)
    return True


def mark_verified(file: Path, sha256: str) -> None:
    """Record that ``file``, as it is now, has this sum; where nothing can be written, it is computed each time."""
    record = _record(sha256)
    with suppress(OSError):
        record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        record.write_text(_state(file), encoding="utf-8")


def _record(sha256: str) -> Path:
    return cache.folder() / "verified" / sha256


def _state(file: Path) -> str:
    found = file.stat()
    return f"{found.st_size} bytes, changed {found.st_mtime_ns}, {file.resolve()}"
