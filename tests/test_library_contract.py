"""What every library does, the embedded one and the one on Milvus (whose server is a process of its own)."""

import json
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from indexer import CheapEmbedder

from index.errors import DamagedLibrary, MissingLibrary, UsageError
from index.feedback import Feedback
from index.library import Library
from index.open import AnyLibrary, exists, opened

ARTICLES = Path(__file__).parent / "data" / "articles"
QUESTION = "Who built the harbour of Brindle?"


class CountingEmbedder(CheapEmbedder):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        self.encoded += texts
        return super().encode(texts)


@pytest.fixture(params=["embedded", "milvus"])
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A library that is yet to be made."""
    if request.param == "embedded":
        return str(tmp_path / "library")
    return f"milvus://{request.getfixturevalue('milvus')}/contract_{secrets.token_hex(4)}"


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ARTICLES, tmp_path / "articles"))


@pytest.fixture
def library(name: str, folder: Path, embedder: CountingEmbedder) -> Iterator[AnyLibrary]:
    with opened(name, embedder) as library:
        library.sync([folder])
        embedder.encoded.clear()
        yield library


def found(library: AnyLibrary, question: str) -> list[str]:
    return [hit.passage.text for hit in library.search(question, k=50)]


def found_by_words(library: AnyLibrary, question: str) -> list[str]:
    """Articles of the passages that the lexical side found, best first."""
    ranked = sorted((hit.lexical_rank, hit.passage.article_id) for hit in library.search(question) if hit.lexical_rank)
    return list(dict.fromkeys(article for _, article in ranked))


def test_a_library_is_made_when_it_may_be(name: str) -> None:
    assert not exists(name)
    with pytest.raises(MissingLibrary, match="index a folder"):
        opened(name, create=False)
    with opened(name, CheapEmbedder()) as library:
        assert library.articles() == [] == library.search("anything") == library.feedback()
        assert (library.status().articles, library.status().passages) == (0, 0)
    assert exists(name)


def test_a_folder_is_indexed_and_remembered(library: AnyLibrary, name: str, folder: Path) -> None:
    with opened(name, create=False) as again:
        assert [(article.id, article.source) for article in again.articles()] == [
            ("bees", str(folder / "bees.md")),
            ("harbour", str(folder / "harbour.txt")),
            ("quill", str(folder / "rivers" / "quill.md")),
        ]
        assert again.articles() == library.articles()
        for article in again.articles():
            passages = again.passages(article.id)
            assert passages and all(article.text[p.start : p.end] == p.text for p in passages)
            assert passages == sorted(passages, key=lambda passage: passage.start)
        status = again.status()
        assert status.articles == 3
        assert status.passages == sum(len(again.passages(article.id)) for article in again.articles())
        assert (status.dimensions, status.embedder) == (64, "sentence-transformers/all-MiniLM-L6-v2")
        assert again.check() == []
        assert again.passages("nothing") == []


def test_syncing_again_touches_nothing(library: AnyLibrary, folder: Path, embedder: CountingEmbedder) -> None:
    generation = library.status().generation
    changes = library.sync([folder])
    assert not changes and sorted(changes.unchanged) == ["bees", "harbour", "quill"]
    assert embedder.encoded == []
    assert library.status().generation == generation


def test_syncing_touches_what_differs_only(library: AnyLibrary, folder: Path, embedder: CountingEmbedder) -> None:
    (folder / "bees.md").unlink()
    (folder / "harbour.txt").write_text("The harbour was filled with sand in 1999.")
    (folder / "new.txt").write_text("A lighthouse was lit in 1820.")
    changes = library.sync([folder])
    assert (changes.added, changes.changed, changes.removed) == (["new"], ["harbour"], ["bees"])
    assert changes.unchanged == ["quill"]
    assert sorted(embedder.encoded) == ["A lighthouse was lit in 1820.", "The harbour was filled with sand in 1999."]
    assert found(library, "harbour sand")[0] == "The harbour was filled with sand in 1999."
    assert not any("swarm" in text or "Thorsen" in text for text in found(library, "harbour swarm Thorsen"))
    assert library.article("harbour").text == "The harbour was filled with sand in 1999."
    assert library.status().articles == 3
    assert library.check() == []


def test_a_renamed_file_is_not_embedded_again(library: AnyLibrary, folder: Path, embedder: CountingEmbedder) -> None:
    (folder / "harbour.txt").rename(folder / "old port.txt")
    assert library.sync([folder]).renamed == ["harbour"]
    assert embedder.encoded == []
    assert library.article("harbour").source == str(folder / "old port.txt")
    assert library.article("Old port").id == "harbour", "its file's name was its title"
    assert found_by_words(library, "port") == ["harbour"], "its title is among its words"
    assert library.check() == []


def test_the_same_text_under_two_names_is_found_once(
    library: AnyLibrary, folder: Path, embedder: CountingEmbedder
) -> None:
    shutil.copy(folder / "harbour.txt", folder / "twin.txt")
    changes = library.sync([folder])
    assert [Path(copy.path).name for copy in changes.copies] == ["twin.txt"]
    assert embedder.encoded == [] and not changes
    assert sum("Thorsen" in text for text in found(library, QUESTION)) == 1
    (folder / "harbour.txt").unlink()
    assert library.sync([folder]).removed == []
    assert library.article("harbour").source == str(folder / "twin.txt")


def test_an_unreadable_file_is_named_and_the_others_are_indexed(library: AnyLibrary, folder: Path) -> None:
    (folder / "bees.md").write_bytes(b"\x89PNG\0\1\2 now binary")
    (folder / "good.txt").write_text("Good text.")
    changes = library.sync([folder])
    assert (changes.added, changes.changed, changes.removed) == (["good"], [], [])
    assert [Path(problem.path).name for problem in changes.problems] == ["bees.md"]
    assert "swarm" in library.article("bees").text


def test_what_was_indexed_from_elsewhere_stays(library: AnyLibrary, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "bees.txt").write_text("Other bees live in the ground.")
    assert library.sync([tmp_path / "other"]).added == ["bees-2"]
    (tmp_path / "other" / "bees.txt").unlink()
    assert library.sync([folder]).removed == []
    assert library.sync([tmp_path / "other"], allow_empty=True).removed == ["bees-2"]


def test_an_article_is_taken_out_and_comes_back(library: AnyLibrary, folder: Path) -> None:
    assert library.remove("How Bees Choose a Home").id == "bees"
    assert [article.id for article in library.articles()] == ["harbour", "quill"]
    assert not any("swarm" in text for text in found(library, "swarm of bees"))
    assert library.sync([folder]).added == ["bees"]
    assert any("swarm" in text for text in found(library, "swarm of bees"))
    assert library.check() == []


def test_an_article_is_found_by_id_source_or_title(library: AnyLibrary, folder: Path) -> None:
    for key in ("quill", str(folder / "rivers" / "quill.md"), "The River Quill", "the river quill"):
        assert library.article(key).id == "quill"
    with pytest.raises(UsageError, match="Did you mean harbour"):
        library.article("harbor")
    for key in ("", 'a"b\\c', "ü\n"):
        with pytest.raises(UsageError, match="no article"):
            library.article(key)
    for name in ("a.md", "b.md"):
        (folder / name).write_text(f"---\ntitle: Twins\n---\nThis is {name}.")
    library.sync([folder])
    with pytest.raises(UsageError, match="say a or b"):
        library.article("Twins")


def test_long_texts_pages_and_dates_are_kept(library: AnyLibrary, folder: Path) -> None:
    text = "---\ndate: 2024-03-05\n---\n" + " ".join(
        f"Stone {n} of the 𝔥arbour is made of granite." for n in range(4000)
    )
    (folder / "long.md").write_text(text)
    library.sync([folder])
    article = library.article("long")
    assert (article.text, article.date, article.pages) == (text, "2024-03-05", ())
    assert "Stone 3141 " in "".join(found(library, "Stone 3141"))
    assert library.check() == []
    entries = {entry.id: entry for entry in library.entries()}
    assert entries.keys() == {"bees", "harbour", "quill", "long"}
    assert (entries["long"].characters, entries["long"].date) == (len(text), "2024-03-05")
    for entry in entries.values():
        assert timedelta(minutes=-1) < datetime.now(UTC) - entry.added < timedelta(minutes=10)


def test_tags_are_those_of_the_front_matter_as_it_is_now(library: AnyLibrary, folder: Path) -> None:
    assert library.tags() == {}
    (folder / "tide.md").write_text("---\ntags: [mills, sea]\n---\nThe tide mill of Oss.", encoding="utf-8")
    library.sync([folder])
    assert library.tags() == {"tide": ("mills", "sea")}
    (folder / "tide.md").write_text("---\ntags: mills\n---\nThe tide mill of Oss.", encoding="utf-8")
    library.sync([folder])
    assert library.tags() == {"tide": ("mills",)}


def test_both_sides_rank_a_passage(library: AnyLibrary) -> None:
    hits = library.search(QUESTION)
    assert "Thorsen" in hits[0].passage.text
    assert (hits[0].rank, hits[0].dense_rank, hits[0].lexical_rank) == (1, 1, 1)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert found_by_words(library, "harbours")[0] == "harbour", "words are compared by their stems"
    assert library.search_all([QUESTION, "swarm"], 1) == [hits[:1], library.search("swarm", 1)]
    assert library.search("?!")  # no word at all
    with pytest.raises(UsageError, match="empty"):
        library.search("  ")


def test_a_search_among_some_articles_finds_those_alone(library: AnyLibrary) -> None:
    ids = {hit.passage.article_id for hit in library.search(QUESTION, 50)}
    assert len(ids) == 3
    for id in ids:
        hits = library.search(QUESTION, 50, {id, "no-such-article"})
        assert {hit.passage.article_id for hit in hits} == {id} and hits[0].rank == 1
    assert library.search(QUESTION, 50, set()) == []


def test_every_change_is_another_generation(library: AnyLibrary, folder: Path) -> None:
    before = library.generation()
    library.sync([folder])
    assert library.generation() == before
    (folder / "new.txt").write_text("The sluice of Brindle is new.", encoding="utf-8")
    library.sync([folder])
    assert library.generation() != before


def test_feedback_is_kept_however_long_and_a_second_one_takes_its_place(library: AnyLibrary) -> None:
    answer = {"question": QUESTION, "text": "ä" * 70_000}
    library.rate(Feedback("one", True, "", (), answer))
    library.rate(Feedback("two", False, "It was Anna.", ("And then?",), answer))
    library.rate(Feedback("one", False, "No.", (), answer))
    assert library.feedback() == [
        Feedback("two", False, "It was Anna.", ("And then?",), answer),
        Feedback("one", False, "No.", (), answer),
    ]


def test_another_process_sees_what_this_one_wrote(library: AnyLibrary, name: str, folder: Path) -> None:
    with opened(name, CheapEmbedder()) as reader:
        reader.search(QUESTION)
        (folder / "new.txt").write_text("A lighthouse was lit in 1820.")
        library.sync([folder])
        assert reader.search("When was the lighthouse lit?")[0].passage.article_id == "new"
    command = [sys.executable, "-m", "rag.cli", "--library", name, "articles", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert sorted(article["id"] for article in json.loads(ran.stdout)) == ["bees", "harbour", "new", "quill"]


def test_a_half_done_write_is_not_seen_and_finished_by_the_next(
    library: AnyLibrary, folder: Path, embedder: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = library.articles(), library.search(QUESTION)
    (folder / "bees.md").unlink()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"Lighthouse {number} of Brindle was lit in 182{number}.")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(library.store, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            library.sync([folder])
    assert (library.articles(), library.search(QUESTION)) == before
    embedder.encoded.clear()
    changes = library.sync([folder])
    assert (len(changes.added), changes.removed) == (3, ["bees"])
    assert embedder.encoded == []
    assert library.search("When was lighthouse 2 lit?")[0].passage.article_id == "2"
    assert library.check() == []


def test_a_changed_text_is_a_fault_and_not_cited(library: AnyLibrary) -> None:
    if isinstance(library, Library):
        connection = sqlite3.connect(library.store.home / "library.db")
        connection.execute("UPDATE articles SET text = replace(text, '1742', '1743') WHERE id = 'harbour'")
        connection.commit()
        connection.close()
    else:
        client = library._client
        (row,) = client.get(client.records, [f"text:{library.article('harbour').sha256}:0000000"], "data", "article")
        data = row["data"].replace("1742", "1743")
        from index.milvus.records import record

        client.write(client.records, [record("text", row["id"], article=row["article"], data=data)])
    assert library.check() == ["harbour: the text is not the one that was indexed"]
    with pytest.raises(DamagedLibrary, match="harbour"):
        library.article("harbour")


def test_another_embedder_is_refused(library: AnyLibrary, name: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = CheapEmbedder(str(tmp_path / "other"))
    with pytest.raises(UsageError, match="made with the embedder sentence-transformers/all-MiniLM-L6-v2"):
        opened(name, other)
