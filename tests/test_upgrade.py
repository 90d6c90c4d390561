"""Libraries that older versions made, in every form that ever landed: brought up to date, and nothing embedded again.

Each in ``data/libraries`` was made by the code of its time, with CheapEmbedder, from ``copy.txt`` and ``mill.txt`` (the
same text), ``harbour.txt`` and ``turm.txt``.
"""

import gzip
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from indexer import CheapEmbedder

from index import upgrade
from index.database import VERSION, Database
from index.errors import DamagedLibrary, FootnoteError
from index.library import Library

MADE = sorted((Path(__file__).parent / "data" / "libraries").iterdir())
OLDER = [made for made in MADE if not made.name.startswith(f"version-{VERSION}")]
VECTORS = "SELECT vector FROM embeddings"


class NoEmbedder(CheapEmbedder):
    """Embeds questions alone."""

    def encode(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        raise AssertionError("nothing is embedded again")

    def encode_questions(self, questions: Sequence[str], agreement: float) -> np.ndarray:
        return CheapEmbedder().encode(questions)


@pytest.fixture(params=MADE, ids=lambda made: made.name.removesuffix(".db.gz"))
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpacked(request.param, tmp_path)


def unpacked(made: Path, place: Path) -> Path:
    folder = place / "library"
    folder.mkdir()
    (folder / "library.db").write_bytes(gzip.decompress(made.read_bytes()))
    return folder


def rows(file: Path, select: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(select).fetchall()
    finally:
        connection.close()


def test_every_older_library_is_brought_up_to_date_without_embedding(library: Path) -> None:
    vectors = rows(library / "library.db", VECTORS)
    with Library.open(library, NoEmbedder(), create=False) as opened:
        assert [article.id for article in opened.articles()] == ["copy", "harbour", "turm"]
        assert {article.id: article.language for article in opened.articles()}["turm"] == "de"
        assert opened.search("Who built the harbour of Sorrel?")[0].passage.article_id == "harbour"
        assert opened.search("Häuser")[0].passage.article_id == "turm"
        assert [entry.id for entry in opened.entries()] and opened.feedback() == []
        assert opened.check() == []
        folder = library.parent / "articles"
        folder.mkdir()
        for article in opened.articles():
            (folder / f"{article.id}.txt").write_text(article.text, encoding="utf-8")
        shutil.copy(folder / "copy.txt", folder / "mill.txt")
        changes = opened.sync([folder])
        assert sorted(changes.unchanged) == ["copy", "harbour", "turm"] and not changes.changed and not changes.added
    after = rows(library / "library.db", VECTORS)
    assert len(after) == 3 and set(after) == set(vectors)


@pytest.mark.parametrize("made", OLDER, ids=lambda made: made.name)
def test_there_is_a_way_back_until_it_is_rebuilt(made: Path, tmp_path: Path) -> None:
    library = unpacked(made, tmp_path)
    before = rows(library / "library.db", "SELECT id, text FROM articles ORDER BY id")
    Database(library).close()
    (copy,) = upgrade.copies(library / "library.db")
    assert rows(copy, "SELECT id, text FROM articles ORDER BY id") == before
    copy.replace(library / "library.db")
    with Library.open(library, CheapEmbedder()) as opened:
        assert upgrade.copies(library / "library.db") == [copy]
        opened.forget("turm")
    assert not any(b"Sandstein" in file.read_bytes() for file in library.rglob("*") if file.is_file())


@pytest.mark.parametrize("made", OLDER, ids=lambda made: made.name)
def test_an_upgrade_that_fails_changes_nothing(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = unpacked(made, tmp_path)
    before = rows(library / "library.db", "SELECT * FROM articles ORDER BY 1")

    def fail(_: str) -> str:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(upgrade, "detect", fail)
        with pytest.raises(FootnoteError, match="Nothing was changed"):
            Database(library)
    assert rows(library / "library.db", "SELECT * FROM articles ORDER BY 1") == before
    with Library.open(library, CheapEmbedder()) as opened:
        assert opened.search("Sorrel") and opened.check() == []


def test_a_library_of_a_version_to_come_says_what_to_do(tmp_path: Path) -> None:
    Database(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "library.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(FootnoteError, match=r"version 99, .* update Footnote") as raised:
        Database(tmp_path)
    assert not isinstance(raised.value, DamagedLibrary)
