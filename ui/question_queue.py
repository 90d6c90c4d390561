"""The queue: questions stand in it until the model has time, whether or not the browser that asked is still there."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Condition, Thread
from time import sleep

from index.errors import FootnoteError
from rag.answer import Answer
from rag.assistant import Assistant
from rag.evidence import Evidence
from rag.exchange import History
from ui.backend import Backend
from ui.conversations import Conversations
from ui.fair_queue import FairQueue
from ui.fault import log_text
from ui.record import partial, record
from ui.scope import ids, narrowed_to
from ui.suggestions import following
from ui.turn import Turn

PAUSE = 1.0  # seconds without a question before others are looked for to go on with

log = logging.getLogger(__name__)


@dataclass
class Job:
    """A question in the queue; ``version`` counts how often ``turn`` has changed."""

    turn: Turn
    history: History
    version: int = 0
    stopped: bool = False


class QuestionQueue:
    """As many threads as the model works on questions side by side; the first is started with the first question."""

    def __init__(self, backend: Backend, conversations: Conversations) -> None:
        self._backend = backend
        self._conversations = conversations
        self._jobs: dict[str, Job] = {}  # by the turn's id: those that wait and those that are worked on
        self._waiting = FairQueue[Job]()
        self._changed = Condition()
        self._threads: list[Thread] = []
        backend.is_busy = lambda: bool(self._jobs)

    def ask(self, turn: Turn, history: History, visitor: str = "") -> None:
        """Put ``turn`` into the queue, where visitors take turns; ``history`` holds the exchanges before it."""
        with self._changed:
            job = self._jobs[turn.id] = Job(turn, history)
            self._waiting.put(job, visitor)
            if len(self._threads) < self._backend.at_once:
                self._threads.append(Thread(target=self._work, daemon=True))
                self._threads[-1].start()
            self._changed.notify()

    def now(self, turn: Turn) -> tuple[Turn, int]:
        """``turn`` as it is by now, and its version; a negative one when nothing more will come of it."""
        with self._changed:
            job = self._jobs.get(turn.id)
            if not job:
                kept = self._conversations.turn(turn.id) or turn
                return (_forgotten(kept) if kept.stage else kept), -1
            place = next((place for place, other in enumerate(self._waiting) if other is job), -1)
        if place > 0:
            stage = f"Waiting, {place} question{'s' * (place > 1)} before this one"
            return replace(job.turn, stage=stage), job.version + 1000 * place
        return job.turn, job.version

    def stop(self, turn: Turn) -> Turn:
        """Give up ``turn``, as it is by now; what was said until then stays."""
        with self._changed:
            job = self._jobs.get(turn.id)
            if not job or not job.turn.stage:
                return job.turn if job else turn
            job.stopped = True
            if any(other is job for other in self._waiting):
                self._waiting.leave(job)
                del self._jobs[turn.id]
            self._set(job, replace(job.turn, trouble="Stopped.", stage=""))
        self._conversations.keep(job.turn)
        return job.turn

    def rate(self, turn: Turn, good: bool, commented: bool) -> Turn:
        """Keep with ``turn`` that it was rated, and go on showing that while more comes of it."""
        with self._changed:
            job = self._jobs.get(turn.id)
            turn = replace(job.turn if job else turn, good=good, commented=commented)
            if job:
                self._set(job, turn)
            self._conversations.keep(turn)
        return turn

    def _work(self) -> None:
        while True:
            with self._changed:
                while not len(self._waiting):
                    self._changed.wait()
                job = self._waiting.take()
            try:
                for turn in self._answered(job):
                    if not self._set(job, turn):
                        break
                if not job.stopped:
                    self._conversations.keep(job.turn)
                    self._go_on(job)
            except Exception as error:  # the folder is gone, say: the next question may fare better
                log.error("An answer could not be kept.\n%s", log_text(error))
            finally:
                with self._changed:
                    self._jobs.pop(job.turn.id, None)

    def _set(self, job: Job, turn: Turn) -> bool:
        """Let everybody see what has become of ``job``, unless it was stopped."""
        with self._changed:
            if job.stopped and turn.trouble != "Stopped.":
                return False
            job.turn, job.version = turn, job.version + 1
            return True

    def _answered(self, job: Job) -> Iterator[Turn]:
        turn = job.turn
        evidence: Sequence[Evidence] = ()
        try:
            while (loading := self._backend.loading) and not (turn.quick and self._backend.assistant.done()):
                yield replace(turn, stage=loading)
                sleep(0.2)
            steps = self._assistant(turn).steps(turn.question, job.history, turn.quick)
            try:
                for step in steps:
                    if isinstance(step, Answer):
                        turn = replace(turn, record=record(step, evidence, self._backend.reader), stage="")
                    else:
                        evidence = step.evidence or evidence
                        turn = replace(turn, stage=step.text, record=partial(step.statements))
                    yield turn
            finally:
                steps.close()  # ends the request to a server
        except FootnoteError as error:
            yield replace(turn, trouble=str(error), stage="")
        except Exception as error:
            log.error("A question could not be answered.\n%s", log_text(error))
            trouble = "Something went wrong here; the terminal that runs the page says what."
            yield replace(turn, trouble=trouble, stage="")

    def _assistant(self, turn: Turn) -> Assistant:
        assistant = self._backend.assistant.result()
        if not turn.scope:
            return assistant
        return narrowed_to(assistant, ids(turn.scope, self._backend.article_list.folders()))

    def _go_on(self, job: Job) -> None:
        """Find questions to go on with, as long as nobody waits."""
        if job.turn.record.get("abstained", True):
            return
        with self._changed:
            if len(self._waiting) or self._changed.wait(PAUSE):
                return
        assistant = self._assistant(job.turn)
        found = tuple(following(job.turn.record, self._backend.reader, self._answers(assistant), self._is_busy))
        with self._changed:
            if found and self._set(job, replace(job.turn, next=found)):
                self._conversations.keep(job.turn)

    def _answers(self, assistant: Assistant) -> Callable[[str], bool]:
        """Whether the reader is sure of an answer to a question."""

        def sure(question: str) -> bool:
            *_, answer = assistant.steps(question, (), True)
            return isinstance(answer, Answer) and not answer.abstained

        return sure

    def _is_busy(self) -> bool:
        return len(self._waiting) > 0


def _forgotten(turn: Turn) -> Turn:
    """A question that was on its way when the page was ended."""
    return replace(turn, stage="", trouble="The page was ended before this was answered. Ask again.")
