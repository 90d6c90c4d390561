"""For everybody: what axe-core finds wrong, and whether the page stands still while it is read."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

LetIn = Callable[..., Any]

QUESTION = "Until what year are the key elements of the agreement intact?"


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 360)])
def test_axe_finds_nothing_wrong(visitors: LetIn, dark: bool, width: int) -> None:
    visitor = visitors(dark=dark, width=width)
    page = visitor.page
    states = {"welcome": visitor.faults()}
    visitor.ask(QUESTION)
    expect(page.locator(".next")).to_be_visible(timeout=60_000)
    page.locator(".note").click()
    expect(page.locator("#source mark.chosen")).to_be_visible()
    page.locator("summary").click()
    states["answer"] = visitor.faults()
    page.get_by_role("button", name="Close the source").click()
    page.get_by_role("button", name="Bad answer").click()
    expect(page.get_by_label("What would have been right?")).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    states["rating and editing"] = visitor.faults()
    page.keyboard.press("Escape")
    visitor.type(" ")
    visitor.ask("Who is the chief executive of Nestlé?")
    states["abstention"] = visitor.faults()
    visitor.type(" ")
    expect(page.get_by_role("alert")).to_be_visible()
    states["refusal"] = visitor.faults()
    visitor.ask("Who bought the ferry of Oxholm?")
    page.locator(".note").last.click()
    expect(page.locator(".page-image img")).to_be_visible()
    states["a page of a PDF"] = visitor.faults()
    page.get_by_role("button", name="Close the source").click()
    for tab in ("History", "Articles", "Settings"):
        visitor.go(tab)
        page.wait_for_timeout(300)
        states[tab] = visitor.faults()
    assert states == {state: [] for state in states}


def test_headings_are_in_order_and_there_is_an_icon(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask("Who is the chief executive of Nestlé?")
    page.locator("summary").click()
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => +h.tagName[1])")
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    expect(page.locator("link[rel=icon]")).to_have_count(1)
    assert "svg" in page.request.get(f"{visitor.address}favicon.ico").headers["content-type"]


def test_the_page_stands_still_and_answers_at_once(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    page.evaluate(
        """() => {
            window.shifts = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
            }).observe({type: "layout-shift"});
        }"""
    )
    box = page.get_by_label("Your question")
    box.fill(QUESTION)
    left = page.locator("#columns").bounding_box()
    waited = page.evaluate(
        """() => new Promise((done) => {
            const asked = performance.now();
            new MutationObserver(() => document.querySelector(".turn") && done(performance.now() - asked))
                .observe(document.querySelector("#conversation"), {childList: true, subtree: true});
            document.querySelector("#line button.primary").click();
        })"""
    )
    visitor.answer(0)
    expect(page.locator(".next")).to_be_visible(timeout=60_000)
    assert waited < 1000  # 40 ms on a machine with nothing else to do: `python -m ui.measure`
    assert page.evaluate("window.shifts") < 0.01
    assert (
        page.locator("#columns").bounding_box()["x"] == left["x"]
        and page.locator("#columns").bounding_box()["width"] == left["width"]
    )
