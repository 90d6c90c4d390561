"""Folders: which files in them can be read, and what is said of the others."""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.document import shown
from index.errors import UsageError
from index.reader import PICTURES, READERS

UNPORTABLE = re.compile(r'[<>:"\\|?*\x00-\x1f]')  # characters that Windows has in no name of a file

UNSEEN = (".", "~$")  # how the names begin of hidden files, and of those by which Office marks what is open
LIBRARY = {  # a library's own files, in whichever folder it is
    "library.db", "library.db-shm", "library.db-wal", "library.lock", "vectors.faiss", "words", "words.lock",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """A file that could not be indexed, and why, in one line."""

    path: str
    reason: str


@dataclass
class Scan:
    """What was found in folders: ``files`` that can be read, sorted; how many there are of ``others``, by the ending
    of their names; ``problems`` with folders that can't be opened and with what is no file at all.
    """

    files: list[Path] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def left_out(self) -> str:
        """The others in a line, the most frequent kinds first: "16 files of other kinds: .doc (2), .png (14)"."""
        total = sum(self.others.values())
        kinds = sorted(self.others.items(), key=lambda kind: (-kind[1], kind[0]))
        named = ", ".join(f"{shown(name)} ({count})" for name, count in kinds[:20]) + ", …" * (len(kinds) > 20)
        pictures = "; pictures are read where tesseract is installed" if self.others.keys() & PICTURES else ""
        return f"{total} {'file' if total == 1 else 'files'} of other kinds: {named}{pictures}" if total else ""


def scan(paths: Iterable[str | Path]) -> Scan:
    """What there is in ``paths``: files, or folders with all that is below.

    Hidden files and folders are skipped. A file that is named itself is always returned. Links to folders are
    followed, each folder once, so that loops end. Raises UsageError for a path that is empty or does not exist.
    """
    found = Scan()
    files: set[Path] = set()
    seen: set[tuple[int, int]] = set()
    links: list[Path] = []
    for path in checked(paths):
        if path.is_dir():
            files.update(_below(path, found, seen, links))
        else:
            files.add(path)
    while links:  # after all that is reached without them, so that files have their own names where they can
        files.update(_below(links.pop(0), found, seen, links))
    found.files = sorted(files)
    return found


def checked(paths: Iterable[str | Path]) -> list[Path]:
    """``paths``, each of which exists, or is a link; raises UsageError for one that is empty or does not."""
    found = []
    for path in paths:
        if path == "":  # a variable of a script that was never set; Path would make it the current folder
            raise UsageError("A path is empty: name a file or a folder.")
        found.append(Path(path))
        try:
            os.stat(path)
        except (OSError, ValueError) as error:
            if os.path.islink(path):
                continue
            reason = getattr(error, "strerror", None) or "no such file or directory"
            missing = f"There is no file or folder {shown(str(path))}: check the path."
            raise UsageError(
                missing if isinstance(error, FileNotFoundError) else f"{path} can't be read: {reason.lower()}."
            ) from error
    return found


def _below(folder: Path, found: Scan, seen: set[tuple[int, int]], links: list[Path]) -> Iterator[Path]:
    left = [folder]
    while left:
        here = left.pop()
        try:
            status = here.stat()
            if (key := (status.st_dev, status.st_ino)) in seen:
                continue
            seen.add(key)
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and here.is_symlink():
                continue
            reason = (
                f"can't be opened: {(error.strerror or str(error)).lower()}; what was indexed from it before is kept"
            )
            found.problems.append(Problem(shown(str(here)), reason))
            continue
        own = LIBRARY if any(entry.name == "library.db" for entry in entries) else set()
        for entry in entries:
            path = here / entry.name
            if entry.name.startswith(UNSEEN) or entry.name in own:
                continue
            if _is_folder(entry):
                (links if entry.is_symlink() else left).append(path)
            elif path.suffix.lower() in READERS:
                yield path
            else:
                found.others[path.suffix.lower() or "without an ending"] += 1


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def regular(path: Path) -> os.stat_result:
    """The status of the file at ``path``; raises OSError with a reason where it is a pipe, a socket or a device."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is no regular file (a pipe, a socket or a device)")
    return status
