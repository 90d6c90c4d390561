"""Measures the page as it runs: ``python -m ui.measure ADDRESS`` in a browser (extra ``browser``).

What a visitor waits for (first paint, first feedback, the answer), how much it moves, what it weighs; ``--visitors`` at
once with a conversation of ``--turns`` each; with ``--server PID``, the server's memory after them.
"""

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import UsageError

if TYPE_CHECKING:
    from gradio_client import Client

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


@click.command()
@click.argument("address")
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--visitors", default=0, show_default=True, help="How many ask at once, by the API.")
@click.option("--turns", default=5, show_default=True, help="Questions of each of them.")
@click.option("--server", type=int, metavar="PID", help="The process of the page, whose memory is told.")
def main(address: str, questions: Path, visitors: int, turns: int, server: int | None) -> None:
    """Measure the page at ADDRESS with the questions in the file QUESTIONS, one a line."""
    lines = [line for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    for name, figure in _page(address, lines[0]).items():
        click.echo(f"{name:28}{figure}")
    if visitors:
        waits = _visits(address, lines, visitors, turns)
        middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
        click.echo(f"{visitors} at once, {turns} each: p50 {middle:.2f} s, p95 {late:.2f} s, longest {waits[-1]:.2f} s")
    if server:
        click.echo(f"the server's memory         {_memory(server):.0f} MB")


def _page(address: str, question: str) -> dict[str, str]:
    """What one visitor sees and waits for."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise UsageError("There is no chromium here: `make browser` installs Debian's.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.add_init_script(WATCH)
        sizes: list[int] = []
        page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
        page.goto(address)
        page.locator(".welcome").wait_for()
        page.locator("#loading p").wait_for(state="detached", timeout=120_000)
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
        browser.close()
        return found


def _visits(address: str, lines: Sequence[str], visitors: int, turns: int) -> list[float]:
    """The seconds that each question took, shortest first."""
    from gradio_client import Client

    clients = [Client(address, verbose=False, analytics_enabled=False) for _ in range(visitors)]
    with ThreadPoolExecutor(visitors) as pool:
        asked = [[*lines[n % len(lines) :], *lines] for n in range(visitors)]
        conversations = pool.map(_visit, clients, asked, [turns] * visitors)
        return sorted(wait for waits in conversations for wait in waits)


def _visit(client: "Client", lines: Sequence[str], turns: int) -> list[float]:
    waits: list[float] = []
    history: list[str] = []
    for number in range(turns):
        question = lines[number % len(lines)]
        began = time.perf_counter()
        given = client.predict(question, history, api_name="/ask")
        waits.append(time.perf_counter() - began)
        assert given["question"] == question, "an answer of somebody else"
        history.append(question)
    return waits


def _memory(process: int) -> float:
    """The megabytes that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


if __name__ == "__main__":
    main()
