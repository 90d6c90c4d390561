"""The page: its layout, and which event calls what."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import FootnoteError
from index.reader import READERS
from ui import articles
from ui.api import endpoints
from ui.backend import Backend
from ui.chat import Chat
from ui.conversation import as_markdown
from ui.source import panel, text

HERE = Path(__file__).parent
STYLE = f"<style>{(HERE / 'page.css').read_text(encoding='utf-8')}</style>"
SYSTEM = ["system-ui", "sans-serif"]  # fonts that are there: none is fetched
THEME = gr.themes.Base(primary_hue="indigo", neutral_hue="slate", font=SYSTEM, font_mono=["ui-monospace", "monospace"])
OWN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}  # the page's events are no endpoints
AT_ONCE: dict[str, Any] = OWN | {"queue": False}
IN_LINE: dict[str, Any] = OWN | {"show_progress": "minimal"}
DOWNLOAD = """(text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], {type: "text/markdown"}));
    link.download = "conversation.md";
    link.click();
}"""


def build(backend: Backend) -> gr.Blocks:
    """The page on ``backend``, not launched yet."""
    page: gr.Blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True)
    with page:
        endpoints(backend, model_queue(backend))  # first, so that they get the names they ask for
        gr.HTML("<h1>Footnote</h1><p>Answers from your articles, each with its proof</p>", elem_id="head")
        Page(backend).lay_out(page)
    return page


def model_queue(backend: Backend) -> dict[str, Any]:
    """The one line in which visitors stand for the model, as settings of an event."""
    return {"concurrency_id": "model", "concurrency_limit": backend.at_once}


class Page:
    """The components that events pass between; the conversation itself is in each visitor's own state."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._chat = Chat(backend)

    def lay_out(self, page: gr.Blocks) -> None:
        """Put everything on ``page``: the chat and the articles as tabs, the source beside them."""
        self.turns = gr.State(())
        self.loading = _html("loading")
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=3, elem_id="main"), gr.Tabs():
                with gr.Tab("Ask"):
                    self._lay_out_chat()
                with gr.Tab("Articles"):
                    self._lay_out_articles()
            with gr.Column(scale=2, elem_id="beside", min_width=280):
                self.source = _html("source", '<p class="empty">Point at a footnote: its source is shown here.</p>')
        self._wire_chat()
        self._wire_sources()
        self._wire_articles()
        page.load(self._chat.html, self.turns, self.conversation, **AT_ONCE)
        opened = page.load(self._open, None, [self.loading, self.listing], concurrency_limit=None, **OWN)
        opened.then(self._chat.html, self.turns, self.conversation, **AT_ONCE)

    def _lay_out_chat(self) -> None:
        self.conversation = _html("conversation")
        self.place = _html("place")  # in the line for the model: Gradio counts there
        with gr.Row(elem_id="asking"):
            self.box = gr.Textbox(
                label="Your question",
                show_label=False,
                placeholder="Ask about the articles",
                lines=1,
                max_lines=6,
                max_length=2000,
                autofocus=True,
                container=False,
                scale=5,
            )
            self.send = gr.Button("Ask", variant="primary", scale=0, min_width=90)
            self.stop = gr.Button("Stop", variant="stop", scale=0, min_width=90, visible=False)
        with gr.Row(elem_id="after"):
            self.new = gr.Button("New conversation", size="sm", scale=0, min_width=160)
            self.save = gr.Button("Save as Markdown", size="sm", scale=0, min_width=160)
        self.markdown = gr.Textbox(visible="hidden", label="Conversation as Markdown")

    def _lay_out_articles(self) -> None:
        self.files = gr.File(
            label=f"Add articles: drop {', '.join(READERS)} files here",
            file_count="multiple",
            file_types=list(READERS),
            height=160,
        )
        self.outcome = _html("outcome")
        self.listing = _html("articles")

    def _wire_chat(self) -> None:
        view = [self.turns, self.conversation, self.send, self.stop]
        asked = [
            gr.on([self.box.submit, self.send.click], self._chat.ask, [self.box, self.turns], view, **AT_ONCE),
            self.conversation.example(self._chat.example, self.turns, view, **AT_ONCE),
            self.conversation.retry(self._chat.retry, self.turns, view, **AT_ONCE),
            self.conversation.edit(self._chat.edit, self.turns, view, **AT_ONCE),
        ]
        asked[0].success(lambda: "", None, self.box, **AT_ONCE)
        queue = IN_LINE | model_queue(self._backend)
        answered = [
            event.success(self._chat.answer, self.turns, view, **queue, show_progress_on=self.place) for event in asked
        ]
        for event in answered:
            event.then(self._chat.ended, self.turns, [*view[1:], self.source], **AT_ONCE)
        self.stop.click(self._chat.stop, self.turns, view, cancels=answered, **AT_ONCE)
        self.new.click(self._chat.new, self.turns, view, cancels=answered, **AT_ONCE)
        self.conversation.rate(self._chat.rate, self.turns, view, **AT_ONCE)
        saved = self.save.click(as_markdown, self.turns, self.markdown, **AT_ONCE)
        saved.then(None, self.markdown, None, js=DOWNLOAD)

    def _wire_sources(self) -> None:
        self.conversation.cite(self._chat.cite, self.turns, self.source, **AT_ONCE)
        self.listing.read(self._read, None, self.source, **AT_ONCE)

    def _wire_articles(self) -> None:
        shown = [self.outcome, self.listing]
        added = self.files.upload(self._add, self.files, shown, concurrency_id="writing", **OWN)
        added.then(lambda: None, None, self.files, **AT_ONCE)
        removed = self.listing.remove(self._remove, None, shown, concurrency_id="writing", **OWN)
        for event in (added, removed):
            event.then(self._chat.html, self.turns, self.conversation, **AT_ONCE)

    def _open(self) -> Iterator[tuple[str, str]]:
        """How far loading is, and the articles that are there already, until all is there."""
        while loading := self._backend.loading:
            yield f'<p role="status">{text(loading)}…</p>', articles.listing(self._backend.reader)
            time.sleep(0.5)
        yield "", articles.listing(self._backend.reader)

    def _read(self, event: gr.EventData) -> str:
        try:
            return panel(self._backend.reader.article(event.article))
        except FootnoteError as error:
            return f'<p class="trouble">{text(str(error))}</p>'

    def _add(self, files: list[str]) -> Iterator[tuple[str, str]]:
        for done in articles.add(self._backend, [Path(file) for file in files]):
            yield articles.results(done, len(files)), articles.listing(self._backend.reader)

    def _remove(self, event: gr.EventData) -> tuple[str, str]:
        try:
            says = articles.remove(self._backend, event.article)
        except FootnoteError as error:
            says = str(error)
        return f'<p role="status">{text(says)}</p>', articles.listing(self._backend.reader)


def _html(name: str, value: str = "") -> Any:
    """A part of the page that is our own HTML, with the script ``name.js`` where there is one."""
    script = HERE / f"{name}.js"
    return gr.HTML(
        value,
        elem_id=name,
        js_on_load=script.read_text(encoding="utf-8") if script.exists() else None,
        apply_default_css=False,
    )
