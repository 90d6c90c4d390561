"""Watching: when to sync again."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from watchfiles import Change, watch
from watchfiles.main import FileChange

from index.reader import READERS

PAUSE = 1000  # milliseconds without a change after which it looks once more


def changes(paths: Iterable[str | Path]) -> Iterator[None]:
    """Yields whenever an article in ``paths`` may have changed, and once when watching has begun, until Ctrl-C."""
    folders = {path if path.is_dir() else path.parent for path in map(Path, paths)}  # editors replace whole files
    begun = False
    for found in _watched(folders):
        if found or not begun:
            yield
        begun = True


def _watched(folders: Iterable[Path]) -> Iterator[set[FileChange]]:
    """What changes, or nothing for a while; told by the system, looked for where that watches no more for anyone."""
    watching = partial(
        watch, *folders, watch_filter=_is_article, raise_interrupt=False, yield_on_timeout=True, rust_timeout=PAUSE
    )
    try:
        yield from watching()
    except (OSError, RuntimeError):  # too many folders; too many programs that watch some
        yield from watching(force_polling=True, poll_delay_ms=PAUSE)


def _is_article(change: Change, path: str) -> bool:
    """Whether it is a kind of file that is read; and a folder may hold some, of which the system does not tell."""
    file = Path(path)
    may_be_folder = not file.suffix if change is Change.deleted else change is Change.added and file.is_dir()
    return file.suffix.lower() in READERS or may_be_folder
