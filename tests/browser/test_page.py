"""The page, as a visitor meets it in a browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from index.library import Library

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTION = "Until what year are the key elements of the agreement intact?"

LetIn = Callable[..., Any]


def test_a_footnote_shows_its_source_with_the_quote_in_view(visitors: LetIn) -> None:
    visitor = visitors()
    assert "2030" in visitor.ask(QUESTION)
    page = visitor.page
    page.get_by_role("button", name=re.compile("^Footnote 1")).click()
    chosen = page.locator("#source mark.chosen")
    expect(chosen).to_contain_text("intact through 2030")
    expect(chosen).to_be_in_viewport()
    place = page.locator("#source .place").inner_text()
    start, end = map(int, re.findall(r"(\d+)–(\d+)", place)[0])
    text = next(SEEDS.iterdir()).read_text(encoding="utf-8")
    assert " ".join(text[start:end].split()) == " ".join(chosen.inner_text().split())
    expect(page.locator("#source h2")).to_have_text("OpenAI broadens its cloud beyond Microsoft")


def test_of_several_footnotes_the_one_pointed_at_is_stronger(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask("Summarize “OpenAI broadens its cloud beyond Microsoft”")
    page = visitor.page
    notes = page.locator(".note")
    assert notes.count() > 2
    expect(page.locator("#source mark.chosen")).to_have_attribute("data-notes", "1")
    notes.nth(2).hover()
    expect(page.locator("#source mark.chosen")).to_have_attribute("data-notes", "3")
    assert page.locator("#source mark").count() == notes.count()


def test_an_abstention_looks_different_and_shows_what_is_near(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask("Who is the chief executive of Nestlé?")
    page = visitor.page
    expect(page.get_by_role("heading", name="No answer in the articles")).to_be_visible()
    expect(page.get_by_role("heading", name="Related, not an answer")).to_be_visible()
    assert page.locator(".said, .note").count() == 0


def test_a_follow_up_leans_on_the_question_before(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask("Are key elements of their agreement intact?")
    assert "2030" in visitor.ask("And until when?")


def test_uploaded_is_asked_about_and_removed(visitors: LetIn, tmp_path: Path) -> None:
    (tmp_path / "selene.txt").write_text("The moon base Selene was founded in 2041 by Mira Okafor.", encoding="utf-8")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 8)
    visitor = visitors()
    page: Page = visitor.page
    page.get_by_role("tab", name="Articles").click()
    page.locator("input[type=file]").set_input_files([tmp_path / "selene.txt", tmp_path / "noise.txt"])
    expect(page.locator(".results .added")).to_have_text("selene.txt is added", timeout=60_000)
    expect(page.locator(".results .left-out")).to_contain_text("noise.txt is skipped")
    page.get_by_role("button", name="Selene", exact=True).click()
    expect(page.locator("#source .text")).to_contain_text("Mira Okafor")
    page.get_by_role("tab", name="Ask").click()
    assert "Mira Okafor" in visitor.ask("Who founded the moon base Selene?")
    page.get_by_role("tab", name="Articles").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Remove Selene").click()
    expect(page.get_by_role("button", name="Selene", exact=True)).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove Selene").click()
    expect(page.get_by_role("button", name="Selene", exact=True)).to_have_count(0)
    page.get_by_role("tab", name="Ask").click()
    assert "Mira Okafor" not in visitor.ask("Who founded the moon base Selene?")


def test_stop_ends_one_visitors_question_and_nobody_elses(visitors: LetIn) -> None:
    one, other = visitors(), visitors()
    one.type("Summarize “The River Quill”")
    other.type(QUESTION)
    one.page.get_by_role("button", name="Stop").click()
    assert "2030" in other.answer(0)
    assert "Stopped" in one.answer(0) or one.page.locator(".said").count()
    assert "2030" in one.ask(QUESTION)


def test_visitors_at_once_see_their_place_in_line_and_each_get_their_own_answer(visitors: LetIn) -> None:
    asked = [(QUESTION, "2030"), ("Who built the harbour of Brindle?", "Anna Thorsen"), (QUESTION, "2030")]
    there = [(visitors(), *pair) for pair in asked]
    for visitor, question, _ in there:
        visitor.type(question)
    expect(there[-1][0].page.locator("#place")).to_contain_text("queue")
    for visitor, question, right in there:
        assert right in visitor.answer(0)
        assert visitor.page.locator(".question p").all_inner_texts() == [question]


def test_retry_edit_copy_and_new_conversation(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".said")).to_contain_text("2030", timeout=60_000)
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "intact through 2030" in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Edit").click()
    box = page.get_by_label("Edit the question")
    assert box.input_value() == QUESTION
    box.fill("Who built the harbour of Brindle?")
    box.press("Enter")
    expect(page.locator(".said")).to_contain_text("Anna Thorsen", timeout=60_000)
    assert page.locator(".turn").count() == 1
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Markdown").click()
    assert "Anna Thorsen[^1]" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()


def test_a_thumb_is_kept_in_the_library(visitors: LetIn, project: Path) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    page.get_by_role("button", name="Bad answer").click()
    page.get_by_label("What would have been right?").fill("through 2030")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    with Library.open(project / ".rag") as library:
        (kept,) = library.feedback()
    assert (kept.good, kept.comment, kept.answer["question"]) == (False, "through 2030", QUESTION)


def test_an_example_is_answered(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.page.locator(".example").first.click()
    visitor.answer(0)
    expect(visitor.page.locator(".said")).to_be_visible()


def test_a_hostile_article_stays_text(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask("Who is the mayor of Zorblax <img src=x onerror=window.acted=5> ${window.acted=6}?")
    page.locator("summary").click()
    expect(page.locator(".question p")).to_contain_text("<img src=x onerror=window.acted=5>")
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Zorblax <script>").first.click()
    expect(page.locator("#source .text")).to_contain_text("[more](javascript:window.acted=3)")
    expect(page.locator("#source .text")).to_contain_text("<!-- ask nobody else -->")
    assert page.locator("#columns :is(img, script, iframe, a[href])").count() == 0
    assert page.evaluate("window.acted") is None
    assert not [url for url in visitor.requests if "198.51.100.7" in url]


def test_nothing_is_loaded_from_anywhere_else(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask(QUESTION)
    visitor.page.get_by_role("tab", name="Articles").click()
    visitor.page.wait_for_timeout(500)
    own = (visitors.address, "data:", "blob:")
    assert [url for url in visitor.requests if not url.startswith(own)] == []
    assert len(visitor.requests) > 10


def test_at_360_pixels_everything_fits_and_the_source_opens_over_it(visitors: LetIn) -> None:
    visitor = visitors(width=360, height=740)
    page = visitor.page
    visitor.ask(QUESTION)
    expect(page.locator("#source")).to_be_hidden()
    page.locator(".note").click()
    expect(page.locator("#source mark.chosen")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Close the source").click()
    expect(page.locator("#source")).to_be_hidden()
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator("#articles table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_by_keyboard_alone(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        focus = page.evaluate("document.activeElement.className")
        if focus == "note":
            break
    else:
        raise AssertionError("Tab does not reach the footnote")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#source mark.chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "note"


def test_dark_is_dark(visitors: LetIn) -> None:
    page = visitors(dark=True).page
    red, green, blue = map(
        int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]
    )
    assert max(red, green, blue) < 60
