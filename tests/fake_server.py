"""A server that speaks OpenAI's protocol as badly as a test wants, in threads of its own."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request: ``asked`` is its body; the behaviour answers with `status`, `said` or bytes of its own."""

    behaviour: Behaviour

    def do_POST(self) -> None:
        self.asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).behaviour(self)

    def status(self, code: int, body: bytes = b"{}", kind: str = "application/json") -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def data(self, record: object) -> None:
        self.wfile.write(b"data: " + (record if isinstance(record, bytes) else json.dumps(record).encode()) + b"\n\n")
        self.wfile.flush()

    def piece(self, text: str, over: bool = False) -> None:
        self.data({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop" if over else None}]})

    def said(self, text: str) -> None:
        """Write ``text``, a character at a time where a stream is asked for, and end as a server should."""
        if not self.asked.get("stream"):
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            return self.status(200, json.dumps({"choices": [choice]}).encode())
        self.begin()
        for character in text:
            self.piece(character)
        self.piece("", over=True)
        self.data(b"[DONE]")

    def log_message(self, *_: object) -> None:
        pass


class Endless:
    """Goes on writing until its client is ``gone``; says ``question`` again where nothing is streamed."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.begun, self.gone = threading.Event(), threading.Event()

    def __call__(self, request: Request) -> None:
        if not request.asked.get("stream"):
            return request.said(self.question)
        request.begin()
        try:
            while not self.gone.wait(0.01):
                request.piece("a")
                self.begun.set()
        except OSError:
            self.gone.set()


class Quiet(ThreadingHTTPServer):
    """Says nothing of clients that go away."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def fake(behaviour: Behaviour, port: int = 0) -> Iterator[str]:
    """The address of a model on a server that does ``behaviour`` with each request."""
    server = Quiet(("127.0.0.1", port), type("Behaving", (Request,), {"behaviour": staticmethod(behaviour)}))
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1#small"
    finally:
        server.shutdown()
        server.server_close()
