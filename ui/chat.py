"""The chat: what happens to a visitor's conversation when they ask, stop, retry, edit, rate or follow a footnote.

Conversations are tuples of turns that travel with the visitor's session; all that is remembered here is which questions
were stopped while the model read for them, so that what it still says changes nothing.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from index.errors import FootnoteError
from index.feedback import Feedback
from rag.answer import Answer
from rag.question import checked
from ui import conversation
from ui.backend import Backend
from ui.conversation import Turn
from ui.examples import READ, examples
from ui.source import panel, text

log = logging.getLogger(__name__)

Turns = tuple[Turn, ...]
View = tuple[Turns, str, gr.Button, gr.Button]  # the conversation, its HTML, the buttons to ask and to stop


class Chat:
    """The handlers of the chat's events; each takes a conversation and returns the view of what becomes of it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._stopped: set[str] = set()  # ids of turns

    def html(self, turns: Turns) -> str:
        """The conversation, or before the first question how to begin."""
        articles = self._backend.reader.entries()
        if turns:
            return conversation.as_html(turns, {a.id: a.title for a in articles})
        if not articles:
            return (
                '<div class="welcome"><h2>There is nothing to ask about yet</h2><p>Drop files under “Articles”, or run '
                "<code>rag index FOLDER</code>. Then ask: every answer shows the sentence that proves it.</p></div>"
            )
        many = f"{len(articles)} articles" if len(articles) > 1 else f"“{text(articles[0].title)}”"
        buttons = "".join(
            f'<button class="example" data-do="ask" data-question="{text(q)}">{text(q)}</button>'
            for q in examples(self._backend.reader.articles(READ))
        )
        return (
            f'<div class="welcome"><h2>Ask about {many}</h2><p>Each answer comes with footnotes: point at one, and the '
            f"article shows the sentence that proves it.</p><div>{buttons}</div></div>"
        )

    def view(self, turns: Turns) -> View:
        """What is shown of ``turns``: their HTML, and whether to ask or to stop."""
        waiting = bool(turns and turns[-1].stage)
        return turns, self.html(turns), gr.Button(visible=not waiting), gr.Button(visible=waiting)

    def ask(self, question: str, turns: Turns) -> View:
        """Put ``question`` at the end, where it waits for the model."""
        return self._asked(question, turns, len(turns))

    def example(self, turns: Turns, event: gr.EventData) -> View:
        """Ask one of the examples."""
        return self._asked(event.question, turns, len(turns))

    def retry(self, turns: Turns, event: gr.EventData) -> View:
        """Ask a question once more, and forget what came after it."""
        return self._asked(turns[int(event.turn)].question, turns, int(event.turn))

    def edit(self, turns: Turns, event: gr.EventData) -> View:
        """Ask another question in the place of one, and forget what came after it."""
        return self._asked(event.question, turns, int(event.turn))

    def _asked(self, question: str, turns: Turns, place: int) -> View:
        if turns and turns[-1].stage:
            raise gr.Error("One question at a time: wait for the answer, or stop it.", print_exception=False)
        try:
            return self.view((*turns[:place], Turn(checked(question), stage="Waiting")))
        except FootnoteError:
            raise gr.Error("Type a question first.", print_exception=False) from None

    def answer(self, turns: Turns) -> Iterator[tuple[Any, ...]]:
        """The view again and again, as the last question gets on.

        The conversation itself changes only with the outcome: a stage that reaches the session after Stop would have
        the question on its way for ever.
        """
        *before, last = turns
        for turn in self._answered(last, before):
            if last.id in self._stopped:
                return
            now, *shown = self.view((*before, turn))
            yield (gr.skip() if turn.stage else now, *shown)

    def _answered(self, turn: Turn, before: Sequence[Turn]) -> Iterator[Turn]:
        try:
            while self._backend.loading:
                yield replace(turn, stage=self._backend.loading)
                time.sleep(0.2)
            history = [t.question for t in before if t.answer]
            for step in self._backend.assistant.result().steps(turn.question, history):
                if isinstance(step, Answer):
                    turn = replace(turn, answer=step, stage="")
                else:
                    turn = replace(turn, stage=step.text, evidence=step.evidence)
                yield turn
        except FootnoteError as error:
            yield replace(turn, trouble=str(error), stage="")
        except Exception:
            log.exception("A question could not be answered.")
            trouble = "Something went wrong here; the terminal that runs the page says what."
            yield replace(turn, trouble=trouble, stage="")

    def stop(self, turns: Turns) -> View:
        """Give up the last question, if that is still on its way."""
        if turns and turns[-1].stage:
            self._stopped.add(turns[-1].id)
            turns = (*turns[:-1], replace(turns[-1], trouble="Stopped.", stage=""))
        return self.view(turns)

    def new(self, turns: Turns) -> View:
        """Begin another conversation, and give up what is on its way in this one."""
        self.stop(turns)
        return self.view(())

    def rate(self, turns: Turns, event: gr.EventData) -> View:
        """Keep in the library what the visitor says of an answer."""
        number = int(event.turn)
        turn = turns[number]
        comment = str(event.comment).strip()
        turn = replace(turn, good=event.good == "true", commented=bool(comment))
        if turn.answer:
            history = tuple(t.question for t in turns[:number] if t.answer)
            rating = Feedback(turn.id, bool(turn.good), comment, history, turn.answer.as_json())
            self._backend.writer.rate(rating)
        return self.view((*turns[:number], turn, *turns[number + 1 :]))

    def cite(self, turns: Turns, event: gr.EventData) -> str:
        """The article that a footnote points at, with the quote marked."""
        return self._source(turns[int(event.turn)], int(event.note))

    def ended(self, turns: Turns) -> tuple[Any, ...]:
        """What is shown once an answer is there or was stopped: the view without the conversation, and a source.

        A stage that was on its way to the page when Stop was pressed is shown after "Stopped."; this comes after both.
        """
        _, *shown = self.view(turns)
        return (*shown, self._first_source(turns))

    def _first_source(self, turns: Turns) -> Any:
        """The article of the last answer's first footnote; without an answer, what is shown stays."""
        answer = turns[-1].answer if turns else None
        return self._source(turns[-1], 1) if answer and not answer.abstained else gr.skip()

    def _source(self, turn: Turn, number: int) -> str:
        quote = turn.quotes[number - 1]
        try:
            return panel(self._backend.reader.article(quote.article), turn.quotes, number)
        except FootnoteError:
            return f'<p class="trouble">{text(quote.article)} is no longer in the library.</p>'
