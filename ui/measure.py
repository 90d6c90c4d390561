"""Measures the page as it runs, in a browser: ``python -m ui.measure`` (extra ``browser``).

What a visitor waits for (first paint, first feedback, the answer), how much it moves, what it weighs; then visitors at
once, each in a conversation of their own: whether all read what one alone reads, how long they wait, and the memory of
the page's process early and late.
"""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
import yaml

from index.errors import UsageError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SUITE = Path("evals/suites/fiction.yaml")
NAMES = ("chromium", "chromium-browser", "google-chrome")
WATCH = """
window.painted = 0; window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.painted = e.startTime)))
    .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((e) => e.hadRecentInput || (window.shifted += e.value)))
    .observe({type: "layout-shift", buffered: true});
"""
ASK = """() => new Promise((done) => {
    const asked = performance.now();
    const look = () => document.querySelector(".turn") && done(performance.now() - asked);
    new MutationObserver(look).observe(document.querySelector("#conversation"), {childList: true, subtree: true});
    document.querySelector("#line button.primary").click();
})"""
SAID = """() => [...document.querySelectorAll(".turn:last-child :is(.statement, .abstention > p)")]
    .map((part) => [...part.childNodes].filter((n) => n.className !== "note").map((n) => n.textContent).join(""))
    .join(" ")"""

Conversation = Sequence[str]  # its questions


@dataclass(frozen=True)
class Served:
    """A page that runs in a process of its own."""

    address: str
    process: int

    @property
    def memory(self) -> float:
        """The megabytes that it holds."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


@click.command()
@click.argument("suite", default=SUITE, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", default="none", show_default=True, help="The writer; none: the small reader alone.")
@click.option("--visitors", default=10, show_default=True, type=click.IntRange(1), help="How many ask at once.")
@click.option("--turns", default=5, show_default=True, type=click.IntRange(1), help="Questions in a conversation.")
@click.option("--questions", default=500, show_default=True, help="Questions in all; 0: one visitor's first alone.")
def main(suite: Path, model: str, visitors: int, turns: int, questions: int) -> None:
    """Measure a page on the articles of SUITE with its questions."""
    given = yaml.safe_load(suite.read_text(encoding="utf-8"))
    lines = [question for case in given["cases"] for question in (*case.get("history", ()), case["question"])]
    conversations = [[lines[(n * turns + t) % len(lines)] for t in range(turns)] for n in range(visitors)]
    with _served(suite.parent / given["articles"], model) as served, _chromium() as browser:
        for name, figure in _first(browser, served.address, lines[0]).items():
            click.echo(f"{name:28}{figure}")
        if questions:
            _measure_visitors(browser, served, conversations, questions)


def _measure_visitors(
    browser: "Browser", served: Served, conversations: Sequence[Conversation], questions: int
) -> None:
    """Each of ``conversations`` by one visitor alone, then all at once, again and again, up to ``questions``."""
    pages = [_entered(browser, served.address) for _ in conversations]
    alone = [_told([pages[0]], [conversation])[0] for conversation in conversations]
    asked = early = sum(map(len, conversations))
    before = served.memory
    waits: list[float] = []
    alike = at_once = 0
    while asked < questions:
        told = _told(pages, conversations, waits)
        alike += sum(a == b for own, right in zip(told, alone, strict=True) for a, b in zip(own, right, strict=True))
        asked, at_once = asked + early, at_once + early
    waits.sort()
    click.echo(f"{'visitors at once':28}{len(pages)}, {len(conversations[0])} questions each, {at_once} in all")
    click.echo(f"{'as told to one alone':28}{alike} of {at_once}")
    click.echo(f"{'wait':28}p50 {waits[len(waits) // 2]:.2f} s, p95 {waits[int(len(waits) * 0.95)]:.2f} s")
    click.echo(f"{'memory':28}{before:.0f} MB after {early} questions, {served.memory:.0f} MB after {asked}")


def _told(
    pages: "Sequence[Page]", conversations: Sequence[Conversation], waits: list[float] | None = None
) -> list[list[str]]:
    """What each of ``pages`` is told in its conversation, a new one, all asking at once; ``waits`` gets the seconds."""
    told: list[list[str]] = [[] for _ in pages]
    for page in pages:
        page.get_by_role("button", name="New conversation").click()
        page.locator(".welcome").wait_for()
    for number, questions in enumerate(zip(*conversations, strict=True)):
        began = [_asked(page, question) for page, question in zip(pages, questions, strict=True)]
        for page, own, start in zip(pages, told, began, strict=True):
            page.locator(f".turn[data-number='{number}'][data-state='done']").wait_for(timeout=300_000)
            own.append(page.evaluate(SAID))
            if waits is not None:
                waits.append(time.perf_counter() - start)
    return told


def _asked(page: "Page", question: str) -> float:
    """When ``question`` was asked."""
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    return time.perf_counter()


def _first(browser: "Browser", address: str, question: str) -> dict[str, str]:
    """What one visitor sees and waits for."""
    page = browser.new_context().new_page()
    page.add_init_script(WATCH)
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    _open(page, address)
    page.wait_for_timeout(1500)
    weight, painted, before = sum(sizes), page.evaluate("painted"), page.evaluate("shifted")
    page.get_by_label("Your question").fill(question)
    began = time.perf_counter()
    feedback = page.evaluate(ASK)
    page.locator(".turn[data-state=done]").wait_for(timeout=300_000)
    answered = time.perf_counter() - began
    page.wait_for_timeout(3000)
    found: dict[str, Any] = {
        "largest paint": f"{painted / 1000:.2f} s",
        "first feedback": f"{feedback:.0f} ms",
        "answer": f"{answered:.2f} s",
        "layout shift": f"{before:.3f} while loading, {page.evaluate('shifted') - before:.3f} after asking",
        "page weight": f"{weight / 1e6:.2f} MB in {len(sizes)} requests",
    }
    page.context.close()
    return found


def _entered(browser: "Browser", address: str) -> "Page":
    """A visitor with a browser of their own."""
    page = browser.new_context().new_page()
    _open(page, address)
    return page


def _open(page: "Page", address: str) -> None:
    page.goto(address)
    page.locator(".welcome").wait_for()
    page.locator("#loading p").wait_for(state="detached", timeout=120_000)


@contextmanager
def _chromium() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise UsageError("There is no chromium here: `make browser` installs Debian's.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def _served(articles: Path, model: str) -> Iterator[Served]:
    """A page on ``articles``, in a library that is gone afterwards."""
    with TemporaryDirectory() as library:
        rag = [sys.executable, "-m", "rag.cli", "--quiet", "--library", library, "--model", model]
        subprocess.run([*rag, "index", str(articles)], check=True)
        server = subprocess.Popen([*rag, "ui", "--port", str(_port())], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout
            said = (re.search(r"http://\S+", line) for line in server.stdout)
            yield Served(next(found[0] for found in said if found), server.pid)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _port() -> int:
    """One that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
