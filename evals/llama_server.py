"""llama-cpp-python's own server for a model file: ``python -m evals.llama_server --model FILE --port 8000``.

It takes the options of ``python -m llama_cpp.server``, which it is, but for llama.cpp's code for AMX, left alone as in
`rag/language_model.py`. It reads one request at a time.
"""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import FootnoteError

LOADING = 240  # seconds


@contextmanager
def serving(model: Path, name: str, *options: str) -> Iterator[str]:
    """The address of ``model``, called ``name``, on a server in a process of its own, ended afterwards.

    Requests that come while another is read wait for it. Raises FootnoteError for a server that does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    own = ("--model", str(model), "--model_alias", name, "--host", "127.0.0.1", "--port", port)
    command = [sys.executable, "-m", "evals.llama_server", *own, "--interrupt_requests", "False", *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(server, f"http://127.0.0.1:{port}/docs")
        yield f"http://127.0.0.1:{port}/v1#{name}"
    finally:
        server.kill()
        server.wait()


def _wait(server: "subprocess.Popen[bytes]", page: str) -> None:
    until = time.monotonic() + LOADING
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(page).close()  # noqa: S310  # http, on this machine
            return
        except OSError:
            time.sleep(0.1)
    raise FootnoteError("The model server does not start: pip install 'llama-cpp-python[server]'.")


def main() -> None:
    from llama_cpp import llama_cpp
    from llama_cpp.server import __main__ as server

    from rag.llama import model_parameters

    llama_cpp.llama_model_default_params = model_parameters
    server.main()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
