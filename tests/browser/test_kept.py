"""Conversations that stay: in a browser, whatever happens to it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from index.library import Library
from rag.answer import Answer, Statement
from rag.citation import Citation
from rag.stage import Stage
from ui.address import Address
from ui.backend import Backend
from ui.command import launch

QUESTION = "Until what year are the key elements of the agreement intact?"
BRINDLE = "Who built the harbour of Brindle?"

LetIn = Callable[..., Any]


def test_a_conversation_outlives_reload_back_and_another_tab(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    visitor.ask(BRINDLE)
    visitor.reload()
    assert page.locator(".question h2").all_inner_texts() == [QUESTION, BRINDLE]
    expect(page.locator("#source mark.chosen")).to_contain_text("Anna Thorsen")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator("#source mark")).to_have_count(0)
    page.go_back()
    expect(page.locator(".question h2")).to_have_text([QUESTION, BRINDLE])
    page.get_by_role("button", name="New conversation").click()
    other = visitor.new_tab()
    other.get_by_role("tab", name="History").click()
    other.locator("#history .title").first.click()
    expect(other.locator(".question h2")).to_have_text([QUESTION, BRINDLE])


def test_nobody_else_sees_it(visitors: LetIn) -> None:
    one = visitors()
    one.ask(QUESTION)
    other = visitors()
    page = other.new_tab(one.page.url)
    expect(page.get_by_role("alert")).to_contain_text("not there any more")
    expect(page.locator(".turn")).to_have_count(0)
    other.go("History")
    expect(other.page.locator("#history")).to_have_text("There are no conversations yet.")


def test_retry_and_edit_branch(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    visitor.ask(BRINDLE)
    first = page.locator(".turn").first
    first.get_by_role("button", name="Edit").click()
    box = page.get_by_label("Edit the question")
    assert box.input_value() == QUESTION
    box.fill("Summarize “The River Quill”")
    box.press("Enter")
    expect(page.locator(".turn")).to_have_count(1)
    visitor.answer(0)
    expect(page.locator(".branches")).to_contain_text("2/2")
    page.get_by_role("button", name="Version before").click()
    expect(page.locator(".question h2")).to_have_text([QUESTION, BRINDLE])  # nothing is lost
    expect(page.locator("#source mark.chosen")).to_contain_text("Anna Thorsen")
    page.locator(".turn").last.get_by_role("button", name="Retry").click()
    expect(page.locator(".turn").last.locator(".branches")).to_contain_text("2/2")
    assert "Anna Thorsen" in visitor.answer(1)
    visitor.reload()
    expect(page.locator(".branches")).to_have_count(2)


def test_the_list_is_searched_renamed_exported_and_shortened(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    visitor.ask(BRINDLE)
    visitor.go("History")
    titles = page.locator("#history .title")
    expect(titles).to_have_text([BRINDLE, QUESTION])
    page.get_by_label("Search the conversations").fill("anna THORSEN")  # a word of the answer
    expect(titles).to_have_text([BRINDLE])
    page.get_by_role("button", name=f"Rename {BRINDLE}").click()
    page.get_by_label("New name").fill("Harbours <b>")
    page.get_by_label("New name").press("Enter")
    expect(titles).to_have_text(["Harbours <b>"])
    with page.expect_download() as download:
        page.get_by_role("button", name="Export Harbours").click()
    saved = download.value.path().read_text(encoding="utf-8")
    assert saved.startswith("# Harbours \\<b\\>") and "Anna Thorsen" in saved and "[^1]" in saved
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete Harbours").click()
    expect(titles).to_have_count(0)
    page.get_by_label("Search the conversations").fill("")
    expect(titles).to_have_text([QUESTION])
    visitor.go("Ask")
    expect(page.locator(".welcome")).to_be_visible()  # what was deleted is not shown any more


def test_copy_and_save(visitors: LetIn) -> None:
    visitor = visitors()
    page = visitor.page
    visitor.ask(QUESTION)
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "intact through 2030" in page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Markdown").click()
    assert "2030" in download.value.path().read_text(encoding="utf-8")


class Composer:
    """A made-up assistant: three statements about the seed article, the second and third when they are let go."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.go_on = threading.Semaphore(0)
        self.quick: list[bool] = []

    def steps(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Iterator[Stage | Answer]:
        if question != QUESTION:  # one to go on with
            yield Answer(question, (), "Nobody knows.", (), "made up")
            return
        self.quick.append(quick)
        article = self.library.articles()[0]
        quotes = [
            "Key elements of their agreement are intact through 2030",
            "Microsoft would lose",
            "right of first refusal",
        ]
        said = tuple(
            Statement(text, (Citation.of(article, start, start + len(quote)),))
            for text, quote in zip(
                ["The agreement holds through 2030.", "Microsoft may lose its access.", "It has a first refusal."],
                quotes,
                strict=True,
            )
            if (start := article.text.index(quote)) >= 0
        )
        yield Stage("Reading 3 sentences")
        for count in range(1, 4):
            yield Stage("Writing", (), said[:count])
            assert self.go_on.acquire(timeout=60)
        open_part = "The articles do not say what it costs."
        yield Answer(question, said, None, (), "made up", short="2030", unanswered=open_part)


@pytest.fixture
def composer(seed_library: Library) -> Composer:
    return Composer(seed_library)


@pytest.fixture
def composing(
    browser: Browser, composer: Composer, seed_library: Library, tmp_path: Path, enter: LetIn, port: Callable[[], int]
) -> Iterator[Any]:
    """A visitor of a page whose assistant composes slowly."""
    backend = Backend(seed_library, seed_library, tmp_path)
    backend.loading = ""
    backend.refresh = lambda: None  # type: ignore[method-assign]
    backend.assistant.set_result(composer)  # type: ignore[arg-type]
    page = launch(backend, Address(port=port()), None)
    visitor = enter(page.local_url)
    yield visitor
    visitor.context.close()
    page.close()


def test_statements_appear_one_after_another_and_outlive_a_reload(composing: Any, composer: Composer) -> None:
    page = composing.page
    composing.type(QUESTION)
    said = page.locator(".statement")
    expect(said).to_have_count(1)
    expect(said.first.locator(".note")).to_have_text("1")
    page.locator(".note").first.click()  # a footnote can be followed while the rest is written
    expect(page.locator("#source mark.chosen")).to_contain_text("intact through 2030")
    composer.go_on.release()
    expect(said).to_have_count(2)
    expect(page.locator("#live")).to_have_text("Microsoft may lose its access.")  # only what is new
    composing.reload()
    expect(said).to_have_count(2)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    composer.go_on.release(2)
    composing.answer(0)
    expect(said).to_have_count(3)
    expect(page.locator(".key")).to_have_text("2030")
    expect(page.locator(".open")).to_have_text("The articles do not say what it costs.")
    assert composing.faults() == []


def test_an_answer_goes_on_where_the_connection_was_lost(composing: Any, composer: Composer) -> None:
    page = composing.page
    composing.type(QUESTION)
    said = page.locator(".statement")
    expect(said).to_have_count(1)
    page.get_by_label("Your question").fill(BRINDLE)
    composing.context.set_offline(True)
    composer.go_on.release()
    page.wait_for_timeout(1000)
    composing.context.set_offline(False)
    expect(said).to_have_count(2, timeout=60_000)
    expect(page.get_by_label("Your question")).to_have_value(BRINDLE)
    composer.go_on.release(2)
    composing.answer(0)
    expect(said).to_have_count(3)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_a_second_question_is_refused_aloud_and_what_was_said_before_stop_stays(
    composing: Any, composer: Composer
) -> None:
    page = composing.page
    composing.type(QUESTION)
    expect(page.locator(".statement")).to_have_count(1)
    page.get_by_label("Your question").fill(BRINDLE)
    page.get_by_label("Your question").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("One question at a time")
    assert page.get_by_label("Your question").input_value() == BRINDLE
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".trouble")).to_have_text("Stopped.")
    expect(page.locator(".statement")).to_have_count(1)
    composer.go_on.release(3)
    composing.reload()
    expect(page.locator(".statement")).to_have_count(1)


def test_quick_answers_are_asked_for(composing: Any, composer: Composer) -> None:
    composing.go("Settings")
    composing.page.get_by_label("Quick answers").check()
    composing.reload()
    composing.go("Ask")
    composer.go_on.release(6)
    composing.ask(QUESTION)
    composing.go("Settings")
    composing.page.get_by_label("Quick answers").uncheck()
    composing.go("Ask")
    composing.ask(QUESTION)
    assert composer.quick == [True, False]
