"""Copying a library: there and back, byte for byte, with the same answers; nothing is embedded again."""

import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from indexer import CheapEmbedder, write

from index.errors import FootnoteError, UsageError
from index.feedback import Feedback
from index.library import Library
from index.open import AnyLibrary, opened
from index.transfer import transfer
from rag.assistant import Assistant
from rag.models import Models

QUESTIONS = (
    "When does the revenue sharing agreement end?",
    "What would Microsoft lose if OpenAI develops AGI?",
    "Who is the chief executive of SoftBank?",
)


@pytest.fixture
def address(milvus: str) -> str:
    return f"milvus://{milvus}/transfer_{secrets.token_hex(4)}"


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Library]:
    write(tmp_path / "articles", "old")
    with Library.open(tmp_path / "source", CheapEmbedder()) as library:
        library.sync([tmp_path / "articles"])
        library.rate(Feedback("one", False, "No.", ("And then?",), {"text": "1742"}))
        yield library


def said(library: AnyLibrary, models: Models) -> list[tuple[object, ...]]:
    answers = [Assistant(library, models).ask(question) for question in QUESTIONS]
    return [(answer.statements, answer.reason) for answer in answers]


def test_there_and_back_gives_the_same_articles_and_answers(
    seed_library: Library, models: Models, address: str, tmp_path: Path
) -> None:
    with opened(address) as there, opened(tmp_path / "back") as back:
        assert transfer(seed_library, there) == 1
        assert transfer(there, back) == 1
        answers = said(seed_library, models)
        for copy in (there, back):
            assert copy.articles() == seed_library.articles()
            assert copy.entries() == seed_library.entries()
            assert copy.check() == []
            assert said(copy, models) == answers
        assert back.search(QUESTIONS[0]) == seed_library.search(QUESTIONS[0])
        assert there.sync([seed_library.articles()[0].source]).unchanged, "files are known, too"


def test_all_of_it_goes_along_and_syncing_goes_on(
    source: Library, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing is embedded again")

    with opened(address, CheapEmbedder()) as there, opened(tmp_path / "back", CheapEmbedder()) as back:
        with monkeypatch.context() as patch:
            patch.setattr(CheapEmbedder, "encode", never)
            assert transfer(source, there) == transfer(there, back) == 7
            assert not there.sync([tmp_path / "articles"])
            assert not back.sync([tmp_path / "articles"])
        for copy in (there, back):
            assert copy.articles() == source.articles()
            assert copy.feedback() == source.feedback()
            assert (copy.status().vectors, copy.status().words) == ("current", "current")
        write(tmp_path / "articles", "new")
        assert sorted(there.sync([tmp_path / "articles"]).changed) == ["bergen", "marsh", "ostra", "thorne"]
        with pytest.raises(UsageError, match="other articles"):
            transfer(source, there)


def test_a_copy_that_was_cut_off_goes_on(source: Library, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.transfer.SOME", 2)
    with opened(address, CheapEmbedder()) as there:
        store, stored, limit = there.store.add, [], 4  # type: ignore[var-annotated]

        def cut_off(articles, **facts):  # type: ignore[no-untyped-def]
            if len(stored) >= limit:
                raise KeyboardInterrupt
            stored.extend(articles)
            store(articles, **facts)

        monkeypatch.setattr(there.store, "add", cut_off)
        with pytest.raises(KeyboardInterrupt):
            transfer(source, there)
        assert there.articles() == []
        limit = 100
        assert transfer(source, there) == 7
        assert len(stored) == 7, "what was stored is not stored again"
        assert there.articles() == source.articles()


def test_a_difference_is_found_at_the_end(source: Library, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(address, CheapEmbedder()) as there:
        store = there.store.add
        monkeypatch.setattr(
            there.store, "add", lambda articles, **facts: store([(a, p, -v) for a, p, v in articles], **facts)
        )
        with pytest.raises(FootnoteError, match="is not the same in both libraries"):
            transfer(source, there)


def test_the_command_copies_and_says_so(source: Library, tmp_path: Path) -> None:
    copying = [sys.executable, "-m", "rag.cli", "library", "copy", str(tmp_path / "source"), str(tmp_path / "copy")]
    ran = subprocess.run(copying, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert ran.stderr.startswith("7 articles copied and compared")
    checking = [sys.executable, "-m", "rag.cli", "--library", str(tmp_path / "copy"), "library", "--check"]
    assert "no faults" in subprocess.run(checking, capture_output=True, text=True).stdout
    shutil.rmtree(tmp_path / "source")
    ran = subprocess.run(copying, capture_output=True, text=True)
    assert ran.returncode == 2 and "There is no library" in ran.stderr
