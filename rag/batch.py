"""Batches: many questions, several of them on their way at once, their answers in the order of the questions."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread

from rag.answer import Answer
from rag.assistant import Assistant


def answers(assistant: Assistant, questions: Sequence[str], jobs: int = 1, quick: bool = False) -> Iterator[Answer]:
    """The answer to each question, ``jobs`` being worked on at once; raises what ``Assistant.ask`` raises.

    No question is begun after the first that failed, nor once the iterator is closed. The threads don't keep the
    process from ending, so that Ctrl-C need not wait for a server.
    """
    waiting: SimpleQueue[tuple[str, Future[Answer]]] = SimpleQueue()
    promised: list[Future[Answer]] = [Future() for _ in questions]
    for pair in zip(questions, promised, strict=True):
        waiting.put(pair)
    for _ in range(min(jobs, len(questions))):
        Thread(target=_work, args=[assistant, waiting, quick], daemon=True).start()
    try:
        for answer in promised:
            yield answer.result()
    finally:
        for answer in promised:
            answer.cancel()


def _work(assistant: Assistant, waiting: "SimpleQueue[tuple[str, Future[Answer]]]", quick: bool) -> None:
    while True:
        try:
            question, answer = waiting.get_nowait()
        except Empty:
            return
        if not answer.set_running_or_notify_cancel():
            continue
        try:
            answer.set_result(assistant.ask(question, quick=quick))
        except BaseException as error:  # told to whoever waits for the answer
            answer.set_exception(error)
