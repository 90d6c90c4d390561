"""Finding models: the embedded one, files, and the hub's protocol spoken by a server of our own."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag.models import packaged_model

CONTENT = b"GGUF" + bytes(range(256)) * 64
FETCH = "from rag.models import fetch; print(fetch('owner/repo', 'model.gguf'))"


class Hub(BaseHTTPRequestHandler):
    """One repository with one file, as the hub serves it."""

    requests: list[str] = []  # noqa: RUF012

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        self.requests.append(f"{self.command} {self.path}")
        found = self.path == "/owner/repo/resolve/main/model.gguf"
        self.send_response(200 if found else 404)
        if found:
            self.send_header("ETag", f'"{hashlib.sha256(CONTENT).hexdigest()}"')
            self.send_header("X-Repo-Commit", "0" * 40)
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


def python(code: str, home: Path, endpoint: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    environment.pop("HF_HUB_OFFLINE", None)
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


def test_the_packaged_model_is_the_one_that_the_adapter_was_trained_for() -> None:
    digest = hashlib.sha256(packaged_model().read_bytes()).hexdigest()
    assert digest.startswith("b179c952") and digest.endswith("10db53")
