"""The library on Milvus, where it differs from the embedded one: several clients, leases, and what goes wrong."""

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import milvus_server
import pytest
from indexer import CheapEmbedder, write

from index import sync
from index.article import find, read
from index.errors import FootnoteError, UsageError
from index.milvus import MilvusLibrary
from index.milvus.address import Address
from index.milvus.records import State, record
from index.open import folder, opened
from index.passage import split
from index.store import File

INDEXER = """
import sys
from pathlib import Path
from indexer import CheapEmbedder
from index.article import read
from index.milvus import MilvusLibrary
from index.passage import split

embedder = CheapEmbedder()
with MilvusLibrary.open(sys.argv[1], embedder) as library:
    for file in sys.argv[2:]:
        article = read(Path(file))
        passages = list(split(article, embedder.count_tokens, embedder.window))
        library.put([(article, passages, embedder.encode([passage.text for passage in passages]))])
"""
SYNC = """
import sys, time
from indexer import CheapEmbedder
from index.open import opened

library = opened(sys.argv[1], CheapEmbedder())
with library.store.changing():
    print("holding", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def address(milvus: str) -> str:
    return f"milvus://{milvus}/milvus_{secrets.token_hex(4)}"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    write(tmp_path / "articles", "old")
    return tmp_path / "articles"


@pytest.fixture
def library(address: str, articles: Path) -> Iterator[MilvusLibrary]:
    with MilvusLibrary.open(address, CheapEmbedder()) as library:
        library.sync([articles])
        yield library


def started(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A process that finds ``index`` and ``indexer``."""
    paths = f"import sys; sys.path[:0] = {[str(Path(__file__).parent.parent), str(Path(__file__).parent)]}\n"
    return subprocess.Popen([sys.executable, "-c", paths + code, *arguments], stdout=subprocess.PIPE, text=True)


def passages(library: MilvusLibrary) -> list[tuple[str, int, int]]:
    return [(p.article_id, p.start, p.end) for a in library.articles() for p in library.passages(a.id)]


def test_several_processes_put_articles_and_one_publishes_them(
    library: MilvusLibrary, articles: Path, milvus: str
) -> None:
    together = f"milvus://{milvus}/together_{secrets.token_hex(4)}"
    files = find([articles])
    putting = [started(INDEXER, together, *map(str, some)) for some in (files[:4], files[2:], files[5:])]
    assert [process.wait() for process in putting] == [0, 0, 0]
    with MilvusLibrary.open(together, CheapEmbedder()) as other:
        assert other.articles() == [] == other.search("harbour"), "nobody sees them yet"
        assert len(other.known()) == len(files)
        found = {}
        for file in files:
            article = read(file)
            place = sync.place(file, other.store.home)
            found[place] = File(article.sha256, str(file), sync.stamp(file)[0], article.id, article.title)
        assert len(other.publish([articles], found).added) == len(files)
        assert other.articles() == library.articles()
        assert passages(other) == passages(library)
        assert other.check() == []
        assert not other.sync([articles])
        found.popitem()
        assert other.publish([articles], found).removed == [], "its file is still there"


def test_publishing_what_was_never_put_is_refused(library: MilvusLibrary, articles: Path) -> None:
    with pytest.raises(FootnoteError, match="index the same paths again"):
        library.publish([articles], {"somewhere": File("0" * 64, "x.txt", None, "x", "X")})
    assert len(library.articles()) == 7
    assert library.check() == []


@pytest.mark.parametrize("moment", ["before the state", "after the state"])
def test_a_publication_that_is_cut_off_is_seen_wholly_or_not_at_all(
    library: MilvusLibrary, articles: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = library.articles()
    write(articles, "new")
    settle = library.store._settle

    def killed(*given: object) -> None:
        if moment == "before the state" or given[0].generation > 1:  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        settle(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        if moment == "before the state":
            patch.setattr(State, "keep", killed)
        else:
            patch.setattr(library.store, "_settle", killed)
        with pytest.raises(KeyboardInterrupt):
            library.sync([articles])
    now = sorted(article.text for article in library.articles())
    old, new = sorted(article.text for article in before), sorted(read(file).text for file in find([articles]))
    assert now == (old if moment == "before the state" else new)
    assert library.check() == []
    library.sync([articles])
    assert sorted(article.text for article in library.articles()) == new
    assert len(library.known()) == 7, "the old ones are taken away"
    assert library.check() == []


def test_one_writer_at_a_time_and_a_dead_one_is_not_waited_for(
    library: MilvusLibrary, address: str, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus.lease.TIMEOUT", 0.5)
    with started(SYNC, address, "60") as holder:
        assert holder.stdout and holder.stdout.readline() == "holding\n"
        with pytest.raises(FootnoteError, match=f"being written by process {holder.pid} on"):
            library.sync([articles])
        assert library.search("harbour"), "reading goes on"
        holder.kill()
    assert not library.sync([articles])


def test_a_server_that_is_killed_while_it_writes_loses_nothing() -> None:
    pytest.importorskip("milvus_lite")
    assert sum(milvus_server.killed(1, seed=2).values()) == 1


def test_what_was_never_published_is_forgotten_on_demand(library: MilvusLibrary, tmp_path: Path) -> None:
    (tmp_path / "stray.txt").write_text("A stray text.")
    article, embedder = read(tmp_path / "stray.txt"), CheapEmbedder()
    spans = list(split(article, embedder.count_tokens, embedder.window))
    library.put([(article, spans, embedder.encode([span.text for span in spans]))])
    assert len(library.known()) == 8
    library.rebuild()
    assert len(library.known()) == 7
    assert library.check() == []


def test_milvus_in_a_file(articles: Path, tmp_path: Path) -> None:
    name = f"milvus+file:{tmp_path / 'file'}"
    assert folder(name) == tmp_path / "file"
    with pytest.raises(UsageError, match="no library"):
        opened(name, create=False)
    with opened(name, CheapEmbedder()) as library:
        assert len(library.sync([articles]).added) == 7
        assert "Sorrel" in library.search("Who built the harbour of Sorrel?")[0].passage.text
        assert library.check() == []
        command = [sys.executable, "-m", "rag.cli", "--library", name, "articles"]
        ran = subprocess.run(command, capture_output=True, text=True)
        assert ran.returncode == 1 and "open in another process" in ran.stderr
        assert ran.stderr.count("\n") == 1


def refused(name: str) -> str:
    """The one line that is said of a library that can't be used."""
    with pytest.raises(FootnoteError) as raised:
        opened(name)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_server_that_is_down_or_no_milvus_is_said_in_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        down = f"milvus://127.0.0.1:{free.getsockname()[1]}/x"
    assert "can't be reached" in refused(down)
    ran = subprocess.run(
        [sys.executable, "-m", "rag.cli", "--library", down, "articles"], capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("rag: Milvus at http://127.0.0.1") and ran.stderr.count("\n") == 1


def test_a_bad_address_is_refused() -> None:
    for name in ("milvus://host", "milvus://host:1/a-b", "milvus://user:word@host:1/x", "milvus+file:", "milvus:x"):
        assert "names no library on Milvus" in refused(name)


def test_the_token_comes_from_the_environment_and_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_MILVUS_TOKEN", "root:secret")
    address = Address.parse("milvus+tls://host:19530/name")
    assert (address.uri, address.name, address.token) == ("https://host:19530", "name", "root:secret")
    assert "secret" not in repr(address)


def test_other_versions_and_foreign_collections_are_refused(library: MilvusLibrary, address: str) -> None:
    client = library._client
    client.write(client.records, [record("state", "state", data=json.dumps({"version": 99}))])
    assert "version 99" in refused(address)
    client._client.create_collection("foreign_records", dimension=4)
    assert "no Footnote library" in refused(address.rpartition("/")[0] + "/foreign")


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    assert "pip install 'footnote-qa[milvus]'" in refused("milvus://127.0.0.1:1/x")
