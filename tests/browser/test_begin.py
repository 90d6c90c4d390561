"""The page's first day: an account, an empty library, the first article."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect

Serve = Callable[..., AbstractContextManager[str]]


def test_who_has_an_account_begins_with_an_empty_library(browser: Browser, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "users.txt").write_text("ada:lovelace\n", encoding="utf-8")
    (tmp_path / "selene.md").write_text("The moon base Selene was founded by Mira Okafor.", encoding="utf-8")
    with serve(tmp_path, "--auth-file", "users.txt") as address:
        for path in ("config", "gradio_api/info", "gradio_api/file=selene.md"):
            assert httpx.get(address + path).status_code == 401
        page = browser.new_page()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        log_in(page, "ada", "guess")
        expect(page.get_by_text("Incorrect")).to_be_visible()
        log_in(page, "ada", "lovelace")
        expect(page.get_by_role("heading", name="There is nothing to ask about yet")).to_be_visible(timeout=60_000)
        box = page.get_by_label("Your question")
        box.fill("Who founded the moon base Selene?")
        box.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("add some articles")
        page.get_by_role("button", name="Add articles").click()
        page.locator("input[type=file][multiple]").set_input_files(tmp_path / "selene.md")
        expect(page.locator(".results .added")).to_have_text("selene.md is added", timeout=60_000)
        page.get_by_role("tab", name="Ask").click()
        box.press("Enter")  # what was refused is still there
        expect(page.locator(".said")).to_contain_text("Mira Okafor", timeout=120_000)
        other = browser.new_context().new_page()  # the same account at another machine
        other.goto(address)
        log_in(other, "ada", "lovelace")
        other.get_by_role("tab", name="History").click()
        other.get_by_role("button", name="Who founded", exact=False).first.click()
        expect(other.locator(".said")).to_contain_text("Mira Okafor")
        assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []
        page.close()


def log_in(page: Page, user: str, password: str) -> None:
    page.get_by_label("username").fill(user)
    page.get_by_label("password").fill(password)
    page.get_by_role("button", name="Login").click()
