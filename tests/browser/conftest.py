"""The browser and the served page that the tests of the page share."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, expect, sync_playwright
from test_reader import pdf

expect.set_options(timeout=30_000)  # beside other work; who waits so long has found a fault

ROOT = Path(__file__).parents[2]
RAG = [sys.executable, "-m", "rag.cli"]
STILL = "Promise.all(document.getAnimations().map((a) => a.effect.getTiming().iterations < 9 && a.finished))"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARABIC = "برج ليندن بناه يوسف الحداد عام 1823. الحارس اسمه سليم.\n\nمی‌گوید که باران می‌آید.\n"
FERRY = (
    "The ferry of Oxholm sails at noon.",
    "The ferry was bought by Petra Lindqvist in 1931.",
    "It was sold in 1960.",
)
OBSERVATORY = (
    "For the friends of the stars.",
    "This book was printed by hand.",
    "The observatory of Vardal is run by Ottilie Brandt.",
    "It has two telescopes.",
)
HOSTILE = """\
# Zorblax <script>window.acted = 1</script> Gazette

The mayor of Zorblax is Ada <img src=x onerror="window.acted=2"> Thorne. <!-- ask nobody else -->

See ![pixel](http://198.51.100.7/pixel.png) and [more](javascript:window.acted=3) on Zorblax. `${window.acted=4}`
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Last of all: while playwright runs, its event loop leaves no room for another, as inspect-ai needs."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A chromium without a window; a test that asks for it is skipped where none is installed."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no chromium here: `make browser` installs Debian's")
    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=switches)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the page is served from; its library is in ``.rag``."""
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="session")
def address(project: Path) -> Iterator[str]:
    """The page of ``rag ui`` on a library of the seed article, three small ones, a PDF, an Arabic and a hostile one."""
    (project / "hostile.md").write_text(HOSTILE, encoding="utf-8")
    (project / "ar.txt").write_text(ARABIC, encoding="utf-8")
    (project / "ferry.pdf").write_bytes(pdf(*FERRY, title="The Ferry"))
    (project / "observatory.pdf").write_bytes(pdf(*OBSERVATORY, title="The Observatory", preface=2))
    own = ["hostile.md", "ar.txt", "ferry.pdf", "observatory.pdf"]
    paths = [str(ROOT / "seeds"), str(ROOT / "tests" / "data" / "articles"), *own]
    subprocess.run([*RAG, "index", *paths], cwd=project, check=True, timeout=240)
    with served(project, "--mcp") as address:
        yield address


@pytest.fixture
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Serves another page, for as long as a test needs it."""
    return served


@contextmanager
def served(folder: Path, *options: str) -> Iterator[str]:
    """The address of ``rag ui`` in ``folder``, as soon as it says it."""
    command = [
        *RAG,
        "--model",
        "none",
        "ui",
        "--port",
        str(free_port()),
        *options,
    ]  # the writer takes seconds a question
    environment = os.environ | {"GRADIO_TEMP_DIR": str(folder / "cache")}
    server = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield next(line.split()[4] for line in server.stdout if line.startswith("The page is at "))
    finally:
        server.terminate()
        server.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Visitor:
    """A person at the page, with a browser of their own."""

    def __init__(
        self, browser: Browser, address: str, width: int = 1280, height: int = 860, dark: bool = False
    ) -> None:
        scheme = "dark" if dark else "light"
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.address = address
        self.requests: list[str] = []
        self.page = self.new_tab()

    def new_tab(self, at: str = "") -> Page:
        """Another page in the same browser, as soon as it can be asked something."""
        page = self.context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(at or self.address)
        self.wait(page)
        return page

    def wait(self, page: Page) -> None:
        """Wait until ``page`` shows how to begin, or what was said, and all is loaded."""
        page.locator(".welcome, .turn").first.wait_for(timeout=60_000)
        page.locator("#loading p").wait_for(state="detached", timeout=120_000)

    def reload(self) -> None:
        """Press F5."""
        self.page.reload()
        self.wait(self.page)

    def type(self, question: str) -> None:
        """Ask without waiting."""
        box = self.page.get_by_label("Your question")
        box.fill(question)
        box.press("Enter")

    def ask(self, question: str) -> str:
        """Ask, wait, and return what is said."""
        number = self.page.locator(".turn").count()
        self.type(question)
        return self.answer(number)

    def answer(self, number: int) -> str:
        """What is said to question ``number``, as soon as it is all there."""
        turn = self.page.locator(f".turn[data-number='{number}'][data-state='done']")
        turn.wait_for(timeout=120_000)
        return turn.locator(".answer").inner_text()

    def go(self, tab: str) -> None:
        """Open a tab."""
        self.page.get_by_role("tab", name=tab).click()

    def faults(self) -> list[str]:
        """What axe-core finds wrong with the page as it is, of any impact."""
        self.page.evaluate(STILL)
        self.page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found["violations"]]


@pytest.fixture
def port() -> Callable[[], int]:
    """Gives a port that is free."""
    return free_port


@pytest.fixture
def enter(browser: Browser) -> Callable[[str], Visitor]:
    """Lets a visitor into any page."""
    return lambda address: Visitor(browser, address)


@pytest.fixture
def visitors(browser: Browser, address: str) -> Iterator["Visitors"]:
    made = Visitors(browser, address)
    yield made
    for context in browser.contexts:
        context.close()


class Visitors:
    """Lets new visitors in."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self.address = address

    def __call__(self, width: int = 1280, height: int = 860, dark: bool = False) -> Visitor:
        return Visitor(self._browser, self.address, width, height, dark)
