"""The chat: what happens when a visitor asks, stops, asks again, edits, rates, branches or opens a conversation.

Nothing of a visitor is held here: who they are and which conversation they see comes with each event from their
browser, what was said is in ``conversations.db``, and what is being said is in the queue.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from index.errors import FootnoteError, UsageError
from index.feedback import Feedback
from rag.question import checked, short
from ui import conversation
from ui.backend import Backend
from ui.conversations import Conversations
from ui.question_queue import QuestionQueue
from ui.scope import Scope
from ui.source import text
from ui.turn import Turn

POLLED = 0.05  # seconds between two looks at a question on its way
KEY = 16  # characters at least that tell one browser from another

View = tuple[Any, ...]  # the conversation's id, its HTML, what is refused, the buttons to ask and to stop


def owner(key: str, request: gr.Request | None) -> str:
    """Whose conversations an event is about: the account's, or those of the browser with this ``key``."""
    if request is not None and getattr(request, "username", None):
        return f"account:{request.username}"
    return f"browser:{key}" if len(key) >= KEY else ""


def _visitor(request: gr.Request | None) -> str:
    """Who takes turns with others: the account, or else the address, for a browser can have any number of keys."""
    client = getattr(request, "client", None)
    return owner("", request) or (client.host if client else "")


class StillAskedError(UsageError):
    """A question is on its way; the page says so no longer than until its answer."""


class Chat:
    """The handlers of the chat's events; ``id`` is the conversation that is seen, "" before its first question."""

    def __init__(self, backend: Backend, conversations: Conversations, queue: QuestionQueue) -> None:
        self._backend = backend
        self._conversations = conversations
        self._queue = queue

    def turns(self, owner: str, id: str) -> tuple[Turn, ...]:
        """The conversation as it is by now."""
        if not id:
            return ()
        *before, last = self._conversations.path(owner, id) or (None,)
        return (*before, self._queue.now(last)[0]) if last else ()

    def html(self, owner: str, id: str) -> str:
        """The conversation, or before its first question how to begin."""
        turns = self.turns(owner, id)
        if not turns:
            return conversation.welcome(len(self._backend.article_list.entries()), self._backend.examples)
        return conversation.as_html(id, turns, self._conversations.places(owner, id))

    def view(self, owner: str, id: str, refusal: FootnoteError | None = None) -> View:
        """What is shown of the conversation."""
        try:
            turns, html = self.turns(owner, id), self.html(owner, id)
        except FootnoteError as error:
            id, turns, refusal = "", (), refusal or error
            html = self.html(owner, "")
        waiting = bool(turns and turns[-1].stage)
        return id, html, _notice(refusal), gr.Button(visible=not waiting), gr.Button(visible=waiting)

    def ask(self, question: str, key: str, id: str, scope: str, quick: bool, request: gr.Request) -> View:
        """Put ``question`` at the end."""
        return self._asked(request, owner(key, request), id, question, None, Scope.loads(scope), quick)

    def suggestion(self, key: str, id: str, scope: str, quick: bool, request: gr.Request, event: gr.EventData) -> View:
        """Ask one of the suggested questions."""
        return self._asked(request, owner(key, request), id, str(event.question), None, Scope.loads(scope), quick)

    def retry(self, key: str, id: str, quick: bool, request: gr.Request, event: gr.EventData) -> View:
        """Ask a question once more, on a branch of its own."""
        who = owner(key, request)
        turn = self._turn(who, id, event)
        return self._asked(request, who, id, turn.question, turn, turn.scope, quick) if turn else self.view(who, id)

    def edit(self, key: str, id: str, quick: bool, request: gr.Request, event: gr.EventData) -> View:
        """Ask another question in the place of one, on a branch of its own."""
        who = owner(key, request)
        turn = self._turn(who, id, event)
        return (
            self._asked(request, who, id, str(event.question), turn, turn.scope, quick) if turn else self.view(who, id)
        )

    def _asked(
        self,
        request: gr.Request,
        owner: str,
        id: str,
        question: str,
        beside: Turn | None,
        scope: Scope,
        quick: bool,
    ) -> View:
        """The view after asking at the end, or in the place of the turn ``beside``; says what is refused, and why."""
        try:
            question = _fit(question)
        except UsageError as error:
            return _refused(error)
        try:
            if not owner:
                raise UsageError("This browser keeps nothing of this page: allow local storage, and load it again.")
            if not (self._backend.article_list.entries() or self._backend.loading):
                raise UsageError("There is nothing to ask about yet: add some articles, under Articles.")
            turns = self.turns(owner, id)
            if turns and turns[-1].stage:
                raise StillAskedError("One question at a time: wait for the answer, or press Stop.")
            parent = beside.parent if beside else turns[-1].id if turns else None
            before = self._before(owner, id, beside) if beside else turns
            id = id or self._conversations.begin(owner, question)
            turn = Turn(question, parent, scope, quick, stage="Waiting")
            self._conversations.add(owner, id, turn)
            self._queue.ask(turn, [t.exchange for t in before if t.answered], _visitor(request))
        except FootnoteError as error:
            return self.view(owner, id, error)
        return self.view(owner, id)

    async def follow(self, owner: str, id: str) -> AsyncIterator[tuple[Turn, View]]:
        """The last question, as it gets on, and what is shown of it, until nothing more will come."""
        path = self._path(owner, id)
        while path:
            turn, version = self._queue.now(path[-1])
            _, html, _, *buttons = self.view(owner, id)
            yield turn, (html, *buttons)
            if version < 0:
                return
            while self._queue.now(path[-1])[1] == version:
                await asyncio.sleep(POLLED)

    def _path(self, owner: str, id: str) -> tuple[Turn, ...]:
        try:
            return self._conversations.path(owner, id) if id else ()
        except FootnoteError:
            return ()

    def stop(self, key: str, id: str, request: gr.Request) -> View:
        """Give up the last question, if that is still on its way; what was said until then stays."""
        who = owner(key, request)
        if (turns := self._path(who, id)) and self._queue.now(turns[-1])[0].stage:
            self._queue.stop(turns[-1])
        return self.view(who, id)

    def branch(self, key: str, id: str, request: gr.Request, event: gr.EventData) -> View:
        """Show another branch of the conversation."""
        who = owner(key, request)
        turns = self._path(who, id)
        if turns and self._queue.now(turns[-1])[0].stage:
            return self.view(who, id, StillAskedError("Wait for the answer, or press Stop."))
        if turns:
            self._conversations.show(who, id, str(event.turn))
        return self.view(who, id)

    def redraw(self, key: str, id: str, request: gr.Request) -> str:
        """The conversation once more, now that there are other articles."""
        return str(self.view(owner(key, request), id)[1])

    def rate(self, key: str, id: str, request: gr.Request, event: gr.EventData) -> View:
        """Keep in the library what the visitor says of an answer."""
        who = owner(key, request)
        turn = self._turn(who, id, event)
        if turn and turn.answered:
            comment = str(event.comment).strip()
            turn = self._queue.rate(turn, event.good == "true", bool(comment))
            before = [t.question for t in self._before(who, id, turn) if t.answered]
            self._backend.writer.rate(Feedback(turn.id, bool(turn.good), comment, tuple(before), turn.record))
        return self.view(who, id)

    def turn(self, owner: str, id: str, turn: str) -> Turn | None:
        """The turn with the id ``turn``, if it is in the conversation that is shown."""
        try:
            return next((t for t in self.turns(owner, id) if t.id == turn), None)
        except FootnoteError:
            return None

    def _turn(self, owner: str, id: str, event: gr.EventData) -> Turn | None:
        return self.turn(owner, id, str(event.turn))

    def _before(self, owner: str, id: str, turn: Turn) -> tuple[Turn, ...]:
        turns = self._path(owner, id)
        return turns[: next((n for n, t in enumerate(turns) if t.id == turn.id), 0)]


def _fit(question: str) -> str:
    """``question`` without surrounding blanks; raises UsageError, in the page's words, for an empty or long one."""
    try:
        question = checked(question)
    except UsageError:
        raise UsageError("Type a question first.") from None
    return short(question)


def _refused(error: FootnoteError) -> View:
    """The view as it was, whatever has been asked meanwhile, with what is refused."""
    return gr.skip(), gr.skip(), _notice(error), gr.skip(), gr.skip()


def _notice(error: FootnoteError | None) -> str:
    if error is None:
        return ""
    until = ' data-until="answered"' if isinstance(error, StillAskedError) else ""
    return f'<p class="refused" role="alert"{until}>{text(str(error))}</p>'
