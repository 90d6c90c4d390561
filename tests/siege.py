"""Requests by the thousand, and many visitors at once: ``python tests/siege.py fuzz 10000`` or ``load``.

No model is asked: the assistant is made up of the search alone, and says the sentence that it finds best. So what is
held is what surrounds the model: endpoint, page, queue and library. ``load --served`` has the real models, too, and a
writer whose server dies.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import psutil
from fake_server import Request, fake
from indexer import CheapEmbedder
from test_endpoint import mangled

from index.library import Library
from rag.answer import Answer, Statement
from rag.assistant import Assistant
from rag.citation import Citation
from rag.models import Models
from rag.stage import Stage
from ui.address import Address
from ui.articles import remove
from ui.backend import Backend
from ui.command import launch
from ui.conversations import Conversations
from ui.fair_queue import FairQueue
from ui.measure import _port
from ui.question_queue import Job, QuestionQueue
from ui.turn import Turn
from ui.uploads import Uploads

AWAY = "The model server at"  # how a line begins that says that it can't be reached
PLACE = re.compile(r"Waiting, (\d+) question")


@dataclass(frozen=True)
class Town:
    """What an article that stays is about."""

    name: str
    builder: str
    year: int

    @property
    def sentence(self) -> str:
        return f"{self.name} was built in {self.year} by {self.builder}."

    @property
    def question(self) -> str:
        return f"Who built {self.name}?"


NAMES = product(
    ("Brin", "Ostra", "Sorl", "Quil", "Mar", "Thor", "Berg", "Pel"), ("dale", "haven", "wick", "by", "moor")
)
PEOPLE = product(
    ("Ada", "Anna", "Jo", "Mara", "Nils"), ("Holm", "Vik", "Lund", "Rask", "Orre", "Falk", "Brand", "Moll")
)
TOWNS = [
    Town("".join(name), " ".join(builder), 1100 + 10 * number)
    for number, (name, builder) in enumerate(zip(NAMES, PEOPLE, strict=True))
]
GOOD = {
    "model": "footnote-quick", "messages": [{"role": "user", "content": TOWNS[7].question, "name": "ada"}], "n": 1,
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


@dataclass(frozen=True)
class Siege:
    """A page on articles about towns: its address, what it serves, and a folder beside."""

    address: str
    backend: Backend
    place: Path


@contextmanager
def besieged(model: str | None = None) -> Iterator[Siege]:
    """A page; it is asked without a model, or with the real ones, and ``model`` as the writer."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "articles").mkdir()
        for town in TOWNS:
            text = f"{town.name}\n\n{town.sentence}"
            (place / "articles" / f"{town.name}.txt").write_text(text, encoding="utf-8")
        with Library.open(place / "library", CheapEmbedder()) as writer:
            writer.sync([place / "articles"])
            with Library.open(place / "library", CheapEmbedder()) as reader:
                backend = Backend(reader, writer, place / "library", model)
                backend.assistant.set_result(Assistant(reader, Models(model)) if model else Searching(reader))  # type: ignore[arg-type]
                if model:
                    backend.assistant.result().warm_up()
                backend.loaded.set_result(None)
                backend.loading = ""
                at = Address(port=_port())
                page = launch(backend, at, None)
                try:
                    yield Siege(str(at), backend, place)
                finally:
                    page.close()


def fuzzed(count: int, seed: int) -> dict[str, Counter[int]]:
    """How often each status came of ``count`` requests to each of the endpoints, or until Ctrl-C.

    Raises AssertionError for an error of ours, for what no visitor may see, and where the page does not go on.
    """
    chance = random.Random(seed)
    kinds = {"/v1/chat/completions": _completion, "/v1/articles": _article, "page": _page, "uploads": _upload}
    outcomes = {name: Counter[int]() for name in kinds}
    with besieged() as siege, httpx.Client(timeout=60) as http:
        address, library = siege.address, siege.backend.writer
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


@dataclass
class Told:
    """What came of the questions of all visitors."""

    waits: list[float] = field(default_factory=list)  # seconds
    wrong: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # by what was said, while the model's server was away
    places: list[tuple[int, int]] = field(default_factory=list)  # told to be before a question, and taken before it

    def answer(self, town: Town, said: str, began: float) -> None:
        """``said`` to the question about ``town``, which has to name who built it, and nobody who built another."""
        self.waits.append(time.monotonic() - began)
        if AWAY in said:
            self.refused[said[said.index(AWAY) :][:60]] += 1
        elif town.builder not in said or any(other.builder in said for other in TOWNS if other != town):
            self.wrong.append(f"{town.name}: {said[:300]}")


class Counted(FairQueue[Job]):
    """Counts what is taken."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.taken: dict[str, int] = {}  # the place in the order of all, by the turn's id

    def take(self) -> Job:
        job = super().take()
        self.taken[job.turn.id], self.count = self.count, self.count + 1
        return job


def loaded(visitors: int, seconds: float, seed: int, served: bool = False) -> dict[str, Any]:
    """What ``visitors`` at once were told within ``seconds``, while articles come and go.

    A quarter of them ask for whole answers, a quarter for quick ones, and half on the page. With ``served``, a model on
    a server writes, slowly, and its server dies and comes back.
    """
    with ExitStack() as stack:
        address = stack.enter_context(_dying(random.Random(seed))) if served else None
        siege = stack.enter_context(besieged(address))
        told, until, memory = Told(), time.monotonic() + seconds, [_memory()]
        queue = QuestionQueue(siege.backend, Conversations(siege.backend.folder))
        queue._waiting = Counted()
        on_page = partial(_asked_on_page, queue)
        ways = (_asked_quickly, _asked_for_whole, on_page, on_page)

        def visit(number: int) -> None:
            chance, way = random.Random(seed + number), ways[number % len(ways)]
            with httpx.Client(timeout=3600) as http:
                while time.monotonic() < until:
                    town, began = chance.choice(TOWNS), time.monotonic()
                    told.answer(town, way(http, siege.address, f"visitor {number}", town, told), began)

        def change() -> int:
            count, uploads, entries = 0, Uploads(siege.backend), siege.backend.reader.entries
            while time.monotonic() < until:
                file = siege.place / "passing"
                file.write_text(f"Passing {count}\n\nA passing thing is number {count}.", encoding="utf-8")
                uploads.add("somebody", file, "passing.txt")
                while time.monotonic() < until and not any(entry.id == "passing" for entry in entries()):
                    time.sleep(0.05)
                remove(siege.backend, "passing")
                memory.append(_memory())
                count += 1
            return count

        with ThreadPoolExecutor(visitors + 1) as pool:
            changes = pool.submit(change)
            list(pool.map(visit, range(visitors)))
        assert siege.backend.writer.check() == []
        told.waits.sort()
        return {
            "visitors": visitors, "questions": len(told.waits), "wrong": told.wrong[:5], "refused": told.refused,
            "changes": changes.result(), "wait": [round(_share(told.waits, s), 2) for s in (0.5, 0.95)],
            "places told": len(told.places), "too many told": sum(said > taken for said, taken in told.places),
            "overtaken by": _share(sorted(taken - said for said, taken in told.places), 0.95),
            "memory": [round(memory[len(memory) // 4]), round(memory[-1])],
        }  # fmt: skip


def _share(values: Sequence[float], share: float) -> float:
    return values[int(len(values) * share)] if values else 0


def _asked_quickly(http: httpx.Client, address: str, _: str, town: Town, __: Told) -> str:
    return _asked(http, address, town, "footnote-quick")


def _asked_for_whole(http: httpx.Client, address: str, _: str, town: Town, __: Told) -> str:
    return _asked(http, address, town, "footnote")


def _asked(http: httpx.Client, address: str, town: Town, model: str) -> str:
    asked = {**GOOD, "model": model, "messages": [{"role": "user", "content": town.question}]}
    return http.post(f"{address}/v1/chat/completions", json=asked).text


def _asked_on_page(queue: QuestionQueue, _: httpx.Client, __: str, visitor: str, town: Town, told: Told) -> str:
    """As the page asks; what it shows of the place in the queue is held against the order in which all are taken."""
    turn, waiting = Turn(town.question, quick=True, stage="Waiting"), queue._waiting
    queue._conversations.add(visitor, queue._conversations.begin(visitor, town.question), turn)
    queue.ask(turn, (), visitor)
    seen: list[tuple[int, int]] = []
    while True:
        with queue._changed:
            now, version = queue.now(turn)
            if place := PLACE.search(now.stage):
                seen.append((int(place[1]), waiting.count))  # type: ignore[attr-defined]
        if version < 0:
            break
        time.sleep(0.2)
    began = waiting.taken.pop(turn.id, 0)  # type: ignore[attr-defined]
    told.places += [(place, began - taken) for place, taken in seen]
    return now.trouble or " ".join(s["text"] for s in now.record["statements"])


@contextmanager
def _dying(chance: random.Random) -> Iterator[str]:
    """The address of a model on a server that is slow, is killed again and again, and comes back some seconds later."""
    port, over = _port(), threading.Event()
    command = [sys.executable, __file__, "model", str(port)]

    def run() -> None:
        while not over.is_set():
            with subprocess.Popen(command) as server:
                over.wait(chance.uniform(15, 45))
                server.kill()
            over.wait(chance.uniform(2, 6))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/v1#small"
    finally:
        over.set()
        thread.join()


def _written(request: Request) -> None:
    """What the model writes: the sentence of the evidence that is about the town of the question, a word at a time."""
    message = request.asked["messages"][-1]["content"]
    town = next((t for t in TOWNS if t.question in message), None)
    label = re.search(rf"\[(\d+)\][^\[]*{re.escape(town.sentence)}", message) if town else None
    request.begin()
    for word in f"{town.sentence} [{label[1]}]".split() if town and label else ["Nothing."]:
        request.piece(f"{word} ")
        time.sleep(0.1)
    request.piece("", over=True)
    request.data(b"[DONE]")


def _memory() -> float:
    """The megabytes that this process holds."""
    return float(psutil.Process().memory_info().rss / 2**20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("how", choices=("fuzz", "load", "model"))
    parser.add_argument("count", nargs="?", type=int, default=10_000, help="requests to each endpoint; port of a model")
    parser.add_argument("--served", action="store_true", help="load: the real models, and a writer on a server")
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.how == "fuzz":
        for name, told in fuzzed(options.count, options.seed).items():
            print(f"{name}: {told.total()} requests, {dict(sorted(told.items()))}")
        return 0
    if options.how == "model":
        with fake(_written, options.count):
            threading.Event().wait()
    found = loaded(options.visitors, options.seconds, options.seed, options.served)
    print(json.dumps(found, indent=1))
    return int(bool(found["wrong"]))


if __name__ == "__main__":
    sys.exit(main())
