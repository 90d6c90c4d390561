"""Throughput against the number of questions asked at once: ``python -m evals.throughput [ADDRESS…] --jobs 1 2 4 8``.

The first questions of the suite deal, as `rag ask --batch --jobs N` asks them: of the reader alone, of the writer in
this process, of the same writer on llama-cpp-python's server (which reads one request at a time), of a stub for a
server that batches (it answers each request after half a second, however many come), and of the writers at each
ADDRESS. The reader is always in this process, and reads one question at a time.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from evals import suite
from evals.llama_server import serving
from index.library import Library
from rag.assistant import Assistant
from rag.batch import answers
from rag.catalog import writer_file
from rag.models import Models

DELAY = 0.5  # seconds that the stub takes for an answer


class StubServer(BaseHTTPRequestHandler):
    """Says after DELAY that it does not know, in a stream where one is asked for."""

    def do_POST(self) -> None:
        streams = json.loads(self.rfile.read(int(self.headers["Content-Length"]))).get("stream", False)
        time.sleep(DELAY)
        said = {"role": "assistant", "content": "I do not know."}
        choice = {"index": 0, "delta" if streams else "message": said, "finish_reason": "stop"}
        record = json.dumps({"choices": [choice]})
        body = (f"data: {record}\n\ndata: [DONE]\n\n" if streams else record).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if streams else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def stub_server() -> Iterator[str]:
    """The address of the stub, on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), StubServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1#stub"
        server.shutdown()


def measure(what: str, library: Library, models: Models, questions: Sequence[str], jobs: Sequence[int]) -> None:
    """Print a row: questions a second with each number of ``jobs``."""
    assistant = Assistant(library, models)
    assistant.ask(questions[0])  # finds out what the server offers, and loads what loads late
    speeds = []
    for at_once in jobs:
        began = time.perf_counter()
        list(answers(assistant, questions, at_once))
        speeds.append(len(questions) / (time.perf_counter() - began))
    print(f"| {what} | {' | '.join(f'{speed:.2f}' for speed in speeds)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.throughput", description=__doc__.partition("\n")[0])
    parser.add_argument("address", nargs="*", help="models on servers to be measured, too")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--questions", type=int, default=24)
    options = parser.parse_args()
    deal = suite.load("deal")
    questions = [case.question for case in deal.cases if not case.history][: options.questions]
    print(
        f"| questions a second, by jobs | {' | '.join(map(str, options.jobs))} |\n|{'---|' * (len(options.jobs) + 1)}"
    )
    with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
        library.sync(deal.articles)
        measure("the reader alone", library, Models(quick=True), questions, options.jobs)
        if file := writer_file():
            measure("the writer in this process", library, Models(), questions, options.jobs)
            with serving(file, "writer", "--n_ctx", "4096") as address:
                measure("llama-cpp-python's server", library, Models(address), questions, options.jobs)
        with stub_server() as address:
            measure(f"a stub, {DELAY} s a request", library, Models(address), questions, options.jobs)
        for address in options.address:
            measure(address, library, Models(address), questions, options.jobs)


if __name__ == "__main__":
    main()
