"""The queue, with a made-up assistant."""

import gc
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from index.library import Library
from rag.answer import Answer, Statement
from rag.citation import Citation
from rag.stage import Stage
from ui.backend import Backend
from ui.conversations import Conversations
from ui.question_queue import QuestionQueue
from ui.scope import Scope
from ui.turn import Turn


class Told:
    """Says one statement, waits for ``go_on``, and says another."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.article = library.articles()[0]
        self.conversations: Any = None
        self.go_on = threading.Event()
        self.heard: list[tuple[str, list[str], bool]] = []

    def steps(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Iterator[Stage | Answer]:
        self.heard.append((question, list(history), quick))
        if question == "fail":
            raise ZeroDivisionError
        said = tuple(Statement(text, (Citation.of(self.article, 0, 10),)) for text in ("One.", "Two."))
        yield Stage("Writing", (), said[:1])
        assert self.go_on.wait(10)
        yield Answer(question, said, None, (), "made up")


@pytest.fixture
def told(seed_library: Library) -> Told:
    return Told(seed_library)


@pytest.fixture
def queue(told: Any, seed_library: Library, tmp_path: Path) -> Iterator[QuestionQueue]:
    backend = Backend(seed_library, seed_library, tmp_path)
    backend.loading = ""
    backend.assistant.set_result(told)
    told.conversations = conversations = Conversations(tmp_path)
    yield QuestionQueue(backend, conversations)
    told.go_on.set()
    conversations.close()


def until(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("It does not come.")


def asked(queue: QuestionQueue, told: Told, question: str, visitor: str = "", **how: Any) -> Turn:
    turn = Turn(question, stage="Waiting", **how)
    told.conversations.add("ada", told.conversations.begin("ada", question), turn)
    queue.ask(turn, ["before"], visitor)
    return turn


def texts(queue: QuestionQueue, turn: Turn) -> list[str]:
    return [s["text"] for s in queue.now(turn)[0].statements]


def test_statements_are_there_as_they_come(queue: QuestionQueue, told: Told) -> None:
    turn = asked(queue, told, "Who?", quick=True)
    until(lambda: texts(queue, turn) == ["One."])
    assert queue.now(turn)[0].stage == "Writing" and not queue.now(turn)[0].answered
    told.go_on.set()
    until(lambda: queue.now(turn)[0].answered)
    assert texts(queue, turn) == ["One.", "Two."] and told.heard[0] == ("Who?", ["before"], True)


def test_who_waits_sees_their_place(queue: QuestionQueue, told: Told) -> None:
    first, second, third = (asked(queue, told, question) for question in ("a", "b", "c"))
    until(lambda: texts(queue, first))
    assert queue.now(third)[0].stage == "Waiting, 1 question before this one"
    queue.stop(second)
    assert queue.now(third)[0].stage == "Waiting"
    told.go_on.set()
    until(lambda: queue.now(third)[0].answered)
    assert [question for question, *_ in told.heard if question in "abc"] == ["a", "c"]


def test_who_asks_much_does_not_keep_others_waiting(queue: QuestionQueue, told: Told) -> None:
    asked(queue, told, "first", "ada")
    many = [asked(queue, told, f"ada {number}", "ada") for number in range(5)]
    other = asked(queue, told, "ben", "ben")
    assert queue.now(other)[0].stage in ("Waiting", "Waiting, 1 question before this one")
    told.go_on.set()
    until(lambda: queue.now(many[-1])[0].answered)
    heard = [question for question, *_ in told.heard if question.startswith(("ada", "ben"))]
    assert heard.index("ben") <= 1 and heard[-1] == "ada 4"


def test_what_comes_after_a_stop_changes_nothing(queue: QuestionQueue, told: Told) -> None:
    turn = asked(queue, told, "Who?")
    until(lambda: texts(queue, turn))
    stopped = queue.stop(turn)
    told.go_on.set()
    other = asked(queue, told, "And?")
    until(lambda: queue.now(other)[0].answered)
    assert stopped.trouble == "Stopped." and [s["text"] for s in stopped.statements] == ["One."]


def test_an_error_is_one_line_and_the_next_question_is_answered(queue: QuestionQueue, told: Told) -> None:
    turn, other = asked(queue, told, "fail"), asked(queue, told, "Who?")
    told.go_on.set()
    until(lambda: queue.now(other)[0].answered)
    assert "terminal" in queue.now(turn)[0].trouble


def test_a_question_that_was_on_its_way_when_the_page_was_ended_says_so(queue: QuestionQueue) -> None:
    assert "Ask again" in queue.now(Turn("Who?", stage="Writing"))[0].trouble


def test_nothing_of_a_question_stays_in_memory(queue: QuestionQueue, told: Told) -> None:
    told.go_on.set()

    def ask(count: int) -> int:
        for number in range(count):
            turn = asked(queue, told, f"Who is number {number}?")
            until(lambda turn=turn: queue.now(turn)[0].answered)  # type: ignore[misc]
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        assert -ask(50) + ask(100) < 1_000_000
    finally:
        tracemalloc.stop()


def test_quick_questions_are_answered_while_the_writer_loads(queue: QuestionQueue, told: Told) -> None:
    told.go_on.set()
    queue._backend.loading = "Loading the writer"
    quick = asked(queue, told, "Who?", quick=True)
    until(lambda: queue.now(quick)[0].answered)
    whole = asked(queue, told, "And who else?")
    until(lambda: queue.now(whole)[0].stage == "Loading the writer")
    queue._backend.loading = ""
    until(lambda: queue.now(whole)[0].answered)


def test_a_question_can_be_put_to_some_articles(queue: QuestionQueue, told: Told) -> None:
    turn = asked(queue, told, "Who?", scope=Scope(("no-such-article",)))
    told.go_on.set()
    until(lambda: queue.now(turn)[0].answered)
    assert isinstance(told.library, Library)  # the others' assistant is as it was
