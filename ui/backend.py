"""The backend: what all visitors share, the library and, once its models are loaded, the assistant."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from index.open import AnyLibrary
from rag.assistant import Assistant
from rag.models import DEFAULT, at_once, load
from ui.catalogue import Catalogue
from ui.suggestions import READ, examples, sure_of

log = logging.getLogger(__name__)


class Backend:
    """A library that is read and written side by side, and an assistant that is loaded in the background.

    ``reader`` serves the visitors; ``writer`` adds and removes articles over a connection of its own, so that
    questions are answered meanwhile. ``folder`` is where the page keeps what belongs to the library.
    """

    def __init__(self, reader: AnyLibrary, writer: AnyLibrary, folder: Path, model: str | None = None) -> None:
        self.reader = reader
        self.writer = writer
        self.folder = folder
        self.uploads = folder / "uploads"
        self.catalogue = Catalogue(reader, self.uploads)
        self.loading = "Starting"
        self.assistant: Future[Assistant] = Future()
        self.model = model or DEFAULT
        self.at_once = at_once(model)  # visitors that are answered side by side; the others see their place in line
        self.tries = self.at_once == 1  # a model on a server is asked only what somebody asks
        self.examples: list[str] = []  # questions that are answered
        self.is_busy: Callable[[], bool] = lambda: False  # whether visitors wait for the model
        self._exemplified = ""  # the state of the library that they are from
        self._choosing = threading.Lock()
        self._name = model

    def start(self, first: Sequence[Path] = ()) -> None:
        """Load the models in a thread of their own, after indexing ``first``; ``loading`` says how far that is."""
        threading.Thread(target=self._start, args=[first], daemon=True).start()

    def refresh(self) -> None:
        """Choose the examples anew if the library has changed."""
        generation = self.catalogue.generation()
        if generation == self._exemplified or not self.assistant.done() or not self._choosing.acquire(blocking=False):
            return
        try:
            made = examples(self.reader.articles(READ))
            self.examples = sure_of(made, self._is_answered) if self.tries else made
            self._exemplified = generation
        except Exception:  # a model on a server that is away, say: then there are none
            log.warning("No example questions could be chosen.", exc_info=True)
        finally:
            self._choosing.release()

    def _is_answered(self, question: str) -> bool:
        while self.is_busy():
            time.sleep(0.1)
        return not self.assistant.result().ask(question, quick=True).abstained

    def _start(self, first: Sequence[Path]) -> None:
        try:
            if first:
                self.loading = f"Reading the articles in {', '.join(path.name for path in first)}"
                self.writer.mirror(first)
            self.loading = "Loading the models"
            assistant = Assistant(self.reader, load(self._name))
            self.loading = "Warming up"
            assistant.warm_up()
            self.loading = ""
            self.assistant.set_result(assistant)
        except BaseException as error:
            self.loading = f"The models can't be loaded: {error}"
            self.assistant.set_exception(error)
        else:
            self.refresh()
