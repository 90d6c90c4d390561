"""Where a file is, as a library remembers it."""

import ntpath
import os
from pathlib import PureWindowsPath

import pytest

from index.sync import relative


def test_an_article_on_another_drive_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    home = PureWindowsPath("C:/Users/ada/.rag")
    monkeypatch.setattr(os, "path", ntpath)
    monkeypatch.setattr(os, "sep", "\\")
    beside, away = PureWindowsPath("C:/Users/ada/mill.txt"), PureWindowsPath("D:/mill.txt")
    places = [relative(file, home) for file in (beside, away)]
    monkeypatch.undo()
    assert places[0] == "../mill.txt"
    assert [ntpath.normpath(home / place) for place in places] == [str(beside), str(away)]
