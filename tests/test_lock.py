"""Locks: a file system that has none is told in one line, and nothing is locked by mere existence."""

import fcntl
import os
from errno import EACCES, ENOLCK, ENOSYS
from pathlib import Path

import pytest
from indexer import CheapEmbedder

from index.errors import FootnoteError
from index.library import Library
from index.lock import lock, supports_locks


def refusing(code: int) -> object:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    return refuse


@pytest.mark.parametrize("code", [ENOSYS, ENOLCK])
def test_a_library_where_nothing_can_be_locked_says_where_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    (tmp_path / "a.txt").write_text("The door is green.")
    with Library.open(tmp_path / "library", CheapEmbedder()) as library:
        monkeypatch.setattr(fcntl, "flock", refusing(code))
        with pytest.raises(FootnoteError, match="can't lock: keep the library on a local disk"):
            library.sync([tmp_path / "a.txt"])


def test_sqlite_without_its_locks_is_told_apart_from_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert supports_locks(tmp_path)
    monkeypatch.setattr(fcntl, "lockf", refusing(ENOLCK))
    assert not supports_locks(tmp_path)


def test_a_lock_file_that_nobody_may_read_is_another_processs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(EACCES, os.strerror(EACCES))  # as on Windows, while it is locked

    with lock(tmp_path / "lock"):
        monkeypatch.setattr(Path, "read_text", refuse)
        with pytest.raises(FootnoteError, match="being written by another process"), lock(tmp_path / "lock", 1.1):
            pass
