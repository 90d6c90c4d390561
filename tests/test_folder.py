"""Folders: every file in them is read, or something is said of it; nothing in them hangs or ends a run."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from indexer import CheapEmbedder

from index.errors import UsageError
from index.folder import scan
from index.library import Library
from index.sync import located, place


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", CheapEmbedder()) as library:
        yield library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    path.mkdir()
    for name in ("Ada", "Bo", "Cato", "Dora", "Egil"):
        (path / f"{name}.txt").write_text(f"The mill of {name} was built in 1742.")
    return path


def test_other_kinds_are_told_by_count(library: Library, folder: Path) -> None:
    for name in ("a.doc", "b.doc", "c.zip", "Makefile"):
        (folder / name).write_text("words")
    notes = library.sync([folder]).notes
    assert notes == ["left out 4 files of other kinds: .doc (2), .zip (1), without an ending (1)"]


def test_what_office_leaves_beside_an_open_file_is_no_file_of_ours(library: Library, folder: Path) -> None:
    (folder / "~$report.docx").write_bytes(b"\x05Clara" + bytes(156))
    changes = library.sync([folder])
    assert len(library.entries()) == 5 and not changes.problems and not changes.notes


@pytest.mark.parametrize("place", [".", "library"])
def test_a_library_does_not_read_its_own_files(folder: Path, place: str) -> None:
    (folder / "words.txt").write_text("The word of the day is lagoon.")
    for _ in range(2):
        with Library.open(folder / place, CheapEmbedder()) as library:
            changes = library.sync([folder])
            assert len(library.entries()) == 6 and not changes.problems and not changes.notes


def test_a_folder_with_nothing_to_read_says_what_is_there(library: Library, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "a.exe").write_text("x")
    with pytest.raises(UsageError, match=r"no file that can be read .*\(1 file of other kinds: \.exe \(1\)\)"):
        library.sync([tmp_path / "new"])


def test_a_pipe_and_a_socket_are_left_out_at_once(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(folder / "pipe.txt")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.txt")
        changes = library.sync([folder])
    assert sorted(Path(p.path).name for p in changes.problems) == ["pipe.txt", "socket.txt"]
    assert all("no regular file" in problem.reason for problem in changes.problems)
    assert len(changes.added) == 5


def test_linked_folders_are_followed_once_and_loops_end(library: Library, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "far.txt").write_text("Far words.")
    (folder / "away").symlink_to(tmp_path / "far")
    (folder / "loop").symlink_to(folder)
    (folder / "again").symlink_to(tmp_path / "far")
    (tmp_path / "far" / "back").symlink_to(folder)
    (folder / "dead.txt").symlink_to(tmp_path / "nowhere.txt")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    changes = library.sync([folder])
    assert len(changes.added) == 6 and not changes.copies
    assert sorted(Path(p.path).name for p in changes.problems) == ["dead.txt", "self.txt"]


@pytest.mark.parametrize(
    "name", [b"caf\xe9.txt", b"\xff\xfe\x80.txt", b"x" * 251 + b".txt", b"new\nline.txt", "\u202edrow.txt".encode()]
)
def test_names_of_any_bytes_are_indexed_found_again_and_removed(library: Library, folder: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(folder), name)
    with open(path, "wb") as stream:
        stream.write(b"The odd name is by Siv.")
    assert len(library.sync([folder]).added) == 6
    assert not library.sync([folder])
    assert library.search("odd name")[0].passage.text == "The odd name is by Siv."
    for entry in library.entries():
        assert entry.source.isprintable() or "\u202e" in entry.source
        entry.source.encode()
    os.unlink(path)
    assert len(library.sync([folder]).removed) == 1


def test_a_name_is_stored_so_that_its_file_is_found() -> None:
    home = Path("/home/library")
    for name in ("a.txt", "caf\udce9.txt", "\udc80\udcff.txt", "東京.txt"):
        stored = place(home / "articles" / name, home)
        stored.encode()
        assert located(stored, home) == home / "articles" / name


def test_an_empty_mount_removes_nothing(library: Library, folder: Path) -> None:
    library.sync([folder])
    folder.rename(folder.with_name("away"))
    folder.mkdir()
    with pytest.raises(UsageError, match=r"holds none of the 5 files .* --allow-empty"):
        library.sync([folder])
    assert len(library.entries()) == 5
    assert len(library.sync([folder], allow_empty=True).removed) == 5


def test_most_of_a_library_goes_only_when_that_is_asked_for(library: Library, folder: Path) -> None:
    library.sync([folder])
    for name in ("Ada", "Bo", "Cato"):
        (folder / f"{name}.txt").unlink()
    with pytest.raises(UsageError, match="3 of the 5 articles"):
        library.sync([folder])
    (folder / "Ada.txt").write_text("The mill of Ada was built in 1742.")
    assert len(library.sync([folder]).removed) == 2, "less than half goes without a question"


def test_one_of_two_folders_may_be_away(library: Library, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "drive"
    other.mkdir()
    (other / "map.txt").write_text("The map is old.")
    library.sync([folder, other])
    (other / "map.txt").unlink()
    with pytest.raises(UsageError, match="holds none of the 1 files"):
        library.sync([folder, other])
    assert len(library.entries()) == 6


def test_files_that_move_within_a_folder_are_no_removal(library: Library, folder: Path) -> None:
    library.sync([folder])
    (folder / "deep").mkdir()
    for path in folder.glob("*.txt"):
        shutil.move(path, folder / "deep" / f"new-{path.name}")
    changes = library.sync([folder])
    assert len(changes.renamed) == 5 and not changes.removed


LOCKED = """
import os, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from indexer import CheapEmbedder
from index.library import Library
with Library.open(sys.argv[1], CheapEmbedder()) as library:
    print(len(library.sync([sys.argv[2]]).added))
    os.chmod(Path(sys.argv[2], "closed"), 0)
    changes = library.sync([sys.argv[2]])
    print(len(changes.removed), len(library.entries()), len(changes.problems), changes.problems[0].reason)
    os.chmod(Path(sys.argv[2], "closed"), 0o700)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_a_folder_that_cant_be_opened_is_named_and_its_articles_stay(folder: Path, tmp_path: Path) -> None:
    (folder / "closed").mkdir()
    (folder / "closed" / "map.txt").write_text("The map is old.")
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(path.stat().st_mode | 0o055)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    (tmp_path / "mine").mkdir()
    os.chown(tmp_path / "mine", 65534, 65534)
    roots = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    arguments = [str(tmp_path / "mine"), str(folder), *roots]
    done = subprocess.run([sys.executable, "-c", LOCKED, *arguments], capture_output=True, text=True)
    first, second = done.stdout.splitlines() or pytest.skip("another user can't use this installation")
    assert first == "6"
    assert second.startswith("0 6 1 can't be opened: permission denied; what was indexed from it before is kept")


def test_a_folder_that_the_system_refuses_is_named_and_its_articles_stay(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "closed").mkdir()
    (folder / "closed" / "map.txt").write_text("The map is old.")
    library.sync([folder])
    list_folder, stat = os.scandir, Path.stat

    def scandir(path: Path) -> object:
        return refuse(path) if Path(path).name == "closed" else list_folder(path)

    def status(path: Path, **options: bool) -> os.stat_result:
        return refuse(path) if path.parent.name == "closed" else stat(path, **options)

    def refuse(path: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(Path, "stat", status)
    changes = library.sync([folder])
    assert not changes.removed and len(library.entries()) == 6
    assert changes.problems[0].reason == "can't be opened: permission denied; what was indexed from it before is kept"


def test_a_folder_that_can_be_listed_and_not_entered_is_named(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "listed" / "deep").mkdir(parents=True)
    (folder / "listed" / "deep" / "map.txt").write_text("The map is old.")
    library.sync([folder])
    for name in ("stat", "lstat"):
        monkeypatch.setattr(Path, name, refusing(getattr(Path, name)))
    changes = library.sync([folder])
    assert not changes.removed and len(library.entries()) == 6
    assert [(Path(p.path).name, p.reason.partition(";")[0]) for p in changes.problems] == [
        ("deep", "can't be opened: permission denied")
    ]


def refusing(status: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
    """``status``, but of nothing below a folder called "listed"."""

    def refused(path: Path, **options: bool) -> os.stat_result:
        if "listed" in path.parent.parts:
            raise PermissionError(13, "Permission denied", str(path))
        return status(path, **options)

    return refused


def test_a_path_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        scan([tmp_path / "nowhere"])
    with pytest.raises(UsageError, match="name too long"):
        scan(["a" * 5000])
    with pytest.raises(UsageError):
        scan(["a\0b"])


def test_many_tiny_files_are_known_again_in_a_moment(library: Library, tmp_path: Path) -> None:
    import time

    for n in range(1500):
        path = tmp_path / "tiny" / f"{n % 20:02}" / f"note {n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Box {n} of the archive holds the letters of house number {n}.")
        os.utime(path, (1, 1))
    assert len(library.sync([tmp_path / "tiny"]).added) == 1500
    time.sleep(2.1)  # what changed just now is read again
    library.sync([tmp_path / "tiny"])
    began = time.perf_counter()
    assert not library.sync([tmp_path / "tiny"])
    assert time.perf_counter() - began < 3
