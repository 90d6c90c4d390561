"""The page, as a visitor meets it in a browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index.library import Library

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTION = "Until what year are the key elements of the agreement intact?"
BRINDLE = "Who built the harbour of Brindle?"

LetIn = Callable[..., Any]


def test_a_footnote_shows_its_source_with_the_quote_in_view(visitors: LetIn) -> None:
    visitor = visitors()
    assert "2030" in visitor.ask(QUESTION)
    page = visitor.page
    page.get_by_role("button", name=re.compile("^Footnote 1")).click()
    chosen = page.locator("#source mark.chosen")
    expect(chosen).to_contain_text("intact through 2030")
    expect(chosen).to_be_in_viewport()
    expect(page.locator("#source h2")).to_have_text("OpenAI broadens its cloud beyond Microsoft")
    page.locator("summary").click()
    place = page.get_by_role("listitem").filter(has_text="characters").inner_text()
    start, end = map(int, re.findall(r"(\d+)–(\d+)", place)[0])
    text = next(SEEDS.iterdir()).read_text(encoding="utf-8")
    assert " ".join(text[start:end].split()) == " ".join(chosen.inner_text().split())


def test_from_footnote_to_footnote_and_a_citation_to_paste(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask("Summarize “OpenAI broadens its cloud beyond Microsoft”")
    page = visitor.page
    notes = page.locator(".note")
    assert notes.count() > 2
    chosen = page.locator("#source mark.chosen")
    expect(chosen).to_have_attribute("data-notes", "1")
    notes.nth(2).hover()
    expect(chosen).to_have_attribute("data-notes", "3")
    assert page.locator("#source mark").count() == notes.count()
    page.get_by_role("button", name="Footnote before").click()
    expect(chosen).to_have_attribute("data-notes", "2")
    page.get_by_role("button", name="Footnote after").click()
    page.get_by_role("button", name="Footnote after").click()
    expect(page.locator("#source")).to_contain_text("Footnote 4 of")
    expect(notes.nth(3)).to_have_attribute("aria-current", "true")
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy citation").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    pasted = page.evaluate("navigator.clipboard.readText()")
    assert pasted.startswith("“") and pasted.endswith(
        "” — OpenAI broadens its cloud beyond Microsoft (OpenAI-broadens-its-cloud-beyond-Microsoft.txt)"
    )


def test_a_pdf_is_shown_as_its_page_with_the_sentence_marked(visitors: LetIn) -> None:
    visitor = visitors()
    assert "Petra Lindqvist" in visitor.ask("Who bought the ferry of Oxholm?")
    page = visitor.page
    expect(page.locator(".notes")).to_contain_text("page 2")
    expect(page.locator("#source .place")).to_have_text("ferry.pdf page 2")
    expect(page.get_by_role("img", name="The Ferry, page 2")).to_be_visible()
    mark = page.locator("#source .page-image mark")
    expect(mark).to_be_in_viewport()
    image, box = page.locator(".page-image img").bounding_box(), mark.bounding_box()
    left, top = (box["x"] - image["x"]) / image["width"], (box["y"] - image["y"]) / image["height"]
    assert abs(left - 72 / 612) < 0.02 and abs(top - 92 / 792) < 0.03  # where the line was written
    page.get_by_role("button", name="Show the text").click()
    expect(page.locator("#source mark.chosen")).to_have_text("The ferry was bought by Petra Lindqvist in 1931.")
    page.get_by_role("button", name="Show the page").click()
    expect(page.locator(".page-image")).to_be_visible()


def test_the_page_of_a_pdf_is_called_as_it_is_printed_and_drawn_as_it_is_counted(visitors: LetIn) -> None:
    visitor = visitors()
    assert "Ottilie Brandt" in visitor.ask("Who runs the observatory of Vardal?")
    page = visitor.page
    expect(page.locator(".notes")).to_contain_text("page 1, sheet 3")
    expect(page.locator("#source .place")).to_have_text("observatory.pdf page 1, sheet 3")
    expect(page.get_by_role("img", name="The Observatory, page 1, sheet 3")).to_be_visible()
    expect(page.locator("#source .page-image mark")).to_be_in_viewport()


def test_an_abstention_shows_what_is_near_and_no_old_source(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask(BRINDLE)
    page = visitor.page
    expect(page.locator("#source mark.chosen")).to_be_visible()
    visitor.ask("Who is the chief executive of Nestlé in the harbour?")
    turn = page.locator(".turn").last
    expect(turn.get_by_role("heading", name="No answer in the articles")).to_be_visible()
    expect(turn.get_by_role("heading", name="Related, not an answer")).to_be_visible()
    expect(turn.locator(".key").first).to_have_text(re.compile("harbour", re.I))
    assert turn.locator(".said, .note").count() == 0
    expect(page.locator("#source mark")).to_have_count(0)


def test_a_closed_source_opens_again(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask(QUESTION)
    page = visitor.page
    page.get_by_role("button", name="Close the source").click()
    expect(page.locator("#source")).to_be_hidden()
    page.locator(".note").click()
    expect(page.locator("#source mark.chosen")).to_be_in_viewport()


def test_what_is_refused_is_said_and_nothing_that_was_typed_is_lost(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    alert = page.get_by_role("alert")
    visitor.type("   ")
    expect(alert).to_have_text("Type a question first.")
    long = "Who is it? " * 250
    visitor.type(long)
    expect(alert).to_contain_text("2,000 are the most")
    assert page.get_by_label("Your question").input_value() == long
    assert "2030" in visitor.ask(QUESTION)
    expect(alert).to_have_count(0)


def test_a_new_answer_is_in_view_and_heard(visitors: LetIn) -> None:
    visitor = visitors(height=620)
    page = visitor.page
    visitor.ask("Summarize “OpenAI broadens its cloud beyond Microsoft”")
    visitor.ask("Summarize “The River Quill”")
    assert "2030" in visitor.ask(QUESTION)
    expect(page.locator(".said").last).to_be_in_viewport()
    expect(page.locator(".question").last).to_be_in_viewport()
    live = page.locator("[aria-live=polite]#live")
    expect(live).to_have_text(re.compile(r"2030"))


def test_a_follow_up_leans_on_the_question_before(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask("Are key elements of their agreement intact?")
    assert "2030" in visitor.ask("And until when?")


def test_stop_ends_one_visitors_question_and_nobody_elses(visitors: LetIn) -> None:
    one, *others = (visitors() for _ in range(4))
    other = others[0]
    for visitor in others:  # so that there is a line to stand in
        visitor.type(QUESTION)
    one.type("Who built the harbour of Brindle?")
    one.page.get_by_role("button", name="Stop").click()
    assert "2030" in other.answer(0)
    assert "Stopped" in one.answer(0) or one.page.locator(".said").count()
    assert "2030" in one.ask(QUESTION)


def test_visitors_at_once_each_get_their_own_answer(visitors: LetIn) -> None:
    asked = [(QUESTION, "2030"), (BRINDLE, "Anna Thorsen"), (QUESTION, "2030")]
    there = [(visitors(), *pair) for pair in asked]
    for visitor, question, _ in there:
        visitor.type(question)
    for visitor, question, right in there:
        assert right in visitor.answer(0)
        assert visitor.page.locator(".question h2").all_inner_texts() == [question]


def test_a_thumb_is_kept_in_the_library(visitors: LetIn, project: Path) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    page.get_by_role("button", name="Bad answer").click()
    page.get_by_label("What would have been right?").fill("through 2030")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    with Library.open(project / ".rag") as library:
        (kept,) = [rating for rating in library.feedback() if rating.comment]
    assert (kept.good, kept.comment, kept.answer["question"]) == (False, "through 2030", QUESTION)


def test_examples_and_questions_to_go_on_with_are_answered(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    page.locator(".example").first.click(timeout=60_000)
    visitor.answer(0)
    expect(page.locator(".said")).to_be_visible()
    visitor.ask(QUESTION)
    page.locator(".turn").last.locator(".next .example").first.click(timeout=60_000)
    visitor.answer(2)
    expect(page.locator(".turn").last.locator(".said")).to_be_visible()


def test_plain_words_outside_details(visitors: LetIn, project: Path) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    shown = page.locator("#columns").inner_text()
    assert not re.search(r"\d+–\d+|score|token|confidence", shown, re.I)
    assert "seeds/" not in shown and str(project) not in shown
    visitor.go("Articles")
    expect(page.locator("#articles table")).to_be_visible()
    assert str(project.parent) not in page.locator("#articles").inner_text()


def test_a_hostile_article_stays_text(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask("Who is the mayor of Zorblax <img src=x onerror=window.acted=5> ${window.acted=6}?")
    page.locator("summary").click()
    expect(page.locator(".question h2")).to_contain_text("<img src=x onerror=window.acted=5>")
    visitor.go("History")
    expect(page.locator("#history .title")).to_contain_text("<img src=x")
    visitor.go("Articles")
    page.get_by_role("button", name="Zorblax <script>").first.click()
    expect(page.locator("#source .text")).to_contain_text("[more](javascript:window.acted=3)")
    visitor.reload()
    assert page.locator("#columns :is(img, script, iframe, a[href])").count() == 0
    assert page.evaluate("window.acted") is None
    assert not [url for url in visitor.requests if "198.51.100.7" in url]


def test_nothing_is_loaded_from_anywhere_else(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.ask(QUESTION)
    for tab in ("History", "Articles", "Settings"):
        visitor.go(tab)
    visitor.page.wait_for_timeout(500)
    own = (visitors.address, "data:", "blob:")
    assert [url for url in visitor.requests if not url.startswith(own)] == []
    assert len(visitor.requests) > 10


def test_right_to_left_text_stands_on_the_right_with_its_joiners(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.go("Articles")
    page.get_by_role("button", name="Ar", exact=True).click()
    text = page.locator("#source .text")
    expect(text).to_contain_text("می‌گوید")
    places = page.evaluate(
        """() => {
            const node = document.querySelector("#source .text").firstChild;
            const at = (n) => {
                const range = document.createRange();
                range.setStart(node, n); range.setEnd(node, n + 1);
                return range.getBoundingClientRect().x;
            };
            const end = node.data.indexOf("سليم.");
            return [at(0), at(end + 4)];
        }"""
    )
    assert places[0] > places[1]  # the first letter stands right of the last full stop
    visitor.go("Ask")
    visitor.ask("من بنى برج ليندن؟")
    assert page.evaluate("getComputedStyle(document.querySelector('.question h2')).direction") == "rtl"


def test_at_360_pixels_everything_fits_and_the_footnote_stays_in_view(visitors: LetIn) -> None:
    visitor = visitors(width=360, height=740)
    page = visitor.page

    def fits() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth") <= 360)

    visitor.ask("Summarize “OpenAI broadens its cloud beyond Microsoft”")
    expect(page.locator("#source")).to_be_hidden()
    note = page.locator(".note").last
    box = note.bounding_box()
    assert box and box["width"] >= 30 and box["height"] >= 30
    note.click()
    expect(page.locator("#source mark.chosen")).to_be_in_viewport()
    page.wait_for_timeout(700)  # it scrolls
    sheet, tapped = page.locator("#source").bounding_box(), note.bounding_box()
    assert sheet and tapped and 0 < tapped["y"] < sheet["y"] - tapped["height"]
    page.get_by_role("button", name="Close the source").click()
    expect(page.locator("#source")).to_be_hidden()
    page.locator("summary").click()
    assert fits()
    for tab in ("History", "Articles", "Settings"):
        visitor.go(tab)
        assert fits()


def test_by_keyboard_alone(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    page.keyboard.type(QUESTION)  # the line to ask in has the focus
    page.keyboard.press("Enter")
    visitor.answer(0)
    tab_to(page, "note")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#source mark.chosen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "note"


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.className") == name:
            return
    raise AssertionError(f"Tab does not reach {name}")


@pytest.mark.parametrize(("dark", "chosen"), [(True, "Light"), (False, "Dark")])
def test_colours_follow_the_system_until_others_are_chosen(visitors: LetIn, dark: bool, chosen: str) -> None:
    visitor = visitors(dark=dark)
    page = visitor.page

    def is_dark() -> bool:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return max(map(int, re.findall(r"\d+", colour)[:3])) < 60

    assert is_dark() is dark
    visitor.go("Settings")
    page.get_by_label(chosen).check()
    expect(page.locator("body.dark")).to_have_count(int(not dark))
    visitor.reload()
    expect(page.locator("body.dark")).to_have_count(int(not dark))
    assert is_dark() is not dark
