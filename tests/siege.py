"""Requests by the thousand, and many visitors at once: ``python tests/siege.py fuzz 10000`` or ``load``.

No model is asked: the assistant is made up of the search alone, and says the sentence that it finds best. So what is
held is what surrounds the model: endpoint, page, queue and library.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import psutil
from indexer import CheapEmbedder
from test_endpoint import mangled

from index.library import Library
from rag.answer import Answer, Statement
from rag.citation import Citation
from rag.stage import Stage
from ui.address import Address
from ui.backend import Backend
from ui.command import launch
from ui.measure import _port

TOWNS = 40  # articles that stay
GOOD = {
    "model": "footnote-quick", "messages": [{"role": "user", "content": "Who built Town 7?", "name": "ada"}], "n": 1,
    "stream": False, "stream_options": {"include_usage": True}, "tool_choice": "none", "modalities": ["text"],
}  # fmt: skip
ODD = [
    "", " ", "..", "../../etc/passwd", "/etc/passwd", "%2e%2e%2fetc%2fpasswd", "..%2f..%2flibrary.db", "library.db",
    "\x00", "a" * 5000, "ä", "\u202e", "{}", "[]", "null", "-1", "1e999", "http://192.0.2.1/", "file:///etc/passwd",
    "'; DROP TABLE articles; --", "<script>", "${jndi:ldap://192.0.2.1/}", "conversations.db", "uploads/../library.db",
]  # fmt: skip
ROUTES = (  # of Gradio
    "call/ask", "call/search", "call/article", "call/ODD", "call/search/ODD", "run/search", "api/article",
    "queue/join", "queue/data", "reset", "cancel", "component_server", "upload_progress", "info", "config",
    "file=ODD", "file/ODD", "static/ODD", "assets/ODD", "stream/ODD/a/b/c", "proxy=ODD", "deep_link/ODD",
    "custom_component/ODD/a/b/ODD", "heartbeat/ODD", "monitoring/ODD", "vibe-edit", "process_recording",
)  # fmt: skip
SECRETS = (b"root:", b"SQLite format 3")


class Searching:
    """An assistant without a model: it says the best passage."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.models = SimpleNamespace(reader=SimpleNamespace(model=SimpleNamespace(tokens=str.split)))

    def steps(self, question: str, history: Any = (), quick: bool = False) -> Iterator[Stage | Answer]:
        yield Stage("Searching the articles")
        hit, *_ = self.library.search(question)
        article = self.library.article(hit.passage.article_id)
        said = Statement(hit.passage.text, (Citation.of(article, hit.passage.start, hit.passage.end),))
        yield Answer(question, (said,), None, (hit,), "search")

    def ask(self, question: str, history: Any = (), quick: bool = False) -> Answer:
        *_, answer = self.steps(question, history, quick)
        assert isinstance(answer, Answer)
        return answer


@contextmanager
def besieged() -> Iterator[tuple[str, Library, Path]]:
    """The address of a page on articles about towns, its library to write to, and the folder of the articles."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "articles").mkdir()
        for number in range(TOWNS):
            text = f"Town {number}\n\nTown {number} was built in {1000 + number} by Ada{number} Thorne."
            (place / "articles" / f"town-{number}.txt").write_text(text, encoding="utf-8")
        with Library.open(place / "library", CheapEmbedder()) as writer:
            writer.sync([place / "articles"])
            with Library.open(place / "library", CheapEmbedder()) as reader:
                backend = Backend(reader, writer, place / "library")
                backend.assistant.set_result(Searching(reader))  # type: ignore[arg-type]
                backend.loaded.set_result(None)
                backend.loading = ""
                at = Address(port=_port())
                page = launch(backend, at, None)
                try:
                    yield str(at), writer, place
                finally:
                    page.close()


def fuzzed(count: int, seed: int) -> dict[str, Counter[int]]:
    """How often each status came of ``count`` requests to each of the endpoints, or until Ctrl-C.

    Raises AssertionError for an error of ours, for what no visitor may see, and where the page does not go on.
    """
    chance = random.Random(seed)
    kinds = {"/v1/chat/completions": _completion, "/v1/articles": _article, "page": _page, "uploads": _upload}
    outcomes = {name: Counter[int]() for name in kinds}
    with besieged() as (address, library, _), httpx.Client(timeout=60) as http:
        before = library.generation()
        with suppress(KeyboardInterrupt):
            for _ in range(count):
                for name, ask in kinds.items():
                    answer = ask(http, address, chance)
                    assert answer.status_code < 500 or name == "page", answer.request.content
                    assert not any(secret in answer.content for secret in SECRETS), answer.request.url
                    outcomes[name][answer.status_code] += 1
        assert http.post(f"{address}/v1/chat/completions", json=GOOD).status_code == 200, "it goes on"
        assert http.get(address).status_code == 200, "it goes on"
        assert library.generation() == before and library.check() == []
    return outcomes


def _completion(http: httpx.Client, address: str, chance: random.Random) -> httpx.Response:
    return http.post(f"{address}/v1/chat/completions", content=mangled(GOOD, chance))


def _article(http: httpx.Client, address: str, chance: random.Random) -> httpx.Response:
    place = "/".join(quote(chance.choice(ODD), safe=chance.choice(("", "/%"))) for _ in range(chance.randint(1, 3)))
    method, things = chance.choice(("GET", "POST", "PUT")), chance.choice(("articles", "models"))
    return http.request(method, f"{address}/v1/{things}/{place}")


def _page(http: httpx.Client, address: str, chance: random.Random) -> httpx.Response:
    """One of Gradio's routes, or of the functions for programs, with anything."""
    odd = quote(chance.choice(ODD), safe=chance.choice(("", "/%:")))
    route = chance.choice(ROUTES).replace("ODD", odd)
    body: Any = {
        "data": [chance.choice([*ODD, 1, None, {"path": chance.choice(ODD)}, []]) for _ in range(chance.randint(0, 4))],
        "fn_index": chance.choice([0, 1, 5, -1, 10**9, "0", None]), "session_hash": chance.choice(ODD),
    }  # fmt: skip
    content = mangled({**GOOD, **body}, chance) if chance.random() < 0.3 else json.dumps(body).encode()
    head = {"Content-Type": "application/json"}
    method, base = chance.choice(("GET", "POST")), chance.choice((f"{address}/gradio_api", address))
    try:
        with http.stream(method, f"{base}/{route}", content=content, headers=head, timeout=5) as answer:
            first = next(answer.iter_bytes(), b"")  # some go on for ever
            return httpx.Response(answer.status_code, content=first, request=answer.request)
    except httpx.ReadTimeout:
        return httpx.Response(299, request=httpx.Request(method, f"{base}/{route}"))


def _upload(http: httpx.Client, address: str, chance: random.Random) -> httpx.Response:
    """A file whose name and kind lie."""
    name = chance.choice([*ODD, "a.txt", "a.pdf", "a.txt/../../b", "CON", ".hidden", "a.html"]) or "a"
    kind = chance.choice(("text/plain", "application/pdf", "image/png", "", "a/b"))
    content = chance.randbytes(chance.randrange(2000))
    form = {chance.choice(("files", "file", "x")): (name.replace("\x00", "0"), content, kind)}
    return http.post(f"{address}/gradio_api/upload", files=form)


def loaded(visitors: int, seconds: float, seed: int) -> dict[str, Any]:
    """What ``visitors`` at once were told within ``seconds``, while articles come and go."""
    with besieged() as (address, library, place):
        until = time.monotonic() + seconds
        wrong: list[str] = []
        waits: list[float] = []
        memory = [_memory()]

        def visit(number: int) -> int:
            chance, told = random.Random(seed + number), 0
            with httpx.Client(timeout=300) as http:
                while time.monotonic() < until:
                    town, began = chance.randrange(TOWNS), time.monotonic()
                    asked = {**GOOD, "messages": [{"role": "user", "content": f"Who built Town {town}? Ada{town}"}]}
                    answer = http.post(f"{address}/v1/chat/completions", json=asked)
                    waits.append(time.monotonic() - began)
                    if answer.status_code != 200 or f"by Ada{town} Thorne" not in answer.text:
                        wrong.append(f"{answer.status_code} {town}: {answer.text[:200]}")
                    told += 1
            return told

        def change() -> int:
            count, file = 0, place / "articles" / "passing.txt"
            while time.monotonic() < until:
                file.write_text(f"Passing {count}\n\nA passing thing is number {count}.", encoding="utf-8")
                library.sync([file])
                library.remove("passing")
                memory.append(_memory())
                count += 1
            return count

        with ThreadPoolExecutor(visitors + 1) as pool:
            changes = pool.submit(change)
            told = sum(pool.map(visit, range(visitors)))
        waits.sort()
        assert library.check() == []
        return {
            "visitors": visitors, "questions": told, "wrong": wrong[:5], "changes": changes.result(),
            "wait": [round(waits[len(waits) * share // 100], 2) for share in (50, 95)],
            "memory": [round(memory[len(memory) // 4]), round(memory[-1])],
        }  # fmt: skip


def _memory() -> float:
    """The megabytes that this process holds."""
    return float(psutil.Process().memory_info().rss / 2**20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("how", choices=("fuzz", "load"))
    parser.add_argument("count", nargs="?", type=int, default=10_000, help="requests to each endpoint (fuzz)")
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.how == "fuzz":
        for name, told in fuzzed(options.count, options.seed).items():
            print(f"{name}: {told.total()} requests, {dict(sorted(told.items()))}")
        return 0
    found = loaded(options.visitors, options.seconds, options.seed)
    print(json.dumps(found, indent=1))
    return int(bool(found["wrong"]))


if __name__ == "__main__":
    sys.exit(main())
