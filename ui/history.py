"""The history: the list of a visitor's conversations as HTML, and what can be done with each."""

import json
from collections.abc import Sequence

import gradio as gr

from index.errors import FootnoteError
from ui.chat import Chat, owner
from ui.conversations import LISTED, Conversation, Conversations
from ui.export import markdown
from ui.source import text


class History:
    """The handlers of the list's events."""

    def __init__(self, conversations: Conversations, chat: Chat) -> None:
        self._conversations = conversations
        self._chat = chat

    def listed(self, key: str, id: str, words: str, request: gr.Request) -> str:
        """The conversations that hold ``words``, the one that is open marked."""
        return listing(self._conversations.listed(owner(key, request), words), words, id)

    def open(self, event: gr.EventData) -> str:
        """The id of the conversation to be shown."""
        return str(event.id)

    def rename(self, key: str, id: str, words: str, request: gr.Request, event: gr.EventData) -> str:
        """Call a conversation something else."""
        try:
            self._conversations.rename(owner(key, request), str(event.id), str(event.title))
        except FootnoteError as error:
            gr.Warning(str(error))
        return self.listed(key, id, words, request)

    def remove(self, key: str, id: str, words: str, request: gr.Request, event: gr.EventData) -> str:
        """Forget a conversation; returns the id of the one that is shown then."""
        self._chat.stop(key, str(event.id), request)
        try:
            self._conversations.delete(owner(key, request), str(event.id))
        except FootnoteError as error:
            gr.Warning(str(error))
        return "" if event.id == id else id

    def export(self, key: str, id: str, request: gr.Request) -> str:
        """The conversation that is shown as a file: its name and its text, as JSON."""
        who = owner(key, request)
        title = self._conversations.title(who, id) if id else "conversation"
        text = markdown(title, self._chat.turns(who, id))
        return json.dumps({"name": f"{title[:60]}.md", "text": text})

    def export_other(self, key: str, id: str, request: gr.Request, event: gr.EventData) -> str:
        """As ``export``, of any conversation in the list."""
        return self.export(key, str(event.id), request)


def listing(found: Sequence[Conversation], words: str, shown: str = "") -> str:
    """``found``, the conversations in which ``words`` were said; ``shown`` is the one that is open."""
    rows = "".join(_row(c, c.id == shown) for c in found)
    if rows:
        more = (
            f'<p class="empty">Only the last {LISTED} are shown: search for others.</p>' if len(found) == LISTED else ""
        )
        return f'<ul class="conversations">{rows}</ul>{more}'
    return (
        f'<p class="empty">{"No conversation holds these words." if words else "There are no conversations yet."}</p>'
    )


def _row(conversation: Conversation, shown: bool) -> str:
    title, at = text(conversation.title), conversation.changed
    current = ' aria-current="true"' if shown else ""
    tools = "".join(
        f'<button class="tool" data-do="{name}" aria-label="{label} {title}">{label}</button>'
        for name, label in (("rename", "Rename"), ("export", "Export"), ("delete", "Delete"))
    )
    return (
        f'<li data-id="{text(conversation.id)}" data-title="{title}"><button class="title" data-do="open" dir="auto"'
        f'{current}>{title}</button><time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{at:%Y-%m-%d %H:%M} UTC</time>'
        f'<span class="tools">{tools}</span></li>'
    )
