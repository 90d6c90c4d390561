"""The backend: what all visitors share, the library and, once its models are loaded, the assistant."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from index.open import AnyLibrary
from rag.assistant import Assistant
from rag.catalog import READER_ALONE, default
from rag.models import Models, at_once
from ui.article_list import ArticleList
from ui.suggestions import READ, examples, sure_of

log = logging.getLogger(__name__)


class Backend:
    """A library that is read and written side by side, and an assistant that is loaded in the background.

    ``assistant`` is there as soon as it can answer quickly; ``loaded`` is done when the writer is there, too.
    ``reader`` serves the visitors; ``writer`` adds and removes articles over a connection of its own, so that
    questions are answered meanwhile. ``folder`` is where the page keeps what belongs to the library.
    """

    def __init__(self, reader: AnyLibrary, writer: AnyLibrary, folder: Path, model: str | None = None) -> None:
        self.reader = reader
        self.writer = writer
        self.folder = folder
        self.uploads = folder / "uploads"
        self.article_list = ArticleList(reader, self.uploads)
        self.loading = "Starting"
        self.assistant: Future[Assistant] = Future()
        self.loaded: Future[None] = Future()
        self.model = model or default()
        self.trouble = ""  # why a model that was chosen is not in use
        self.at_once = at_once(self.model)  # visitors that are answered side by side; others see their place in line
        self.examples: list[str] = []  # questions that are answered
        self.is_busy: Callable[[], bool] = lambda: False  # whether visitors wait for the model
        self._exemplified = ""  # the state of the library that they are from
        self._choosing = threading.Lock()

    def start(self, first: Sequence[Path] = ()) -> None:
        """Load the models in a thread of their own, after indexing ``first``; ``loading`` says how far that is."""
        threading.Thread(target=self._start, args=[first], daemon=True).start()

    def ready(self, quick: bool) -> Assistant:
        """The assistant, once it can answer in whole or, sooner, ``quick``; raises what loading it raised."""
        if not quick:
            self.loaded.result()
        return self.assistant.result()

    def use(self, model: str) -> None:
        """Load the writer called ``model`` for the questions to come; they wait for it, as for the first one."""
        if not self.loading and model != self.model:
            self.loading, self.trouble = f"Loading {model}", ""
            threading.Thread(target=self._use, args=[model], daemon=True).start()

    def refresh(self) -> None:
        """Choose other examples if the library has changed, or wait for who is doing so."""
        if not self.assistant.done():
            return
        with self._choosing:
            generation = self.article_list.generation()
            if generation == self._exemplified:
                return
            try:
                made = examples(self.reader.articles(READ))
                self.examples = sure_of(made, self._is_answered)
                self._exemplified = generation
            except Exception:  # an article that is removed meanwhile, say: then there are none
                log.warning("No example questions could be chosen.", exc_info=True)

    def _is_answered(self, question: str) -> bool:
        while self.is_busy():
            time.sleep(0.1)
        return not self.assistant.result().ask(question, quick=True).abstained

    def _start(self, first: Sequence[Path]) -> None:
        try:
            if first:
                self.loading = f"Reading the articles in {', '.join(path.name for path in first)}"
                self.writer.sync(first)
            self.loading = "Loading the models"
            assistant = Assistant(self.reader, Models(self.model))
            assistant.ask("Is it warm?", quick=True)
            self.assistant.set_result(assistant)
            if self.model != READER_ALONE:
                self.loading = "Loading the writer; quick answers can be had already"
            assistant.warm_up()
            self.loading = ""
            self.loaded.set_result(None)
        except BaseException as error:
            self.loading = f"The models can't be loaded: {error}"
            for promised in (self.assistant, self.loaded):
                if not promised.done():
                    promised.set_exception(error)
        else:
            self.refresh()

    def _use(self, model: str) -> None:
        try:
            models = self.assistant.result().models.with_writer(model)
            models.wait()
            assistant: Future[Assistant] = Future()
            assistant.set_result(Assistant(self.reader, models))
            self.assistant, self.model, self.at_once = assistant, model, models.at_once
        except Exception as error:  # the model before goes on answering
            self.trouble = f"{model} can’t be loaded: {error}"
        finally:
            self.loading = ""
