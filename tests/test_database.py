"""The database's file: made as a whole or not at all, wherever it lies."""

import errno
import os
from pathlib import Path

import pytest

from index.database import Database


def test_a_file_system_without_links_gets_a_library_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    Database(tmp_path).close()
    made = Database(tmp_path, create=False)
    generation = made.generation()
    made._create()  # as by a process that was slower
    assert made.generation() == generation
    made.close()
    assert [path.name for path in tmp_path.iterdir() if "." in path.suffix and path.suffix[1:].isdigit()] == []
