"""Syncing: where a file is, as a library remembers it, how far the bar is, and when to sync again."""

import ntpath
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PureWindowsPath

import pytest
from indexer import CheapEmbedder
from watchfiles import Change

from index import sync
from index.library import Library
from index.sync import relative_path
from index.watch import changes


def test_an_article_on_another_drive_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    home = PureWindowsPath("C:/Users/ada/.rag")
    monkeypatch.setattr(os, "path", ntpath)
    monkeypatch.setattr(os, "sep", "\\")
    beside, away = PureWindowsPath("C:/Users/ada/mill.txt"), PureWindowsPath("D:/mill.txt")
    places = [relative_path(file, home) for file in (beside, away)]
    monkeypatch.undo()
    assert places[0] == "../mill.txt"
    assert [ntpath.normpath(home / place) for place in places] == [str(beside), str(away)]


def test_the_bar_moves_while_files_are_read_and_embedded_and_ends_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "long.txt").write_text(" ".join(f"The mill of Oss ground rye in {n}." for n in range(3000)))
    (folder / "copy.txt").write_bytes((folder / "long.txt").read_bytes())
    (folder / "empty.txt").write_text(" ")
    moves, embedding = list[int](), list[int]()

    @contextmanager
    def bar(task: str, total: int, shown: bool) -> Iterator[Callable[[int], None]]:
        yield moves.append
        assert sum(moves) == total

    class Watched(CheapEmbedder):
        def encode(self, texts: list[str], progress: bool = False) -> object:
            embedding.append(len(moves))
            return super().encode(texts, progress)

    monkeypatch.setattr(sync, "bar", bar)
    with Library.open(tmp_path / "library", Watched()) as library:
        library.sync([folder], progress=True)
    assert len([move for move in moves[: embedding[0]] if move > 0]) > 50


@pytest.mark.parametrize("error", [OSError("OS file watch limit reached."), RuntimeError("Too many open files")])
def test_folders_are_looked_through_where_the_system_watches_no_more_of_them(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = list[bool]()

    def watch(*folders: Path, force_polling: bool = False, **options: object) -> Iterator[set[object]]:
        tried.append(force_polling)
        if not force_polling:
            raise error
        yield set()

    monkeypatch.setattr("index.watch.watch", watch)
    assert next(changes([tmp_path])) is None
    assert tried == [False, True]


def test_a_folder_that_is_copied_in_may_hold_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filters = list[Callable[[Change, str], bool]]()

    def watch(*folders: Path, watch_filter: Callable[[Change, str], bool], **options: object) -> Iterator[set[object]]:
        filters.append(watch_filter)
        yield set()

    monkeypatch.setattr("index.watch.watch", watch)
    next(changes([tmp_path]))
    (tmp_path / "minutes.2024").mkdir()
    (tmp_path / "minutes.tmp").write_text("The mill")
    is_article = filters[0]
    assert is_article(Change.added, str(tmp_path / "minutes.2024"))
    assert not is_article(Change.added, str(tmp_path / "minutes.tmp"))
    assert not is_article(Change.modified, str(tmp_path / "minutes.2024"))
