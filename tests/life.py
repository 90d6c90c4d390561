"""A library's life at random, with faults, held against what it should be: ``python tests/life.py 1000 --seed 1``.

Each step is a command that writes, in a process of its own, and a fault that befalls it. Whatever happened, the library
then has to open, to be as it was before or as the command leaves it, to answer, and to have no faults.
"""

import argparse
import gzip
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import cgroup
import psutil
from disk import MEMORY, Disk, disk
from indexer import TOWNS, CheapEmbedder, forked, index
from test_upgrade import OLDER
from test_weights import CONTENT, WEIGHTS, Packages

from index.feedback import Feedback
from index.language import detect
from index.library import Library
from index.transfer import transfer
from index.watch import changes
from rag.answer import Answer
from rag.conversation import Conversation
from rag.weights import joined
from ui.conversations import Conversations

FAULTS = ["none", "kill", "kill", "kill", "size", "memory", "clock", "beside"]
SLOWEST = 5.0  # seconds after which a command is killed at the latest
USUAL = 0.2  # seconds that a command is thought to take before it was done once
YEARS = 365 * 24 * 3600.0  # seconds in one
OLD = 3  # articles in a library of an older version


@dataclass(frozen=True)
class State:
    """What there is: texts of articles by id, ratings, conversations of the page, and questions of ``rag chat``."""

    articles: tuple[tuple[str, str], ...] = ()
    ratings: tuple[str, ...] = ()
    conversations: tuple[str, ...] = ()
    chat: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A command: ``work`` does it, ``after`` says of a state whether it may be the one that it leaves."""

    name: str
    work: Callable[[], object]
    after: Callable[[State], bool]
    proof: Callable[[], object] = lambda: None  # raises where what it made elsewhere is not sound


class Life:
    """A library and what belongs to it, in ``place``; ``chance`` decides everything.

    Where ``disk`` is given, ``place`` is on it, and it may break, too.
    """

    def __init__(self, place: Path, chance: random.Random, report: Path, disk: Disk | None = None) -> None:
        self.place = place
        self.report = report
        self.disk = disk
        self.faults = [*FAULTS, *["group"] * cgroup.possible(), *["read-only", "broken"] * bool(disk)]
        self.library = place / "library"
        self.articles = place / "articles"
        self.chance = chance
        self.number = 0
        self.lasts: dict[str, float] = {}  # seconds, by command
        self.outcomes: Counter[str] = Counter()
        self.articles.mkdir()
        self._write()
        detect("What tells languages is loaded once, before all forks.")
        self._forked(lambda: index(self.library, self.articles))
        self._forked(lambda: Conversations(self.library).close())
        self.state = self._observed()
        packages = Packages(place / "packages")
        sys.path.append(str(packages.folder))
        os.environ["XDG_CACHE_HOME"] = str(place / "cache")

    def step(self) -> None:
        """Do one; raises AssertionError where something is not as it has to be."""
        self.number += 1
        commands = [self._index, self._index, self._remove, self._forget, self._rate, self._copy, self._rebuild]
        commands += [self._converse, self._chat, self._upgrade, self._join, self._watch]
        step, fault = self.chance.choice(commands)(), self.chance.choice(self.faults)
        status = self._befallen(step, fault)
        found = self._observed()
        done = step.after(found)
        told = f"step {self.number}: {step.name}, {fault}, status {status}"
        assert done or found == self.state, f"{told}: neither old nor new: {found}"
        kept = status == 0 and fault != "read-only"  # there the kernel itself may say that what is lost is kept
        assert done or not kept, f"{told}: said to be done, and is not"
        step.proof()
        self.outcomes[f"{step.name}, {fault}: {'new' if done else 'old'}"] += 1
        self.state = found

    def _befallen(self, step: Step, fault: str) -> int:
        """The exit status of ``step`` under ``fault``."""
        lasts = self.lasts.get(step.name, USUAL)
        began = time.perf_counter()
        match fault:
            case "kill":
                return forked(step.work, kill_after=self.chance.uniform(0, lasts))
            case "size":
                limit = self.chance.randrange(1, 200_000)
                return forked(lambda: _limited(resource.RLIMIT_FSIZE, limit, step.work))
            case "memory":
                limit = _memory() + self.chance.randrange(1, 64_000_000)
                return forked(lambda: _limited(resource.RLIMIT_AS, limit, step.work))
            case "group":
                with cgroup.limited(self.chance.randrange(1, 16_000_000)) as group:
                    return forked(lambda: _entered(group, step.work))
            case "clock":
                jump, moment = self.chance.uniform(-20, 20) * YEARS, began + self.chance.uniform(0, lasts)
                real = time.time
                with mock.patch("time.time", lambda: real() + jump * (time.perf_counter() > moment)):
                    return forked(step.work)
            case "beside":
                with self._reader():
                    return forked(step.work)
            case "read-only" | "broken":
                assert self.disk
                return self._on_broken(self.disk, fault, step, self.chance.uniform(0, lasts))
        status = forked(step.work)
        self.lasts[step.name] = min(SLOWEST, 1.2 * (time.perf_counter() - began))
        return status

    def _on_broken(self, disk: Disk, fault: str, step: Step, moment: float) -> int:
        """The exit status of ``step`` on ``disk``, which breaks after ``moment`` seconds, and is mended afterwards."""
        os.sync()  # only what ``step`` writes is at risk
        room = self.chance.randrange(1, 300_000)

        def breaks() -> None:
            time.sleep(moment)
            disk.turn_read_only() if fault == "read-only" else disk.wear_out(room)

        try:
            status = forked(step.work, meanwhile=breaks)
            if fault == "read-only":
                self._forked(self._read)
            return status
        finally:
            disk.repair()

    def _read(self) -> None:
        """A library that can't be written goes on answering."""
        with Library.open(self.library, CheapEmbedder(), create=False) as opened:
            for article in opened.articles()[:1]:
                assert opened.search(article.text.partition(" was")[0])

    @contextmanager
    def _reader(self) -> Iterator[None]:
        """Another process that searches all the while."""
        child = os.fork()
        if not child:
            with Library.open(self.library, CheapEmbedder()) as opened:
                while True:
                    opened.search("Who built the harbour of Sorrel?")
        try:
            yield
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def _forked(self, work: Callable[[], object]) -> None:
        assert forked(work) == 0, "without a fault it succeeds"

    def _observed(self) -> State:
        """The state, read in a process of its own; raises AssertionError for a fault, or for a wrong answer."""
        self.report.unlink(missing_ok=True)

        def observe() -> None:
            with Library.open(self.library, CheapEmbedder(), create=False) as opened:
                held = sorted((article.id, article.text) for article in opened.articles())
                for id, text in held[:1]:
                    found = opened.search(text.partition(" was")[0])
                    assert found and {hit.passage.article_id for hit in found} <= {name for name, _ in held}, id
                ratings = sorted(rating.id for rating in opened.feedback())
                assert not (faults := opened.check()), faults
            page = Conversations(self.library)
            titles = sorted(listed.title for listed in page.listed("ada"))
            page.close()
            asked = [exchange.question for exchange in Conversation(self.library, resumed=True).exchanges]
            self.report.write_text(json.dumps([held, ratings, titles, asked]))

        assert forked(observe) == 0, f"step {self.number}: it does not open, or is not sound"
        held, ratings, titles, asked = json.loads(self.report.read_text())
        return State(tuple((id, text) for id, text in held), tuple(ratings), tuple(titles), tuple(asked))

    def _write(self) -> None:
        """Other articles: some of the towns, each in one of four years and of some length."""
        shutil.rmtree(self.articles)
        self.articles.mkdir()
        for town in self.chance.sample(TOWNS, self.chance.randint(1, len(TOWNS))):
            file = self.articles / f"{town}.txt"
            year = self.chance.randint(1700, 1703)
            sentence = f"The harbour of {town} was built in {year} by Anna Thorsen. "
            file.write_text(sentence * self.chance.randint(1, 9), encoding="utf-8")
            if self.chance.random() < 0.3:
                when = time.time() + self.chance.uniform(-20, 20) * YEARS
                os.utime(file, (when, when))

    def _texts(self) -> set[str]:
        return {file.read_text(encoding="utf-8").strip() for file in self.articles.iterdir()}

    def _index(self) -> Step:
        self._write()
        texts, before = self._texts(), self.state

        def sync() -> None:
            with Library.open(self.library, CheapEmbedder()) as opened:
                opened.sync([self.articles], allow_empty=True)

        return Step("index", sync, lambda s: _bare(s) == texts and replace(s, articles=before.articles) == before)

    def _watch(self) -> Step:
        indexing = self._index()

        def watch() -> None:
            for _ in changes([self.articles]):
                indexing.work()
                return

        return replace(indexing, name="watch", work=watch)

    def _gone(self, name: str, work: Callable[[Library, str], object]) -> Step:
        before = self.state
        id = self.chance.choice(before.articles)[0] if before.articles else "nothing"

        def take() -> None:
            with Library.open(self.library, CheapEmbedder()) as opened:
                work(opened, id)

        left = replace(before, articles=tuple(article for article in before.articles if article[0] != id))
        return Step(name, take, lambda state: state == left)

    def _remove(self) -> Step:
        return self._gone("remove", Library.remove)

    def _forget(self) -> Step:
        return self._gone("forget", Library.forget)

    def _rate(self) -> Step:
        before, id = self.state, f"{self.number:06}"

        def rate() -> None:
            with Library.open(self.library, CheapEmbedder()) as opened:
                opened.rate(Feedback(id, True, "well", (), {}))

        return Step("rate", rate, lambda state: state == replace(before, ratings=(*before.ratings, id)))

    def _rebuild(self) -> Step:
        before = self.state

        def rebuild() -> None:
            with Library.open(self.library, CheapEmbedder()) as opened:
                opened.rebuild()

        return Step("rebuild", rebuild, lambda state: state == before)

    def _copy(self) -> Step:
        before, target = self.state, self.place / "copy"
        shutil.rmtree(target, ignore_errors=True)

        def copy() -> None:
            with Library.open(self.library, CheapEmbedder()) as one, Library.open(target, CheapEmbedder()) as other:
                transfer(one, other)

        def proof() -> None:
            self._forked(copy)  # goes on where it was
            self._forked(lambda: _check(target, {text for _, text in before.articles}))

        return Step("copy", copy, lambda state: state == before, proof)

    def _converse(self) -> Step:
        before, title = self.state, f"{self.number:06}"
        after = replace(before, conversations=tuple(sorted((*before.conversations, title))[-200:]))
        return Step("conversation", lambda: Conversations(self.library).begin("ada", title), lambda s: s == after)

    def _chat(self) -> Step:
        """An answer that was given is not taken back: where it can't be kept, that is said, and all."""
        before, question = self.state, f"{self.number:06}"
        answer = Answer(question, (), "no", (), "made up")
        after = replace(before, chat=(*before.chat, question))
        return Step(
            "chat",
            lambda: Conversation(self.library, resumed=True).add(question, answer),
            lambda state: state in (before, after),
        )

    def _upgrade(self) -> Step:
        before, older = self.state, self.place / "older"
        shutil.rmtree(older, ignore_errors=True)
        older.mkdir()
        (older / "library.db").write_bytes(gzip.decompress(self.chance.choice(OLDER).read_bytes()))

        def upgrade() -> None:
            Library.open(older, CheapEmbedder()).close()

        return Step("upgrade", upgrade, lambda s: s == before, lambda: self._forked(lambda: _check(older)))

    def _join(self) -> Step:
        before = self.state
        shutil.rmtree(self.place / "cache", ignore_errors=True)

        def proof() -> None:
            def join() -> None:
                assert joined(WEIGHTS, progress=False).read_bytes() == CONTENT

            self._forked(join)

        return Step("model", lambda: joined(WEIGHTS, progress=False), lambda state: state == before, proof)


def _bare(state: State) -> set[str]:
    return {text.strip() for _, text in state.articles}


def _check(folder: Path, texts: Collection[str] | None = None) -> None:
    """The library in ``folder`` is sound, and holds ``texts``, or what libraries of older versions do."""
    with Library.open(folder, CheapEmbedder(), create=False) as opened:
        held = {article.text for article in opened.articles()}
        assert held == texts if texts is not None else len(held) == OLD, held
        opened.search("harbour")
        assert not held or not (faults := opened.check()), faults


def _entered(group: Path, work: Callable[[], object]) -> None:
    group.write_text(str(os.getpid()))
    work()


def _limited(what: int, limit: int, work: Callable[[], object]) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(what, (limit, resource.RLIM_INFINITY))
    try:
        work()
    finally:
        resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _memory() -> int:
    """The bytes of address space that this process has."""
    return int(psutil.Process().memory_info().vms)


@contextmanager
def life(seed: int) -> Iterator[Life]:
    """A new one, on a disk of its own where there can be one, else in memory where there is room for it."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name, ExitStack() as stack:
        folder, own = Path(name), None
        with suppress(OSError):
            own = stack.enter_context(disk(folder))
        place = (own.place if own else folder) / "life"
        place.mkdir()
        yield Life(place, random.Random(seed), folder / "report", own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", nargs="*", help="these alone, of none, kill, size and so on")
    options = parser.parse_args()
    with life(options.seed) as lived:
        lived.faults = options.faults or lived.faults
        with suppress(KeyboardInterrupt):  # says what came of it until then
            for _ in range(options.steps):
                lived.step()
        for what, times in sorted(lived.outcomes.items()):
            print(f"{what:40}{times:6}")
        killed = sum(times for what, times in lived.outcomes.items() if ", kill:" in what)
        print(f"{lived.outcomes.total()} steps, {killed} of them killed, nothing lost")


if __name__ == "__main__":
    main()
