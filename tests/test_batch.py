"""Batches: many questions at once, and their answers in order."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fake_server import Request, fake

from index.errors import FootnoteError
from index.library import Library
from rag.assistant import Assistant
from rag.batch import answers
from rag.models import Models

QUESTIONS = [
    "How much profit would AGI have to generate?",
    "What is the recipe for lentil soup?",
    "Until what year are the key elements of the agreement intact?",
    "Which company did OpenAI sign a deal with earlier this year?",
]


def test_a_server_is_asked_many_questions_at_once_and_they_come_back_in_order(seed_library: Library) -> None:
    together = threading.Barrier(4, timeout=100)

    def waits_for_three_others(request: Request) -> None:
        together.wait()
        time.sleep(random.random() / 5)
        request.said("Nothing is told of it [1].")

    asked = ["How much profit would AGI have to generate?"] * 4 + ["Until what year are the key elements intact?"] * 4
    with fake(waits_for_three_others) as address:
        given = [a.question for a in answers(Assistant(seed_library, Models(address)), asked, 4)]
    assert given == asked


def test_the_model_in_this_process_gives_the_same_answers_with_many_jobs(assistant: Assistant) -> None:
    one, many = ([a.text for a in answers(assistant, QUESTIONS, jobs, quick=True)] for jobs in (1, 3))
    assert one == many and "$100 billion" in str(one[0]) and one[1] is None


def test_after_a_question_that_fails_no_other_is_begun(seed_library: Library) -> None:
    begun: list[int] = []

    def fails_at_the_second(request: Request) -> None:
        begun.append("Rewrite" not in request.asked["messages"][0]["content"])  # those take a question apart
        request.said("Microsoft keeps its share [1].") if sum(begun) <= 1 else request.status(401)

    with fake(fails_at_the_second) as address:
        batch = answers(
            Assistant(seed_library, Models(address)), ["How much profit would AGI have to generate?"] * 50, 1
        )
        assert next(batch).question
        with pytest.raises(FootnoteError, match="key"):
            list(batch)
    assert len(begun) < 50


def test_control_c_ends_a_batch_that_a_server_keeps_waiting(tmp_path: Path) -> None:
    waiting = threading.Event()

    def first_only(request: Request) -> None:
        if "Who painted the mill" in str(request.asked["messages"]):
            request.said("Nothing is told of it [1].")
        else:
            waiting.set()
            time.sleep(30)

    (tmp_path / "a.txt").write_text(
        "Ada Thorne painted the mill of Oss in 1931. Mara Quill built the pier of Oss in 1962.", encoding="utf-8"
    )
    (tmp_path / "questions").write_text("Who painted the mill of Oss?\nWho built the pier of Oss?\n", encoding="utf-8")
    with Library.open(tmp_path / "library") as library:
        library.sync([tmp_path / "a.txt"])
    rag = [sys.executable, "-m", "rag.cli", "--library", str(tmp_path / "library")]
    with fake(first_only) as address:
        command = [*rag, "--model", address, "ask", "--batch", str(tmp_path / "questions"), "--jobs", "2"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        asking = subprocess.Popen(command, text=True, env=os.environ, **pipes)  # type: ignore[call-overload]
        assert waiting.wait(60) and json.loads(asking.stdout.readline())["question"] == "Who painted the mill of Oss?"
        asking.send_signal(signal.SIGINT)
        _, said = asking.communicate(timeout=10)
    assert asking.returncode == 130 and "Traceback" not in said
