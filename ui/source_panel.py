"""The source panel: which source a visitor sees beside the conversation."""

import gradio as gr

from index.errors import FootnoteError
from index.open import AnyLibrary
from ui.chat import Chat, owner
from ui.source import EMPTY, gone, panel
from ui.turn import Turn


class SourcePanel:
    """The handlers of the events that open a source."""

    def __init__(self, library: AnyLibrary, chat: Chat) -> None:
        self._library = library
        self._chat = chat

    def cite(self, key: str, id: str, request: gr.Request, event: gr.EventData) -> str:
        """The article that a footnote points at, with the quote marked."""
        turn = self._chat.turn(owner(key, request), id, str(event.turn))
        return self._source(turn, int(event.note), getattr(event, "as", "") == "text") if turn else EMPTY

    def read(self, event: gr.EventData) -> str:
        """An article from the list."""
        try:
            return panel(self._library.article(event.article))
        except FootnoteError:
            return gone()

    def first(self, turn: Turn) -> str:
        """The source that an answer cites first; an abstention cites none."""
        return self._source(turn, 1) if turn.statements and turn.quotes else EMPTY

    def refreshed(self, key: str, id: str, request: gr.Request) -> str:
        """What is to be seen now that an article was removed, or another branch is shown."""
        try:
            turns = self._chat.turns(owner(key, request), id)
        except FootnoteError:
            return EMPTY
        return self.first(turns[-1]) if turns else EMPTY

    def _source(self, turn: Turn, number: int, as_text: bool = False) -> str:
        quotes = turn.quotes
        if not 1 <= number <= len(quotes):
            return EMPTY
        try:
            return panel(self._library.article(quotes[number - 1].article), quotes, number, turn.id, as_text)
        except FootnoteError:
            return gone(quotes, number, turn.id)
