"""The backend: what all visitors share, the library and, once its models are loaded, the assistant."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from index.open import AnyLibrary
from rag.assistant import Assistant


class Backend:
    """A library that is read and written side by side, and an assistant that is loaded in the background.

    ``reader`` serves the visitors; ``writer`` adds and removes articles over a connection of its own, so that
    questions are answered meanwhile.
    """

    def __init__(self, reader: AnyLibrary, writer: AnyLibrary, uploads: Path, model: str | None = None) -> None:
        self.reader = reader
        self.writer = writer
        self.uploads = uploads
        self.loading = "Starting"
        self.assistant: Future[Assistant] = Future()
        self._model = model

    def start(self, first: Sequence[Path] = ()) -> None:
        """Load the models in a thread of their own, after indexing ``first``; ``loading`` says how far that is."""
        threading.Thread(target=self._start, args=[first], daemon=True).start()

    def _start(self, first: Sequence[Path]) -> None:
        try:
            if first:
                self.loading = f"Indexing {', '.join(map(str, first))}"
                self.writer.mirror(first)
            self.loading = "Loading the models"
            from rag.models import load

            assistant = Assistant(self.reader, load(self._model))
            self.loading = "Warming up"
            assistant.warm_up()
            self.loading = ""
            self.assistant.set_result(assistant)
        except BaseException as error:
            self.loading = f"The models can't be loaded: {error}"
            self.assistant.set_exception(error)
