"""The line to ask in: nothing that is typed gets lost, and nothing is asked twice."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

QUESTION = "Until what year are the key elements of the agreement intact?"
BRINDLE = "Who built the harbour of Brindle?"

LetIn = Callable[..., Any]


@pytest.fixture
def slow(visitors: LetIn) -> Any:
    """A visitor to whom each reply of the page comes half a second late."""
    visitor = visitors()

    def late(route: Route) -> None:
        reply = route.fetch()
        visitor.page.wait_for_timeout(500)
        route.fulfill(response=reply)

    visitor.page.route("**/gradio_api/run/**", late)
    return visitor


def line(page: Page) -> Any:
    return page.get_by_label("Your question")


def test_what_is_refused_stays_and_its_notice_goes_with_the_next_letter(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    for _ in range(2):
        visitor.type("   ")
        expect(page.get_by_role("alert")).to_have_text("Type a question first.")
        assert line(page).input_value() == "   "
        line(page).press_sequentially("W")
        expect(page.get_by_role("alert")).to_have_count(0)


def test_after_an_answer_what_is_refused_stays_too(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    expect(page.locator("#source mark.chosen")).to_be_visible()
    page.get_by_role("button", name="Close the source").click()
    visitor.type(" ")
    expect(page.get_by_role("alert")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(page.get_by_role("alert")).to_have_text("Type a question first.")
    expect(page.locator("#source mark.chosen")).not_to_be_visible()


def test_what_is_typed_while_a_refusal_is_on_its_way_is_kept(slow: Any) -> None:
    page = slow.page
    with page.expect_request("**/gradio_api/run/**"):
        slow.type("  ")
    page.keyboard.insert_text(BRINDLE)  # at once: letters that come after the notice take it away
    expect(page.get_by_role("alert")).to_be_visible()
    expect(line(page)).to_have_value(f"  {BRINDLE}")


def test_a_question_right_after_a_refused_one_is_asked(slow: Any) -> None:
    slow.type("  ")
    slow.type(BRINDLE)
    assert "Anna Thorsen" in slow.answer(0)
    expect(line(slow.page)).to_have_value("")
    expect(slow.page.get_by_role("alert")).to_have_count(0)


def test_what_is_typed_while_a_question_is_on_its_way_is_kept(slow: Any) -> None:
    with slow.page.expect_request("**/gradio_api/run/**"):
        slow.type(QUESTION)
    line(slow.page).fill(BRINDLE)
    assert "2030" in slow.answer(0)
    expect(line(slow.page)).to_have_value(BRINDLE)


@pytest.mark.parametrize("pause", [0, 150, 600])
def test_enter_twice_asks_once(slow: Any, pause: int) -> None:
    page = slow.page
    slow.type(QUESTION)
    page.wait_for_timeout(pause)
    line(page).press("Enter")
    page.get_by_role("button", name="Ask", exact=True).dispatch_event("click")
    assert "2030" in slow.answer(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    slow.go("History")
    expect(page.locator("#history .title")).to_have_count(1)


def test_what_was_said_of_waiting_goes_with_the_answer(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.type(QUESTION + " Say it in plain words." * 80)  # takes the reader long enough for the next to be typed
    expect(page.locator(".turn")).to_have_count(1)
    visitor.type(BRINDLE)
    expect(page.get_by_role("alert")).to_contain_text("One question at a time")
    visitor.answer(0)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(line(page)).to_have_value(BRINDLE)
