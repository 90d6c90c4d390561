"""``rag forget``: of an article that is forgotten, no byte is left in the library's folder."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from indexer import CheapEmbedder

from index.errors import FootnoteError
from index.feedback import Feedback
from index.library import Library
from rag.answer import Answer, Statement
from rag.citation import Citation
from rag.conversation import Conversation
from ui.conversations import Conversations
from ui.record import record
from ui.turn import Turn

SECRET = "The vault of Quimbletark holds Zorvanish ledgers behind a Plumbrexite door."
OPEN = "The harbour of Sorrel was built of granite. Its light is lit by whale oil at dusk."
WORDS = ["quimbletark", "zorvanish", "plumbrexite"]


def said(library: Library, id: str) -> Answer:
    """An answer that quotes the article; every article is among what was found."""
    article = library.article(id)
    citation = Citation.of(article, 0, len(article.text))
    hits = tuple(library.search("vault harbour"))
    return Answer("What?", (Statement(article.text, (citation,)),), None, hits, "made up")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two articles, and two of everything that quotes them; the secret one was longer once."""
    articles, folder = tmp_path / "articles", tmp_path / "library"
    articles.mkdir()
    (articles / "open.txt").write_text(OPEN, encoding="utf-8")
    with Library.open(folder, CheapEmbedder()) as library:
        for text in (f"{SECRET} {SECRET * 40}", SECRET):
            (articles / "secret.txt").write_text(text, encoding="utf-8")
            library.sync([articles])
        chat, page = Conversation(folder), Conversations(folder)
        for id in ("secret", "open"):
            answer = said(library, id)
            kept = record(answer, [], library) | {"evidence": [SECRET, OPEN]}
            library.rate(Feedback(id, True, "", (), kept))
            chat.add(id, answer)
            page.add("ada", page.begin("ada", f"about {id}"), Turn(id, record=kept, next=("Who is Zorvanish?",)))
        page.close()
    return folder


def holding(folder: Path, needle: bytes) -> list[str]:
    """The names of the files below ``folder`` that hold ``needle``, whatever case it has."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return sorted(file.name for file in files if needle in file.read_bytes() or needle in file.read_bytes().lower())


def spelled(word: str) -> list[bytes]:
    return [word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]


def rag(library: Path, *arguments: str, before: Callable[[], object] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rag.cli", "--library", str(library), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, preexec_fn=before)


def test_no_byte_of_a_forgotten_article_is_left(library: Path) -> None:
    with Library.open(library, CheapEmbedder()) as opened:
        vectors = [row.tobytes() for row in CheapEmbedder().encode([SECRET, f"{SECRET}\n{SECRET}"])]
        vectors += [
            v
            for (v,) in opened._database.connection.execute(
                "SELECT vector FROM embeddings JOIN passages ON passages.id = passage "
                "JOIN articles ON number = article WHERE articles.id = 'secret'"
            )
        ]
        before = {file.name.partition(".")[0] for file in (library / "words").iterdir() if "-" not in file.name}
    assert {"library.db", "conversations.db", "chat.jsonl"} <= set(holding(library, b"zorvanish")), "it can be found"
    assert {"library.db", "vectors.faiss"} <= set(holding(library, vectors[-1])), "so can its vector"

    done = rag(library, "forget", "secret")
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()
    file = library.parent / "articles" / "secret.txt"
    assert line.startswith("forgot secret and 1 conversation") and str(file) in line and "indexed again" in line
    assert file.read_text(encoding="utf-8") == SECRET, "the file is its owner's"

    for word in WORDS:
        for needle in spelled(word):
            assert holding(library, needle) == []
    for vector in vectors:
        for at in range(0, len(vector), 16):
            if any(part := vector[at : at + 16]):
                assert holding(library, part) == []
    after = {file.name.partition(".")[0] for file in (library / "words").iterdir()}
    segments = {name for name in before if len(name) == 32}  # tantivy's dictionaries can't be searched by bytes
    assert segments and not segments & after

    with Library.open(library, CheapEmbedder()) as opened:
        assert [article.id for article in opened.articles()] == ["open"] and opened.check() == []
        assert "Sorrel" in opened.search("harbour of Sorrel")[0].passage.text
        (rating,) = opened.feedback()
        assert rating.id == "open" and {hit["article"] for hit in rating.answer["hits"]} == {"open"}
    page = Conversations(library)
    (conversation,) = page.listed("ada")
    assert page.path("ada", conversation.id)[0].record["evidence"] == [OPEN]
    page.close()


def test_a_file_that_was_uploaded_is_forgotten_too(tmp_path: Path) -> None:
    upload = tmp_path / "library" / "uploads" / "secret.txt"
    upload.parent.mkdir(parents=True)
    upload.write_text(SECRET, encoding="utf-8")
    with Library.open(tmp_path / "library", CheapEmbedder()) as library:
        library.sync([upload])
        assert library.forget("secret")[1] == []
    assert not upload.exists() and holding(tmp_path, b"zorvanish") == []


def test_while_another_process_reads_it_says_what_is_left(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.database.TIMEOUT", 0.1)
    with Library.open(library, CheapEmbedder()) as reader, Library.open(library, CheapEmbedder()) as library_:
        with reader._database.reading() as connection:
            connection.execute("SELECT count(*) FROM articles").fetchone()
            with pytest.raises(FootnoteError, match="--rebuild"):
                library_.forget("secret")
        assert "library.db-wal" in holding(library, b"zorvanish") or "library.db" in holding(library, b"zorvanish")
        library_.rebuild()
        assert not {"library.db", "library.db-wal"} & set(holding(library, b"zorvanish"))


def test_a_library_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(OPEN, encoding="utf-8")
    done = rag(tmp_path / "a" / "library", "index", str(tmp_path / "article.txt"), before=lambda: os.umask(0))
    assert done.returncode == 0, done.stderr
    made = [tmp_path / "a" / "library", *(tmp_path / "a" / "library").rglob("*")]
    assert {"library.db", "vectors.faiss", "words", "meta.json"} <= {path.name for path in made}
    assert [(p.name, oct(p.stat().st_mode)) for p in made if stat.S_IMODE(p.stat().st_mode) & 0o077] == []


def test_a_library_made_by_a_program_is_in_a_folder_of_its_owner_alone(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", CheapEmbedder()):
        assert stat.S_IMODE((tmp_path / "library").stat().st_mode) == 0o700
