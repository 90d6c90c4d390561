"""The hub: its protocol is spoken by a server of our own."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CONTENT = b"GGUF" + bytes(range(256)) * 64
SHA256 = hashlib.sha256(CONTENT).hexdigest()
COMMIT = "1" * 40
FETCH = "from rag.hub import fetch; print(fetch('owner/repo', 'model.gguf'))"
PINNED = """
from rag import catalog
weights = catalog.HubWeights("owner/repo", "{commit}", "model.gguf", {size}, "{sha256}")
catalog.CHOICES = (catalog.Choice("made-up", "a file on the hub", 0, "MIT", weights),)
print(catalog.here(catalog.CHOICES[0]))
try:
    print(catalog.writer_file("made-up"))
except catalog.UsageError.__base__ as error:
    print(error)
print(catalog.here(catalog.CHOICES[0]))
"""


class Hub(BaseHTTPRequestHandler):
    """One repository with one file, as the hub serves it."""

    requests: list[str] = []  # noqa: RUF012

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        self.requests.append(f"{self.command} {self.path}")
        found = self.path in (f"/owner/repo/resolve/{revision}/model.gguf" for revision in ("main", COMMIT))
        self.send_response(200 if found else 404)
        if found:
            self.send_header("ETag", f'"{SHA256}"')
            self.send_header("X-Repo-Commit", COMMIT if COMMIT in self.path else "0" * 40)
            self.send_header("Content-Length", str(len(CONTENT)))
        else:
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
        self.end_headers()
        if body and found:
            self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def python(code: str, home: Path, endpoint: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    environment["XDG_CACHE_HOME"] = str(home / "cache")
    environment.pop("HF_HUB_OFFLINE", None)
    environment |= more
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)


def test_a_model_is_fetched_from_the_hub_once_and_then_found_without_it(hub: str, tmp_path: Path) -> None:
    first = python(FETCH, tmp_path, hub)
    assert first.returncode == 0, first.stderr
    assert Path(first.stdout.strip()).read_bytes() == CONTENT
    unreachable = "http://127.0.0.1:9"
    assert python(FETCH, tmp_path, unreachable).stdout == first.stdout


def test_what_the_hub_does_not_have_is_one_clear_line(hub: str, tmp_path: Path) -> None:
    rag = [sys.executable, "-m", "rag.cli", "--library", str(tmp_path)]
    (tmp_path / "a.txt").write_text("Ada is the mayor.", encoding="utf-8")
    subprocess.run([*rag, "index", str(tmp_path / "a.txt")], check=True)
    environment = os.environ | {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "home")}
    ask = [*rag, "--model", "owner/repo:other.gguf", "ask", "Who?"]
    done = subprocess.run(ask, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "The hub has no owner/repo:other.gguf" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("repo", "proxy", "says"),
    [
        ("a--b/repo", "", "no repository there can have that name"),
        ("owner/repo", "socks5://127.0.0.1:9", "names a SOCKS proxy: unset it, or pip install socksio."),
        ("owner/repo", "gopher://127.0.0.1:9", "names a proxy that can't be used"),
    ],
)
def test_what_can_never_be_fetched_is_one_clear_line(tmp_path: Path, repo: str, proxy: str, says: str) -> None:
    ask = f"from rag.hub import fetch, UsageError\ntry: fetch({repo!r}, 'm.gguf')\nexcept UsageError as e: print(e)"
    done = python(ask, tmp_path, "http://127.0.0.1:9", ALL_PROXY=proxy)
    assert done.returncode == 0 and says in done.stdout, done.stderr


def pinned(home: Path, endpoint: str, sha256: str, **more: str) -> list[str]:
    """Whether a named model is here, where its file is or why not, and whether it is here then."""
    done = python(PINNED.format(commit=COMMIT, size=len(CONTENT), sha256=sha256), home, endpoint, **more)
    assert done.returncode == 0, done.stderr
    before, said, after = done.stdout.splitlines()
    return [before, said, after]


def test_a_named_model_is_held_to_its_sha256_and_then_needs_no_hub(hub: str, tmp_path: Path) -> None:
    before, file, after = pinned(tmp_path, hub, SHA256)
    assert (before, after) == ("False", "True")
    assert Path(file).read_bytes() == CONTENT
    Hub.requests.clear()
    assert pinned(tmp_path, hub, SHA256) == ["True", file, "True"]
    assert not Hub.requests, "a commit that is in the cache is not asked for"


def test_a_named_model_with_another_sha256_is_refused_and_removed(hub: str, tmp_path: Path) -> None:
    before, said, after = pinned(tmp_path, hub, "0" * 64)
    assert (before, after) == ("False", "False")
    assert said == "owner/repo:model.gguf is not the file with the known sha256, and was removed: try again."
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and file.stat().st_size == len(CONTENT)]


def test_a_named_model_that_is_altered_in_the_cache_is_refused(hub: str, tmp_path: Path) -> None:
    file = Path(pinned(tmp_path, hub, SHA256)[1])
    file.write_bytes(CONTENT[::-1])
    assert "was removed" in pinned(tmp_path, hub, SHA256)[1]
    assert pinned(tmp_path, hub, SHA256)[1] == str(file) and file.read_bytes() == CONTENT


def test_a_hub_that_is_not_to_be_asked_is_one_clear_line(tmp_path: Path) -> None:
    """Offline by HF_HUB_OFFLINE: the hub's client otherwise tries for 24 seconds before it says the same."""
    said = pinned(tmp_path, "http://127.0.0.1:9", SHA256, HF_HUB_OFFLINE="1")[1]
    assert said == "owner/repo:model.gguf is not in the cache, and the hub can't be reached."
