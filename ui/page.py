"""The page: its layout, and which event calls what."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from ui.api import endpoints
from ui.article_list import ListQuery
from ui.articles import Articles, dropzone
from ui.backend import Backend
from ui.chat import Chat, owner
from ui.conversations import Conversations
from ui.history import History
from ui.picker import Picker
from ui.question_queue import QuestionQueue
from ui.source import EMPTY
from ui.source_panel import SourcePanel
from ui.uploads import LARGEST, Uploads

HERE = Path(__file__).parent
HEAD = (
    '<link rel="icon" type="image/svg+xml" href="favicon.ico">'
    f"<style>{(HERE / 'page.css').read_text(encoding='utf-8')}</style>"
    f"<script>{(HERE / 'page.js').read_text(encoding='utf-8')}</script>"
)
SYSTEM = ["system-ui", "sans-serif"]  # fonts that are there: none is fetched
THEME = gr.themes.Base(primary_hue="indigo", neutral_hue="slate", font=SYSTEM, font_mono=["ui-monospace", "monospace"])
UNREAD = (3600, 24 * 3600)  # seconds: how often files on their way in are looked through, and from what age on deleted
OWN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}  # the page's events are no endpoints
AT_ONCE: dict[str, Any] = OWN | {"queue": False}
BESIDE: dict[str, Any] = OWN | {"concurrency_limit": None}
FOLLOWED: dict[str, Any] = BESIDE | {"trigger_mode": "multiple"}
EACH: dict[str, Any] = AT_ONCE | {"trigger_mode": "multiple"}  # events that come quickly after one another


def build(backend: Backend) -> gr.Blocks:
    """The page on ``backend``, not launched yet."""
    page: gr.Blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True, delete_cache=UNREAD)
    with page:
        endpoints(backend, model_queue(backend))  # first, so that they get the names they ask for
        gr.HTML("<h1>Footnote</h1><p>Answers from your articles, each with its proof</p>", elem_id="head")
        Page(backend).lay_out(page)
    return page


def model_queue(backend: Backend) -> dict[str, Any]:
    """The queue in which programs stand for the model, as settings of an event."""
    return {"concurrency_id": "model", "concurrency_limit": backend.at_once}


class Page:
    """The components that events pass between.

    What a visitor sees is known to their browser alone, in the hidden fields ``key`` (who they are, where there are no
    accounts), ``current`` (the conversation) and ``scope``: a reload, or a page that was restarted, changes nothing.
    """

    def __init__(self, backend: Backend) -> None:
        conversations = Conversations(backend.folder)
        self._chat = Chat(backend, conversations, QuestionQueue(backend, conversations))
        self._history = History(conversations, self._chat)
        self._articles = Articles(backend, Uploads(backend))
        self._source_panel = SourcePanel(backend.reader, self._chat)
        self._picker = Picker(backend)

    def lay_out(self, page: gr.Blocks) -> None:
        """Put everything on ``page``: tabs on the left, the source beside them."""
        self.key, self.current, self.scope, self.saved = map(_hidden, ("key", "current", "scope", "saved"))
        self.query = gr.State(ListQuery())
        self.loading = _html("loading")
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=3, elem_id="main", min_width=0), gr.Tabs(elem_id="tabs"):
                with gr.Tab("Ask"):
                    self._lay_out_chat()
                with gr.Tab("History"):
                    self.sought = gr.Textbox(label="Search the conversations", lines=1, max_lines=1, elem_id="sought")
                    self.history = _html("history")
                with gr.Tab("Articles"):
                    self.drop = _html("drop", dropzone(LARGEST))
                    self.outcome = _html("outcome")
                    self.listing = _html("articles")
                with gr.Tab("Settings") as self.settings:
                    self._lay_out_settings()
            with gr.Column(scale=2, elem_id="beside", min_width=0):
                self.source = _html("source", EMPTY)
        self.me = [self.key, self.current]
        self.view = [self.current, self.conversation, self.refused, self.send, self.stop]
        self._wire_chat()
        self._wire_history()
        self._wire_articles()
        self._wire_settings()
        self._wire_opening(page)

    def _lay_out_chat(self) -> None:
        self.conversation = _html("conversation")
        with gr.Column(elem_id="asking"):
            self.refused = _html("refused")
            self.chosen = _html("chosen")
            with gr.Row(elem_id="line"):
                self.box = gr.Textbox(
                    label="Your question",
                    show_label=False,
                    placeholder="Ask about the articles",
                    lines=1,
                    max_lines=6,
                    autofocus=True,
                    container=False,
                    scale=5,
                    elem_id="box",
                )
                self.send = gr.Button("Ask", variant="primary", scale=0, min_width=90)
                self.stop = gr.Button("Stop", variant="stop", scale=0, min_width=90, visible=False)
        with gr.Row(elem_id="after"):
            self.new = gr.Button("New conversation", size="sm", scale=0, min_width=150)
            self.save = gr.Button("Save as Markdown", size="sm", scale=0, min_width=150)

    def _lay_out_settings(self) -> None:
        self.quick = gr.Checkbox(
            label="Quick answers", info="A sentence of the articles as it stands, at once.", elem_id="quick"
        )
        self.theme = gr.Radio(
            ["As the system", "Light", "Dark"], value="As the system", label="Colours", elem_id="theme"
        )
        self.model = _html("model", self._picker.html())

    def _wire_chat(self) -> None:
        me, view = self.me, self.view
        typed = [self.box, *me, self.scope, self.quick]
        asked = [
            gr.on([self.box.submit, self.send.click], self._chat.ask, typed, view, **EACH),
            self.conversation.example(self._chat.suggestion, typed[1:], view, **AT_ONCE),
            self.conversation.retry(self._chat.retry, [*me, self.quick], view, **AT_ONCE),
            self.conversation.edit(self._chat.edit, [*me, self.quick], view, **AT_ONCE),
        ]
        asked[0].then(
            None, [self.box, self.refused], self.box, js="(typed, refused) => footnote.left(typed, refused)", **OWN
        )
        self.box.input(None, None, self.refused, js="() => ''", **EACH)
        self.box.change(None, self.box, None, js="(typed) => footnote.keep('draft', typed)", **OWN)
        self.followers = [self._followed(event) for event in asked]
        self.stop.click(self._chat.stop, me, view, **AT_ONCE)
        self.new.click(self._new, None, [*view, self.source], cancels=self.followers, **AT_ONCE)
        self.conversation.rate(self._chat.rate, me, view, **AT_ONCE)
        branched = self.conversation.branch(self._chat.branch, me, view, **AT_ONCE)
        branched.then(self._source_panel.refreshed, me, self.source, **AT_ONCE)
        for place in (self.conversation, self.source):
            place.cite(self._source_panel.cite, me, self.source, **EACH)
        self._saved(self.save.click(self._history.export, me, self.saved, **AT_ONCE))

    def _wire_history(self) -> None:
        mine = [*self.me, self.sought]
        for event in (self.history.refresh, self.sought.change):
            event(self._history.listed, mine, self.history, **EACH)
        self.history.rename(self._history.rename, mine, self.history, **AT_ONCE)
        shown = [*self.view, self.source]
        removed = self.history.remove(self._history.remove, mine, self.current, **AT_ONCE)
        removed.then(self._opened, self.me, shown, **AT_ONCE).then(self._history.listed, mine, self.history, **AT_ONCE)
        self._saved(self.history.export(self._history.export_other, self.me, self.saved, **AT_ONCE))
        for place in (self.history, self.conversation):
            opened = place.open(self._history.open, None, self.current, cancels=self.followers, **AT_ONCE)
            self.followers.append(self._followed(opened.then(self._opened, self.me, shown, **AT_ONCE)))

    def _wire_articles(self) -> None:
        handlers, both = self._articles, [self.outcome, self.listing]
        for event, handler in (
            (self.drop.arrive, handlers.add),
            (self.drop.cancel, handlers.cancel),
            (self.outcome.refresh, handlers.refresh),
            (self.outcome.cancel, handlers.cancel),
            (self.outcome.resolve, handlers.resolve),
        ):
            event(handler, [self.key, self.query], both, **EACH)
        self.outcome.ready(self._chat.redraw, self.me, self.conversation, **AT_ONCE)
        self.listing.list(handlers.listed, None, [self.query, self.listing], **EACH)
        self.listing.read(self._source_panel.read, None, self.source, **AT_ONCE)
        removed = self.listing.remove(handlers.remove, self.query, both, concurrency_id="writing", **OWN)
        removed.then(self._chat.redraw, self.me, self.conversation, **AT_ONCE)
        removed.then(self._source_panel.refreshed, self.me, self.source, **AT_ONCE)
        self.listing.choose(handlers.choose, None, self.scope, **AT_ONCE).then(
            handlers.chosen, self.scope, self.chosen, **AT_ONCE
        )
        self.scope.change(None, self.scope, None, js="(scope) => footnote.keep('scope', scope)", **OWN)
        self.chosen.all(lambda: ("", ""), None, [self.scope, self.chosen], **AT_ONCE)

    def _wire_opening(self, page: gr.Blocks) -> None:
        known = [self.key, self.current, self.scope, self.quick, self.theme]
        page.load(None, None, self.box, js="() => footnote.draft()", **OWN)
        opened = page.load(_as_known, known, known, js="() => footnote.known()", **AT_ONCE)
        shown = opened.then(self._opened, self.me, [*self.view, self.source], **AT_ONCE)
        self.followers.append(self._followed(shown))
        shown.then(self._articles.chosen, self.scope, self.chosen, **AT_ONCE)
        shown.then(self._articles.refresh, [self.key, self.query], [self.outcome, self.listing], **AT_ONCE)
        ready = page.load(self._articles.loading, None, self.loading, **BESIDE)
        ready.then(self._chat.redraw, self.me, self.conversation, **AT_ONCE)

    def _wire_settings(self) -> None:
        self.settings.select(self._picker.html, None, self.model, **AT_ONCE)
        used = self.model.use(self._picker.use, None, self.model, **AT_ONCE)
        loaded = used.then(self._articles.loading, None, self.loading, **BESIDE)
        loaded.then(self._picker.html, None, self.model, **AT_ONCE)
        self.quick.change(None, self.quick, None, js="(quick) => footnote.keep('quick', quick)", **OWN)
        self.theme.change(None, self.theme, None, js="(theme) => footnote.choose(theme)", **OWN)

    def _followed(self, event: Any) -> Any:
        """The visitor's last question, followed after ``event``."""
        shown = [self.conversation, self.send, self.stop, self.source]
        return event.then(self._follow, [*self.me, self.refused], shown, **FOLLOWED)

    def _saved(self, event: Any) -> None:
        event.then(None, self.saved, None, js="(saved) => footnote.download(saved)", **OWN)

    async def _follow(self, key: str, id: str, refused: str, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """What comes of the last question, with its first source; after one that was refused the source stays."""
        shown = bool(refused)
        yield (gr.skip(),) * 4
        async for turn, view in self._chat.follow(owner(key, request), id):
            answered = not turn.stage and not shown
            yield *view, self._source_panel.first(turn) if answered else gr.skip()
            shown = shown or answered

    def _opened(self, key: str, id: str, request: gr.Request) -> tuple[Any, ...]:
        """A conversation, with the source that its last answer cites first."""
        who = owner(key, request)
        view = self._chat.view(who, id)
        turns = self._chat.turns(who, view[0])
        return (*view, self._source_panel.first(turns[-1]) if turns else EMPTY)

    def _new(self) -> tuple[Any, ...]:
        return (*self._chat.view("", ""), EMPTY)


def _as_known(*known: Any) -> tuple[Any, ...]:
    """What the browser knows, taken into the fields."""
    return known


def _hidden(name: str) -> gr.Textbox:
    return gr.Textbox(visible="hidden", label=name, elem_id=f"hidden-{name}")


def _html(name: str, value: str = "") -> Any:
    """A part of the page that is our own HTML, with the script ``name.js`` where there is one."""
    script = HERE / f"{name}.js"
    return gr.HTML(
        value,
        elem_id=name,
        js_on_load=script.read_text(encoding="utf-8") if script.exists() else None,
        apply_default_css=False,
    )
