"""The commands ``rag ui`` and ``rag feedback``, as a person types them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from index.library import Library


def rag(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rag.cli", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, timeout=120)


@pytest.fixture
def taken() -> Iterator[str]:
    """A port that another program listens at."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield str(other.getsockname()[1])


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith(("rag: ", "Error: "))]
    return line


def test_bad_usage_gets_one_line(tmp_path: Path, taken: str) -> None:
    (tmp_path / "users.txt").write_text("ada:secret\n", encoding="utf-8")
    assert "nowhere.txt" in refused(rag(tmp_path, "ui", "--auth-file", "nowhere.txt"))
    assert "--auth-file" in refused(rag(tmp_path, "ui", "--mcp", "--auth-file", "users.txt"))
    assert taken in refused(rag(tmp_path, "ui", "--port", taken))


def test_behind_a_reverse_proxy_and_beside_one_for_what_goes_out(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if name.lower() not in ("no_proxy", "https_proxy")}
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "rag.cli", "ui", "--quick", "--port", port, "--url", "https://docs.example/a"]
    with subprocess.Popen(command, cwd=tmp_path, env=kept | proxies, stdout=subprocess.PIPE, text=True) as page:
        assert page.stdout and "https://docs.example/a" in page.stdout.readline()
        address = f"http://127.0.0.1:{port}/"
        seen = httpx.get(address, headers={"Host": "docs.example"}, trust_env=False)
        other = httpx.get(address, headers={"Host": "evil.example"}, trust_env=False)
        below = httpx.get(f"{address}a/", trust_env=False)  # some proxies leave the path on
        without_slash = httpx.get(f"{address}a", trust_env=False)
        reaching_out = httpx.get(f"{address}a/gradio_api/proxy=http://192.0.2.1/", trust_env=False)
        page.kill()
    assert seen.status_code == 200 and '"root":"https://docs.example/a"' in seen.text
    assert other.status_code == 400
    assert below.text == seen.text
    assert without_slash.status_code == 307 and without_slash.headers["Location"] == "/a/"
    assert reaching_out.status_code == 403


def test_a_model_that_is_not_there_ends_the_page(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    assert "nowhere.gguf" in refused(rag(tmp_path, "--model", "nowhere.gguf", "ui", "--port", port))


def test_feedback_without_a_library_or_any_feedback_is_refused(tmp_path: Path) -> None:
    assert "no library" in refused(rag(tmp_path, "feedback", "export", "suite"))
    Library.open(tmp_path / ".rag").close()
    assert "rate answers" in refused(rag(tmp_path, "feedback", "export", "suite"))
