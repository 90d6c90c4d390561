"""Indexing on Ray: real worker processes, a real Milvus server on loopback, and a real kill."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from index.errors import FootnoteError, UsageError
from index.milvus import MilvusLibrary
from index.ray import ingester

pytest.importorskip("ray.data", reason="Ray is not installed: pip install 'footnote-qa[ray]'")

CLOSE = 0.999  # cosine between vectors of one passage from batches of different texts, in bfloat16
PAUSE = 0.05  # seconds between two looks
PATIENCE = 240  # seconds, on a machine that does much else
TOWNS = ("Brindle", "Ossory", "Quill", "Sorrel", "Tansy")
LINE = (
    "In {year}, after {count} winters of flood, the council of {town} voted to move the harbour {count} miles up the "
    "river Quill, and the ferrymen, whose grandfathers had built the old one, were given the mill in return."
)


@pytest.fixture(scope="module")
def server(milvus: str) -> str:
    """The address of a real Milvus server."""
    return f"milvus://{milvus}"


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose files are one batch each, with a copy and files that can't be read."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "coast").mkdir()
    for number, town in enumerate(TOWNS):
        lines = [LINE.format(year=1400 + part, town=town, count=part % 40 + 2) * 3 for part in range(70)]
        (folder / ("coast" if number % 2 else "") / f"{town}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    (folder / "coast" / "again.txt").write_bytes((folder / "Brindle.txt").read_bytes())
    (folder / "Abandoned.txt").touch()  # the first, and empty
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    return folder


@pytest.fixture(scope="module")
def indexed(server: str, articles: Path) -> subprocess.CompletedProcess[str]:
    """``rag index --ray``, one of whose workers was killed when the first articles were stored."""
    started = _rag(f"{server}/on_ray", articles, "--ray")
    with MilvusLibrary.open(f"{server}/on_ray") as library:
        _until(lambda: library.known() or started.poll() is not None)
        assert started.poll() is None, started.communicate()
        others, workers = _of_ray(started), _of_ray(started, "ray::MapWorker")
        assert workers and len(library.known()) < len(TOWNS), "there must be something left to do"
        workers[0].send_signal(signal.SIGKILL)
    out, err = started.communicate(timeout=PATIENCE)
    assert not psutil.wait_procs(others, timeout=20)[1], "no process of Ray stays behind"
    return subprocess.CompletedProcess(started.args, started.returncode, out, err)


def _rag(library: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "rag.cli", "--library", library, "index", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _of_ray(command: subprocess.Popen[str], name: str = "") -> list[psutil.Process]:
    return [p for p in psutil.Process(command.pid).children(recursive=True) if p.name().startswith(name)]


def _until(true: Callable[[], object]) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < PATIENCE
        time.sleep(PAUSE)


def test_a_killed_worker_costs_no_article_and_nobody_hears_of_ray(indexed: subprocess.CompletedProcess[str]) -> None:
    assert indexed.returncode == 0
    first, *others = indexed.stderr.splitlines()
    assert first == f"{len(TOWNS)} added, 0 unchanged" and indexed.stdout == ""
    assert sorted(re.findall(r"left out \S+/(\S+):", "\n".join(others))) == ["Abandoned.txt", "again.txt", "broken.pdf"]


def test_the_library_is_the_one_that_is_made_without_ray(
    indexed: subprocess.CompletedProcess[str], server: str, articles: Path
) -> None:
    with MilvusLibrary.open(f"{server}/on_ray") as ours, MilvusLibrary.open(f"{server}/alone") as theirs:
        theirs.sync([articles])
        assert ours.articles() == theirs.articles() and len(ours.articles()) == len(TOWNS)
        assert ours.check() == []
        keys = [article.sha256 for article in theirs.articles()]
        for mine, its in zip(ours.store.embedded(keys), theirs.store.embedded(keys), strict=True):
            assert mine[:2] == its[:2]
            assert np.sum(mine[2] * its[2], axis=1).min() > CLOSE
        assert ours.status().passages == theirs.status().passages > 300


def test_only_what_changed_needs_the_cluster(
    indexed: subprocess.CompletedProcess[str], server: str, articles: Path
) -> None:
    nowhere = ingester("127.0.0.1:1", server)
    with MilvusLibrary.open(f"{server}/on_ray") as library:
        assert not library.sync([articles / "coast"], ingester=nowhere)
        (articles / "coast" / "new.txt").write_text("The mayor of Brindle is Ada Thorne.", encoding="utf-8")
        with pytest.raises(FootnoteError, match=r"^There is no Ray cluster at 127\.0\.0\.1:1 that can be reached"):
            library.sync([articles / "coast"], ingester=nowhere)
        assert len(library.articles()) == len(TOWNS)


def test_ctrl_c_ends_ray_too(server: str, articles: Path) -> None:
    started = _rag(f"{server}/interrupted", articles, "--ray")
    _until(lambda: _of_ray(started, "ray::MapWorker") or started.poll() is not None)
    processes = _of_ray(started)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=PATIENCE)
    assert started.returncode == 130 and "Traceback" not in err
    assert not psutil.wait_procs(processes, timeout=20)[1]


@pytest.mark.parametrize(
    ("address", "library", "says"),
    [
        ("articles/", "milvus://127.0.0.1:1/x", "--ray after the paths"),
        ("local", ".rag", "--library milvus://HOST:PORT/NAME"),
        ("local", "milvus+file:here", "--library milvus://HOST:PORT/NAME"),
    ],
)
def test_what_ray_can_not_do_is_refused(address: str, library: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        ingester(address, library)


def test_a_missing_ray_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setitem(sys.modules, "ray.data", None)
    with pytest.raises(UsageError, match=re.escape("pip install 'footnote-qa[ray]'")):
        ingester("local", "milvus://127.0.0.1:1/x")
