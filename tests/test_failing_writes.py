"""Writes that fail: the disk is full or gives errors while a command changes the library, and nothing is lost."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from indexer import CheapEmbedder, index, write

from index.library import Library
from ui.conversations import Conversations

WRITES = "write,pwrite64,ftruncate,fsync,fdatasync"
FILES = ("library.db", "library.db-wal", "conversations.db", "conversations.db-wal", "chat.jsonl", "vectors.faiss")
FULL, BROKEN = "error=ENOSPC:when=1+", "error=EIO:when=1+2"  # the first and all others; every other one
CODE = """
import sys
from pathlib import Path
from indexer import CheapEmbedder, index
from index.errors import FootnoteError
from index.feedback import Feedback
from index.library import Library
from index.transfer import transfer
from rag.conversation import Conversation
from rag.answer import Answer
from ui.conversations import Conversations

place, what = Path(sys.argv[1]), sys.argv[2]
folder = place / "library"
try:
    if what == "conversation":
        Conversations(folder).begin("ada", "What?")
    elif what == "chat":
        Conversation(folder, resumed=True).add("What?", Answer("What?", (), "no", (), "made up"))
    elif what == "index":
        index(folder, place / "articles")
    else:
        with Library.open(folder, CheapEmbedder()) as library:
            if what == "remove":
                library.remove("quill")
            elif what == "forget":
                library.forget("quill")
            elif what == "rate":
                library.rate(Feedback("1", True, "well", (), {}))
            elif what == "copy":
                with Library.open(place / "copy", CheapEmbedder()) as copy:
                    transfer(library, copy)
except FootnoteError as error:
    print(error)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A library with articles beside it that have changed since, conversations, and an empty library for a copy."""
    write(tmp_path / "articles", "old")
    index(tmp_path / "library", tmp_path / "articles")
    write(tmp_path / "articles", "new")
    page = Conversations(tmp_path / "library")
    page.begin("ada", "the first")
    page.close()
    (tmp_path / "library" / "chat.jsonl").write_text("", encoding="utf-8")
    Library.open(tmp_path / "copy", CheapEmbedder()).close()
    return tmp_path


def tried(place: Path, what: str, fault: str = "") -> str:
    """What is said, in one line or none, of ``what`` while writes to the library's files end as ``fault`` says."""
    files = [f"--trace-path={place / library / name}" for library in ("library", "copy") for name in FILES]
    failing = ["-e", f"inject={WRITES}:{fault}"] if fault else []
    watched = ["strace", "-f", "-q", "-o", str(place / "trace"), "-e", f"trace={WRITES}", *failing, *files]
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": f"{here.parent}{os.pathsep}{here}"}
    command = [*watched, sys.executable, "-c", CODE, str(place), what]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert not fault or "(INJECTED)" in (place / "trace").read_text(encoding="utf-8"), "the fault has to happen"
    return done.stdout


def state(place: Path) -> tuple[list[str], list[str], int]:
    """The texts of the articles, the faults that are found, and how many conversations there are."""
    with Library.open(place / "library", CheapEmbedder(), create=False) as library:
        held, faults = sorted(article.text for article in library.articles()), library.check()
    page = Conversations(place / "library")
    count = len(page.listed("ada"))
    page.close()
    return held, faults, count


@pytest.mark.parametrize("fault", [FULL, BROKEN])
@pytest.mark.parametrize("what", ["index", "remove", "forget", "rate", "copy", "conversation", "chat"])
def test_a_write_that_fails_is_one_line_and_loses_nothing(place: Path, what: str, fault: str) -> None:
    if not shutil.which("strace") or subprocess.run(["strace", "-q", "true"], capture_output=True).returncode:
        pytest.skip("strace is not there, or may not be used")
    before = state(place)
    said = tried(place, what, fault)
    assert len(said.splitlines()) <= 1
    held, faults, count = state(place)
    assert faults == [] and count == before[2]
    assert held == before[0] or said == "" or "bytes of it are left" in said
    if what == "chat":  # an answer that was given is not taken back
        assert said == ""
    elif fault == FULL:
        assert "full" in said
    if held == before[0]:
        assert tried(place, what) == "", "once writing goes well again, so does the command"
    else:
        with Library.open(place / "library", CheapEmbedder()) as library:
            library.rebuild()
    assert state(place)[1] == []
