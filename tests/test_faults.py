"""Faults tried for real: after each, the library is in its old state or its new one, sound, and answers."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from disk import MEMORY, Disk
from indexer import CheapEmbedder, index, state, texts, write

from index import lexical
from index.article import read
from index.errors import FootnoteError
from index.library import Library
from rag.answer import Answer
from rag.conversation import Conversation

QUESTION = "Who built the harbour of Sorrel?"
INDEXER = [sys.executable, str(Path(__file__).with_name("indexer.py"))]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory, where there is one."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


@pytest.fixture
def library(place: Path) -> Path:
    """A library in its old state, closed; ``articles`` beside it are in the old state, too."""
    write(place / "articles", "old")
    index(place / "library", place / "articles")
    return place / "library"


@pytest.fixture
def states(place: Path) -> dict[str, list[str]]:
    """The texts of the old and the new articles."""
    found = {}
    for kind in ("old", "new"):
        write(place / "sample", kind)
        found[kind] = texts(place / "sample")
    shutil.rmtree(place / "sample")
    return found


def tried(fault: str, place: Path, *before: str) -> dict[str, int]:
    command = [*before, *INDEXER, fault, str(place / "library"), str(place / "articles")]
    ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    return dict(json.loads(ran.stdout))


def test_a_hundred_kills_at_random_moments_lose_nothing(place: Path) -> None:
    """And then less and less room, on the library that went through the kills."""
    outcomes = tried("kills", place)
    assert outcomes["lost"] == 0
    assert outcomes["killed"] == 100 == outcomes["old"] + outcomes["new"]
    assert outcomes["old"] > 0, "some were killed on the way"
    outcomes = tried("quota", place)
    assert outcomes["lost"] == 0
    assert outcomes["refused"] >= 3 and outcomes["new"] >= 3


def test_ctrl_c_ends_indexing_with_one_line_and_nothing_is_lost(library: Path, states: dict[str, list[str]]) -> None:
    articles = library.parent / "articles"
    write(articles, "new")
    code = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
import index.embedder
from indexer import CheapEmbedder
from rag.cli import main
class Slow(CheapEmbedder):
    batches = 0
    def encode(self, texts, progress=False):
        Slow.batches += 1
        if Slow.batches == 2:
            print("embedding", flush=True)
            time.sleep(60)
        return super().encode(texts, progress)
index.embedder.Embedder = Slow
main()"""
    command = [sys.executable, "-c", code, "--library", str(library), "index", str(articles)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=ENVIRONMENT, text=True, **pipes) as indexing:  # type: ignore[call-overload]
        assert indexing.stdout.readline() == "embedding\n", indexing.stderr.read()
        indexing.send_signal(signal.SIGINT)
        _, said = indexing.communicate(timeout=30)
    assert said == "rag: Interrupted. Nothing is lost: the same command goes on from here.\n"
    assert indexing.returncode == 130
    assert state(library, states) == "old"
    index(library, articles)
    assert state(library, states) == "new"


def test_a_full_disk_loses_nothing(place: Path) -> None:
    disk = place / "disk"
    disk.mkdir()
    mounted = ["unshare", "-m", "-r", "sh", "-c", f'mount -t tmpfs -o size=4m tmpfs {disk} && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*mounted, "true"], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    outcomes = tried("disk", disk, *mounted)
    assert outcomes["lost"] == 0
    assert outcomes["refused"] >= 3 and outcomes["new"] >= 3


def test_a_disk_that_turns_read_only_under_way_goes_on_answering(
    place: Path, states: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.lock.TIMEOUT", 1)
    try:
        broken = Disk(place)
    except OSError as error:
        pytest.skip(f"no disk can be made here: {error}")
    articles, library = place / "articles", broken.place / "library"
    try:
        write(articles, "old")
        index(library, articles)
        os.sync()
        write(articles, "new")
        with Library.open(library, CheapEmbedder()) as opened:
            broken.turn_read_only()
            for asked in (opened, Library.open(library, CheapEmbedder(), create=False)):
                with asked, pytest.raises(FootnoteError) as raised:
                    assert "Sorrel" in asked.search(QUESTION)[0].passage.text
                    asked.sync([articles])
                assert "\n" not in str(raised.value)
        broken.repair()
        assert state(library, states) == "old"
        index(library, articles)
        assert state(library, states) == "new"
    finally:
        broken.close()


@pytest.mark.parametrize("closed", [True, False])
def test_a_copy_that_can_only_be_read_answers_with_all_that_was_written(library: Path, closed: bool) -> None:
    """A copy of a library that is being written: its log holds what ``library.db`` does not yet, and nobody's notes on
    it are there."""
    place = library.parent
    write(place / "articles", "new")
    with Library.open(library, CheapEmbedder()) as opened:
        opened.sync([place / "articles"])
        if not closed:
            shutil.copytree(library, place / "copy", ignore=shutil.ignore_patterns("*-shm"))
    if closed:
        shutil.copytree(library, place / "copy")
    assert closed != (place / "copy" / "library.db-wal").exists()
    place.chmod(0o755)
    answer = "from pathlib import Path; import os, sys; from indexer import *\n"
    answer += "if os.geteuid() == 0: os.setuid(65534)\n"
    answer += "with Library.open(Path(sys.argv[1]), CheapEmbedder(), create=False) as opened:\n"
    answer += "    print(opened.search('Who built the harbour of Pellow?')[0].passage.text)"
    ran = unwritable(place / "copy", answer)
    assert "The harbour of Pellow" in ran


def unwritable(folder: Path, code: str) -> str:
    """What ``code`` prints of ``folder``, in which nothing can be written meanwhile."""
    below = [*folder.rglob("*"), folder]
    for path in below:
        path.chmod(0o555 if path.is_dir() else 0o444)
    environment = ENVIRONMENT | {"PYTHONPATH": f"{ENVIRONMENT['PYTHONPATH']}:{Path(__file__).parent}"}
    ran = subprocess.run([sys.executable, "-c", code, str(folder)], env=environment, capture_output=True, text=True)
    for path in reversed(below):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def empty(data: bytes) -> bytes:
    return b""


def flip(at: float) -> Callable[[bytes], bytes]:
    def flipped(data: bytes) -> bytes:
        place = min(int(at * len(data)), len(data) - 1) if data else 0
        return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :] if data else data

    return flipped


HARMS = [cut, empty, None, *map(flip, (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1))]


@pytest.mark.parametrize("harm", HARMS)
def test_rankings_that_are_cut_flipped_or_missing_are_rebuilt(
    library: Path, states: dict[str, list[str]], harm: Callable[[bytes], bytes] | None
) -> None:
    files = [library / "vectors.faiss", *(path for path in (library / "words").iterdir() if path.name[0] != ".")]
    for file in files:
        if harm and file.exists():
            file.write_bytes(harm(file.read_bytes()))
        else:
            file.unlink(missing_ok=True)
        assert state(library, states) == "old"


def test_an_emptied_library_whose_rankings_are_missing_is_sound(library: Path) -> None:
    """As a kill leaves it while the last article is forgotten: no search would ever put that right."""
    with Library.open(library, CheapEmbedder()) as opened:
        for article in opened.articles():
            opened.remove(article.id)
        for name in ("vectors.faiss", "words"):
            path = library / name
            path.unlink() if path.is_file() else shutil.rmtree(path)
            assert opened.search(QUESTION) == [] and opened.check() == []


def test_a_line_of_the_chat_that_was_cut_off_takes_no_other_with_it(tmp_path: Path) -> None:
    chat, answer = Conversation(tmp_path), Answer("What?", (), "no", (), "made up")
    for question in ("Who\u2028or what?", "When?"):
        chat.add(question, answer)
    file = tmp_path / "chat.jsonl"
    file.write_bytes(file.read_bytes()[:-9] + b"\xc3")  # in the middle of a letter
    Conversation(tmp_path, resumed=True).add("Where?", answer)
    kept = [exchange.question for exchange in Conversation(tmp_path, resumed=True).exchanges]
    assert kept == ["Who\u2028or what?", "Where?"]


def test_words_that_cant_be_made_anew_are_kept_in_memory(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk that turns read-only meanwhile."""

    def create(_: Path) -> lexical.Words:
        raise lexical.UnusableWords("damaged")

    shutil.rmtree(library / "words")
    monkeypatch.setattr(lexical.Words, "create", create)
    with Library.open(library, CheapEmbedder()) as opened:
        assert "Sorrel" in opened.search(QUESTION)[0].passage.text


def test_rankings_of_an_older_state_are_brought_up_to_date(library: Path, states: dict[str, list[str]]) -> None:
    """As when power fails after the database was written and before the vectors were."""
    place = library.parent
    shutil.copytree(library, place / "before")
    write(place / "articles", "new")
    index(library, place / "articles")
    for name in ("vectors.faiss", "words"):
        older = place / "before" / name
        newer = library / name
        if older.is_dir():
            shutil.rmtree(newer)
            shutil.copytree(older, newer)
        else:
            shutil.copy(older, newer)
        assert state(library, states) == "new"


def test_rankings_of_a_state_that_never_came_are_rebuilt(library: Path, states: dict[str, list[str]]) -> None:
    """As when power fails after the vectors were written and before the database was: what they hold is unknown."""
    place = library.parent
    shutil.copy(library / "library.db", place / "library.db")
    write(place / "articles", "new")
    index(library, place / "articles")
    shutil.copy(place / "library.db", library / "library.db")
    assert state(library, states) == "old"
    index(library, place / "articles")
    assert state(library, states) == "new"


def test_a_database_that_can_only_be_read_answers_and_says_so(library: Path, states: dict[str, list[str]]) -> None:
    write(library.parent / "articles", "new")
    code = (
        "import os, sys; from pathlib import Path; from indexer import *\n"
        "library = Path(sys.argv[1]); articles = library.with_name('articles')\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "with Library.open(library, CheapEmbedder()) as opened:\n"
        f"    print(len(opened.articles()), opened.search({QUESTION!r})[0].passage.text)\n"
        "    try: opened.sync([articles])\n"
        "    except FootnoteError as error: print(error)\n"
    )
    library.parent.chmod(0o755)
    first, second = unwritable(library, code).splitlines()
    assert first.startswith(f"{len(states['old'])} ") and "Sorrel" in first
    assert "can't be written" in second
    assert state(library, states) == "old"


def test_of_two_indexers_one_waits_for_the_other(library: Path, states: dict[str, list[str]]) -> None:
    place = library.parent
    for kind in states:
        write(place / kind / "articles", kind)
    work = "import sys; from pathlib import Path; from indexer import *; index(*map(Path, sys.argv[1:]))"
    environment = ENVIRONMENT | {"PYTHONPATH": f"{ENVIRONMENT['PYTHONPATH']}:{Path(__file__).parent}"}
    command = [sys.executable, "-c", work, str(place / "shared")]
    for _ in range(3):
        shutil.rmtree(place / "shared", ignore_errors=True)
        both = [
            subprocess.Popen([*command, str(place / kind / "articles")], env=environment, stderr=subprocess.PIPE)
            for kind in states
        ]
        for process in both:
            _, said = process.communicate()
            assert process.returncode == 0, said
        assert state(place / "shared", {"both": sorted({*states["old"], *states["new"]})}) == "both"


def test_a_second_writer_is_told_who_holds_the_lock(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.lock.TIMEOUT", 1)
    monkeypatch.setattr("index.lock.UNANNOUNCED", 0)
    code = "import sys, time; from index.database import *\nwith Database(Path(sys.argv[1])).changing():\n"
    held = subprocess.Popen(
        [sys.executable, "-c", code + "    print('held', flush=True); time.sleep(60)", str(library)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
    )
    assert held.stdout and held.stdout.readline() == b"held\n"
    with Library.open(library, CheapEmbedder()) as opened:
        with pytest.raises(FootnoteError, match=f"written by process {held.pid}"):
            opened.remove("ostra")
        assert opened.search(QUESTION), "what reads goes on"
        held.send_signal(signal.SIGKILL)
        held.wait()
        assert opened.remove("ostra").id == "ostra", "a kill lets go of the lock"


class WaitingEmbedder(CheapEmbedder):
    """Comes to a halt when it embeds new passages, until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = threading.Event(), threading.Event()

    def encode(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        self.reached.set()
        assert self.go_on.wait(60)
        return super().encode(texts, progress)


def test_those_who_read_go_on_while_one_writes_and_then_see_it(library: Path) -> None:
    write(library.parent / "articles", "new")
    embedder = WaitingEmbedder()
    with Library.open(library, CheapEmbedder()) as reader, Library.open(library, embedder) as writer:
        before = sorted(article.id for article in reader.articles())
        at_work = threading.Thread(target=writer.sync, args=[[library.parent / "articles"]])
        at_work.start()
        assert embedder.reached.wait(60)
        assert sorted(article.id for article in reader.articles()) == before
        assert "Brindle" in reader.search("Who built the harbour of Brindle?")[0].passage.text
        embedder.go_on.set()
        at_work.join()
        assert "Pellow" in reader.search("Who built the harbour of Pellow?")[0].passage.text
        assert not any("Brindle" in hit.passage.text for hit in reader.search("Brindle", k=50))


def test_a_folder_that_changes_while_it_is_read(library: Path, states: dict[str, list[str]]) -> None:
    """Files come, go and change all the time; each article is one of the versions that were there."""
    articles, stop = library.parent / "articles", threading.Event()
    known = {*states["old"], *states["new"]}

    def change() -> None:
        while not stop.is_set():
            for number, text in enumerate(sorted(known)):
                draft = articles / "draft"
                draft.write_text(text, encoding="utf-8")
                os.replace(draft, articles / f"{number % 5}.txt")
                (articles / f"{number % 3}.txt").unlink(missing_ok=True)

    changing = threading.Thread(target=change)
    changing.start()
    try:
        with Library.open(library, CheapEmbedder()) as opened:
            for _ in range(20):
                with suppress(FootnoteError):
                    opened.sync([articles])
                assert {article.text for article in opened.articles()} <= known
    finally:
        stop.set()
        changing.join()
    with Library.open(library, CheapEmbedder()) as opened:
        assert not opened.sync([articles]).problems
        assert {article.text for article in opened.articles()} == {read(path).text for path in articles.iterdir()}
        assert opened.check() == []


def test_one_library_that_goes_through_all_of_it_is_sound(library: Path, states: dict[str, list[str]]) -> None:
    place = library.parent
    faults: list[Callable[[Path, dict[str, list[str]]], None]] = [
        *(partial(test_rankings_that_are_cut_flipped_or_missing_are_rebuilt, harm=harm) for harm in HARMS),
        test_rankings_of_an_older_state_are_brought_up_to_date,
        test_rankings_of_a_state_that_never_came_are_rebuilt,
        test_a_database_that_can_only_be_read_answers_and_says_so,
        test_a_folder_that_changes_while_it_is_read,
        lambda library, _: test_those_who_read_go_on_while_one_writes_and_then_see_it(library),
    ]
    for fault in faults:
        write(place / "articles", "old")
        index(library, place / "articles")
        fault(library, states)
    checked = subprocess.run(
        [sys.executable, "-m", "rag.cli", "--library", str(library), "library", "--check"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0 and checked.stdout.splitlines()[-1] == "no faults"
