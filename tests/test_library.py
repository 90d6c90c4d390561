"""The library on disk: what a sync touches, and what survives damage."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index.embedder import Embedder
from index.errors import DamagedLibrary, FootnoteError, UsageError
from index.library import Library

ARTICLES = Path(__file__).parent / "data" / "articles"
FILES = ["library.db", "library.lock", "vectors.faiss", "words", "words.lock"]
QUESTION = "Who built the harbour of Brindle?"
# For processes of their own, where loading the real model would take longer than the test.
CHEAP_EMBEDDER = """
import os, sys
import numpy as np
from index import store
from index.embedder import Embedder
from index.errors import FootnoteError
from index.library import Library

class Cheap(Embedder):
    window, dimensions = 254, 384
    def count_tokens(self, text): return len(text.split())
    def encode(self, texts, progress=False): return np.eye(1, 384, dtype=np.float32).repeat(len(texts), 0)
"""


class CountingEmbedder(Embedder):
    """The real one, remembering what it was asked to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], progress: bool = False):  # type: ignore[no-untyped-def]
        self.encoded += texts
        return super().encode(texts, progress)


@pytest.fixture(scope="module")
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, embedder: CountingEmbedder) -> Path:
    """A library of the test articles, closed; copy it before you change it."""
    directory = tmp_path_factory.mktemp("indexed")
    with Library.open(directory, embedder) as library:
        library.sync([ARTICLES])
    return directory


@pytest.fixture
def library_copy(indexed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(indexed, tmp_path / "library"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ARTICLES, tmp_path / "articles"))


@pytest.fixture
def library(tmp_path: Path, folder: Path, embedder: CountingEmbedder) -> Iterator[Library]:
    with Library.open(tmp_path / "mine", embedder) as library:
        library.sync([folder])
        embedder.encoded.clear()
        yield library


def test_a_folder_is_indexed_and_remembered(indexed: Path, embedder: CountingEmbedder) -> None:
    with Library.open(indexed, embedder, create=False) as library:
        titles = {article.title: article.source for article in library.articles()}
        assert titles == {
            "How Bees Choose a Home": str(ARTICLES / "bees.md"),
            "Harbour": str(ARTICLES / "harbour.txt"),
            "The River Quill": str(ARTICLES / "rivers" / "quill.md"),
        }
        for article in library.articles():
            for passage in library.passages(article.id):
                assert article.text[passage.start : passage.end] == passage.text
    assert sorted(path.name for path in indexed.iterdir()) == FILES


def test_syncing_again_touches_nothing(library: Library, folder: Path, embedder: CountingEmbedder) -> None:
    generation = library.status().generation
    changes = library.sync([folder])
    assert not changes
    assert sorted(changes.unchanged) == ["bees", "harbour", "quill"]
    assert embedder.encoded == []
    assert library.status().generation == generation


def test_a_touched_file_with_the_same_text_is_unchanged(library: Library, folder: Path) -> None:
    os.utime(folder / "bees.md", (1, 1))
    assert not library.sync([folder / "bees.md"])


def test_what_was_indexed_from_elsewhere_stays(library: Library, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "bees.txt").write_text("Other bees live in the ground.")
    assert library.sync([other]).added == ["bees-2"]
    (other / "bees.txt").unlink()
    assert library.sync([folder]).removed == []
    assert library.sync([other], allow_empty=True).removed == ["bees-2"]
    assert len(library.articles()) == 3


def test_the_same_folder_spelled_differently_is_the_same(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    changes = library.sync(["articles"])
    assert not changes
    assert library.article("bees").source == "articles/bees.md"


def test_a_project_can_be_moved(library: Library, folder: Path, tmp_path: Path, embedder: CountingEmbedder) -> None:
    library.close()
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.move(tmp_path / "mine", moved / "mine")
    shutil.move(folder, moved / "articles")
    with Library.open(moved / "mine", embedder) as library:
        assert not library.sync([moved / "articles"])


def test_an_unreadable_file_is_named_and_the_others_are_indexed(library: Library, folder: Path) -> None:
    (folder / "bees.md").write_bytes(b"\x89PNG\0\1\2 now binary")
    (folder / "photo.txt").write_bytes(b"\x89PNG\0\0")
    (folder / "good.txt").write_text("Good text.")
    changes = library.sync([folder])
    assert changes.added == ["good"]
    assert changes.removed == [] == changes.changed
    assert [Path(problem.path).name for problem in changes.problems] == ["bees.md", "photo.txt"]
    assert "kept" in changes.problems[0].reason
    assert "kept" not in changes.problems[1].reason
    assert "swarm" in library.article("bees").text


def test_missing_and_empty_folders_are_refused_and_nothing_is_lost(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no file that can be read"):
        library.sync([tmp_path / "empty"])
    with pytest.raises(UsageError, match="no file or folder"):
        library.sync([tmp_path / "missing"])
    assert len(library.articles()) == 3


def test_an_interrupted_sync_leaves_the_old_state(
    library: Library, folder: Path, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = library.articles(), library.search(QUESTION)
    (folder / "bees.md").unlink()
    (folder / "harbour.txt").write_text("Changed.")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(embedder, "encode", interrupted)
        with pytest.raises(KeyboardInterrupt):
            library.sync([folder])
    assert (library.articles(), library.search(QUESTION)) == before
    assert library.sync([folder]).changed == ["harbour"]


def test_a_killed_sync_leaves_the_old_state(library_copy: Path, folder: Path, embedder: CountingEmbedder) -> None:
    (folder / "new.txt").write_text("A lighthouse was lit in 1820.")
    code = f"""{CHEAP_EMBEDDER}
store._point = lambda *_: os.kill(os.getpid(), 9)
Library.open(sys.argv[1], Cheap()).sync([sys.argv[2]])
"""
    killed = subprocess.run([sys.executable, "-c", code, str(library_copy), str(folder)], capture_output=True)
    assert killed.returncode == -9
    with Library.open(library_copy, embedder) as library:
        assert len(library.articles()) == 3
        assert "Thorsen" in library.search(QUESTION)[0].passage.text


def test_another_process_sees_a_change_without_opening_again(
    library: Library, folder: Path, tmp_path: Path, embedder: CountingEmbedder
) -> None:
    with Library.open(tmp_path / "mine", embedder) as reader:
        reader.search(QUESTION)
        (folder / "new.txt").write_text("A lighthouse was lit in 1820.")
        library.sync([folder])
        assert reader.search("When was the lighthouse lit?")[0].passage.article_id == "new"


def test_an_article_is_taken_out(library: Library) -> None:
    assert library.remove("How Bees Choose a Home").id == "bees"
    assert [article.id for article in library.articles()] == ["harbour", "quill"]
    assert not any("swarm" in hit.passage.text for hit in library.search("swarm of bees", k=50))


def test_an_article_is_found_by_id_source_or_title(library: Library, folder: Path) -> None:
    for key in ("quill", str(folder / "rivers" / "quill.md"), "The River Quill", "the river quill"):
        assert library.article(key).id == "quill"
    with pytest.raises(UsageError, match="Did you mean harbour"):
        library.article("harbor")
    with pytest.raises(UsageError, match="no article"):
        library.article("")


def test_articles_need_no_model(indexed: Path) -> None:
    code = (
        "import sys\nfrom index.library import Library\n"
        "print(len(Library.open(sys.argv[1]).articles()), 'torch' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(indexed)], capture_output=True, text=True, check=True)
    assert ran.stdout == "3 False\n"


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path / "new") as library:
        assert library.search("anything") == [] == library.articles()


def test_a_missing_library_is_refused_when_it_may_not_be_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no library"):
        Library.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_another_embedder_is_refused(indexed: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(UsageError, match=r"made with the embedder sentence-transformers/all-MiniLM-L6-v2"):
        Library.open(indexed, Embedder(str(tmp_path / "other")))


def damage_head(data: bytearray) -> None:
    data[:100] = b"x" * 100


def damage_middle(data: bytearray) -> None:
    for page in range(4096, len(data), 4096):
        data[page : page + 64] = b"\xff" * 64


def cut(data: bytearray) -> None:
    del data[len(data) // 2 :]


@pytest.mark.parametrize("harm", [damage_head, damage_middle, cut, bytearray.clear])
def test_a_damaged_database_is_refused_and_left_as_it_is(library_copy: Path, harm) -> None:  # type: ignore[no-untyped-def]
    file = library_copy / "library.db"
    data = bytearray(file.read_bytes())
    harm(data)
    file.write_bytes(data)
    for _ in range(2):
        with pytest.raises(DamagedLibrary, match="Move it away") as raised:
            Library.open(library_copy)
        assert "\n" not in str(raised.value)
        assert file.read_bytes() == data


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "library.db")
    connection.execute("CREATE TABLE notes (text)")
    connection.close()
    with pytest.raises(DamagedLibrary, match="not a Footnote library"):
        Library.open(tmp_path)


def test_a_changed_text_is_not_cited(library_copy: Path) -> None:
    connection = sqlite3.connect(library_copy / "library.db")
    connection.execute("UPDATE articles SET text = replace(text, '1742', '1743')")
    connection.commit()
    connection.close()
    with Library.open(library_copy) as library, pytest.raises(DamagedLibrary, match="harbour"):
        library.article("harbour")


def missing(file: Path) -> None:
    file.unlink()


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-50] ^= 0x10
    file.write_bytes(data)


def stale(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"generation": "', b'"generation": "0', 1))


@pytest.mark.parametrize("harm", [missing, truncated, flipped, stale])
def test_unusable_vectors_are_rebuilt_and_it_is_said_once(
    library_copy: Path,
    embedder: CountingEmbedder,
    harm,  # type: ignore[no-untyped-def]
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Library.open(library_copy, embedder) as library:
        before = library.search(QUESTION)
    harm(library_copy / "vectors.faiss")
    for _ in range(2):
        with Library.open(library_copy, embedder) as library:
            assert library.search(QUESTION) == before == library.search(QUESTION)
    assert [record.message.count("vectors.faiss was") for record in caplog.records] == [1]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for directory in (tmp_path / "file", tmp_path / "file" / "library"):
        with pytest.raises(FootnoteError, match="No library can be made"):
            Library.open(directory)


def test_a_library_that_can_only_be_read_is_searched_and_not_written(indexed: Path) -> None:
    """In a process of its own that gives up root's rights once everything is imported."""
    code = f"""{CHEAP_EMBEDDER}
with Library.open(sys.argv[1], Cheap()) as library:
    library.search("anything")
if os.geteuid() == 0:
    os.setuid(65534)
library = Library.open("library", Cheap())
print(len(library.search("harbour")), len(library.articles()))
for write in (lambda: library.sync(["articles"]), lambda: Library.open("nowhere/library")):
    try:
        write()
    except FootnoteError as error:
        print(error)
"""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        shutil.copytree(indexed, place / "library")
        shutil.copytree(ARTICLES, place / "articles")
        for path in (place / "library", place):
            path.chmod(0o555)
        ran = subprocess.run(
            [sys.executable, "-c", code, str(indexed)],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "HOME": name},
            capture_output=True,
            text=True,
        )
        assert sorted(path.name for path in (place / "library").iterdir()) == FILES
        for path in (place, place / "library"):
            path.chmod(0o755)
    lines = ran.stdout.splitlines()
    assert lines[0].endswith(" 3"), ran.stderr
    assert "can't be written" in lines[1]
    assert "No library can be made" in lines[2]


def test_a_renamed_file_is_not_embedded_again(library: Library, folder: Path, embedder: CountingEmbedder) -> None:
    (folder / "harbour.txt").rename(folder / "old port.txt")
    changes = library.sync([folder])
    assert (changes.renamed, changes.added, changes.removed) == (["harbour"], [], [])
    assert embedder.encoded == []
    article = library.article("harbour")
    assert (article.title, article.source) == ("Old port", str(folder / "old port.txt"))
    assert library.search("old port")[0].lexical_rank == 1, "the new title is searched"


def test_an_article_under_two_names_is_found_once(library: Library, folder: Path, embedder: CountingEmbedder) -> None:
    shutil.copy(folder / "harbour.txt", folder / "port.txt")
    changes = library.sync([folder])
    assert [(Path(c.path).name, "harbour.txt" in c.reason) for c in changes.copies] == [("port.txt", True)]
    assert embedder.encoded == [] and not changes
    found = [hit.passage for hit in library.search(QUESTION, k=50)]
    assert len(found) == len(set(found))
    (folder / "harbour.txt").unlink()
    assert library.sync([folder]).renamed == ["harbour"]
    (folder / "port.txt").unlink()
    assert library.sync([folder]).removed == ["harbour"]


def test_what_was_embedded_before_a_kill_is_not_embedded_again(
    library: Library, folder: Path, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"Lighthouse {number} was lit in 182{number}.")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("index.sync.publish", killed)
        with pytest.raises(KeyboardInterrupt):
            library.sync([folder])
    assert len(library.articles()) == 3
    assert not any("Lighthouse" in hit.passage.text for hit in library.search("lighthouse", k=50))
    embedder.encoded.clear()
    assert len(library.sync([folder]).added) == 3
    assert embedder.encoded == []
    assert "182" in library.search("When was lighthouse 2 lit?")[0].passage.text


def test_pages_and_dates_are_kept(library: Library, folder: Path) -> None:
    (folder / "dated.md").write_text("---\ndate: 2024-03-05\n---\nA dated note about granite.")
    library.sync([folder])
    assert library.article("dated").date == "2024-03-05"
    assert library.article("dated").pages == ()


def test_a_sound_library_has_no_faults_and_a_harmed_one_has_them_all(library: Library, tmp_path: Path) -> None:
    assert library.check() == []
    connection = sqlite3.connect(tmp_path / "mine" / "library.db")
    connection.execute("UPDATE articles SET text = replace(text, '1742', '1743') WHERE id = 'harbour'")
    connection.execute("UPDATE passages SET end = 99999 WHERE id = (SELECT max(id) FROM passages)")
    connection.execute("DELETE FROM embeddings WHERE passage = (SELECT min(id) FROM passages)")
    connection.commit()
    connection.close()
    faults = "\n".join(library.check())
    for words in ("harbour: the text is not the one", "is no span of its own", "has no vector"):
        assert words in faults


def test_a_small_change_of_a_large_library_is_no_fault(library: Library, folder: Path) -> None:
    for number in range(60):
        (folder / f"note-{number}.txt").write_text(f"Note {number} is about granite.")
    library.sync([folder])
    (folder / "note-7.txt").write_text("Note 7 is about the basalt of Oss.")
    library.sync([folder])
    assert library.status().vectors == "behind"
    assert library.check() == []
    assert "basalt" in library.search("What is note 7 about?")[0].passage.text


def test_rebuilding_replaces_both_rankings(library: Library, tmp_path: Path) -> None:
    before = [hit.passage for hit in library.search(QUESTION)]
    (tmp_path / "mine" / "vectors.faiss").write_bytes(b"broken")
    assert library.status().vectors == "damaged"
    assert any("vectors.faiss is damaged" in fault for fault in library.check())
    library.rebuild()
    assert (library.status().vectors, library.status().words) == ("current", "current")
    assert [hit.passage for hit in library.search(QUESTION)] == before


def test_a_watched_folder_is_synced_until_it_is_left(folder: Path, tmp_path: Path) -> None:
    code = f"{CHEAP_EMBEDDER}\nimport index.embedder\nindex.embedder.Embedder = Cheap\nfrom rag.cli import main\nmain()"
    command = [sys.executable, "-c", code, "--library", str(tmp_path / "watched"), "index", "--watch", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stderr
        assert watching.stderr.readline() == "3 added, 0 unchanged\n"
        assert "Watching" in watching.stderr.readline()
        (folder / "new.txt").write_text("A lighthouse was lit in 1820.")
        assert watching.stderr.readline() == "1 added, 3 unchanged\n"
        (folder / "new.txt").unlink()
        assert watching.stderr.readline() == "1 removed, 3 unchanged\n"
        watching.send_signal(signal.SIGINT)
        assert watching.wait() == 0
        assert "Traceback" not in watching.stderr.read()


def test_memory_stays_flat_however_many_articles_there_are(
    library: Library, folder: Path, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.sync.BATCH", 8)
    at_once: list[int] = []
    encode = embedder.encode

    def counted(texts: Sequence[str], progress: bool = False):  # type: ignore[no-untyped-def]
        at_once.append(len(texts))
        return encode(texts, progress)

    monkeypatch.setattr(embedder, "encode", counted)
    for number in range(40):
        (folder / f"{number}.txt").write_text(f"Boat {number} came in.")
    assert len(library.sync([folder]).added) == 40
    assert max(at_once) == 8 and sum(at_once) == 40
