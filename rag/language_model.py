"""A language model in llama.cpp: it evaluates a prompt once and scores ways to go on."""

import ctypes
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, TypeAlias
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from index.errors import FootnoteError, UsageError
from index.processors import processors
from rag.hidden_state import States, Tap
from rag.llama import llama_cpp, model_parameters
from rag.prompt_cache import PromptCache

WINDOW = 4096  # tokens that the prompt and all branches may hold together
BRANCHES = 16  # continuations that are scored side by side
KEPT = 5  # beginnings that are kept
BEGINNINGS = 768  # tokens that these hold together, beside the window
BATCH = 512
STRIDE = 256  # tokens that are computed at once: with 512, a vocabulary of 150,000 takes 150 MB more
TILE = 64  # tokens from which on llama.cpp's attention works on many at once: 48 take almost twice as long as 64
ROOM = 256  # tokens of the window that a prompt leaves to what follows
MARK = "\x02"  # stands for the message while the template is laid around it

Logprobs = NDArray[np.float32]
Cell: TypeAlias = tuple[int, int, int, bool]  # token, position, sequence, whether its logits are wanted


class LanguageModel:
    """One GGUF file, loaded. Not safe for two threads at once: whoever asks it several things in a row holds ``lock``.

    An ``adapter`` (LoRA, in GGUF) counts in ``states`` alone.
    Raises UsageError for a file that is no GGUF model, or an adapter that does not fit it.
    """

    def __init__(
        self,
        file: Path,
        name: str,
        threads: int | None = None,
        tap: Tap | None = None,
        adapter: Path | None = None,
    ) -> None:
        self.file = file
        self.name = name
        self.evaluated = 0  # tokens, over the life of the model
        self.lock = RLock()
        self._prefix: list[int] = []
        self._kept: dict[tuple[int, ...], int] = {}  # beginnings, and the sequences that hold them
        if not file.is_file():
            raise UsageError(f"There is no model file {file}.")
        with file.open("rb") as opened:
            if opened.read(4) != b"GGUF":
                raise UsageError(f"{file} is not a GGUF model.")
        self._model = llama_cpp.llama_model_load_from_file(str(file).encode(), model_parameters())
        if not self._model:
            raise UsageError(f"{file} can't be loaded: it is damaged, or newer than this llama.cpp.")
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(self._vocabulary)
        parameters = llama_cpp.llama_context_default_params()
        self.window = min(WINDOW, int(llama_cpp.llama_model_n_ctx_train(self._model)))
        parameters.n_ctx = self.window + BEGINNINGS
        parameters.n_batch = BATCH
        parameters.n_ubatch = STRIDE
        parameters.n_seq_max = 1 + BRANCHES + KEPT
        parameters.kv_unified = True
        parameters.n_threads = parameters.n_threads_batch = threads or processors()
        parameters.no_perf = True
        self._tap = tap
        if tap:
            parameters.cb_eval = tap.callback
        self._context = llama_cpp.llama_init_from_model(self._model, parameters)
        if not self._context:
            raise FootnoteError(f"There is not enough memory for {file}.")
        self._adapter = llama_cpp.llama_adapter_lora_init(self._model, str(adapter).encode()) if adapter else None
        if adapter and not self._adapter:
            raise UsageError(f"{adapter} is no adapter of {file}: install Footnote again.")
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._batch = llama_cpp.llama_batch_init(BATCH, 0, 1 + BRANCHES + KEPT)
        self._freed = finalize(self, _free, self._model, self._context, self._batch)
        self._freed.atexit = False  # a thread may still be at work then

        end = int(llama_cpp.llama_vocab_eos(self._vocabulary))
        self.ends = [end, *self.tokens("\n")[-1:]]  # the tokens that end an answer
        self._pieces: dict[int, bytes] = {}

    @property
    def begin(self) -> list[int]:
        """The token that a prompt begins with, where the model has one."""
        token = int(llama_cpp.llama_vocab_bos(self._vocabulary))
        return [token] if token >= 0 else []

    def tokens(self, text: str, special: bool = False) -> list[int]:
        """``text`` as tokens; only with ``special`` can it name control tokens, so that data can't."""
        data = text.encode()
        space = len(data) + 8
        found = (llama_cpp.llama_token * space)()
        count = llama_cpp.llama_tokenize(self._vocabulary, data, len(data), found, space, False, special)
        return list(found[:count])

    def piece(self, token: int) -> bytes:
        """The bytes that ``token`` stands for."""
        if token not in self._pieces:
            space = ctypes.create_string_buffer(256)
            count = llama_cpp.llama_token_to_piece(self._vocabulary, token, space, 256, 0, False)
            self._pieces[token] = space.raw[: max(count, 0)]
        return self._pieces[token]

    def frame(self, system: str) -> tuple[list[int], list[int]]:
        """The tokens before and after a user's message, in the file's own chat template, with ``system`` as the
        system's message; the second ends where the assistant speaks.

        A file whose template llama.cpp doesn't know gets plain text. Control tokens come from the template alone.
        """
        template = llama_cpp.llama_model_chat_template(self._model, None)
        messages = (llama_cpp.llama_chat_message * 2)(
            llama_cpp.llama_chat_message(role=b"system", content=system.encode()),
            llama_cpp.llama_chat_message(role=b"user", content=MARK.encode()),
        )
        space = ctypes.create_string_buffer(8192)
        length = llama_cpp.llama_chat_apply_template(template, messages, 2, True, space, len(space)) if template else -1
        before, mark, after = space.raw[: max(length, 0)].decode().partition(MARK)
        if not mark:
            return [*self.begin, *self.tokens(f"{system}\n\n")], self.tokens("\nAnswer:")
        begin = self.begin if llama_cpp.llama_vocab_get_add_bos(self._vocabulary) else []
        opening = self.tokens(before, special=True)
        return opening if opening[:1] == begin else [*begin, *opening], self.tokens(after, special=True)

    def next(self, prompt: Sequence[int], edges: Sequence[int] = ()) -> Logprobs:
        """The log-probabilities (vocabulary,) of the token after ``prompt``.

        What ``prompt`` shares with the prompt before it, up to one of the ``edges`` or after the last of them, is not
        evaluated again. Between edges the tokens go through the model together: so the same prompt gives the same
        figures, to the last bit, whatever was asked before.
        Raises UsageError for a prompt that leaves no room in the model's window.
        """
        if len(prompt) + ROOM > self.window:
            raise UsageError(
                f"The question is too long for the model's window of {self.window} tokens: ask a shorter one."
            )
        shared = 0
        for one, other in zip(prompt[:-1], self._prefix, strict=False):
            if one != other:
                break
            shared += 1
        if shared < max(edges, default=0):
            shared = max([0, *(edge for edge in edges if edge <= shared)])
        for branch in range(1, BRANCHES + 1):
            llama_cpp.llama_memory_seq_rm(self._memory, branch, -1, -1)
        llama_cpp.llama_memory_seq_rm(self._memory, 0, shared, -1)
        self._prefix = list(prompt)
        row = 0
        for start, end in _chunks(shared, len(prompt), edges):
            self._fill([(prompt[i], i, 0, i == len(prompt) - 1) for i in range(start, end)])
            row = end - start - 1
        found: Logprobs = self._logprobs([row])[0]
        return found

    def keep(self, beginnings: Sequence[Sequence[int]]) -> None:
        """Evaluate what prompts will begin with, systems' messages, and keep it for ``begin_with``, and on disk.

        Once, before anything else is asked: where it lies in memory has an effect on the last bits of all figures.
        What is too long to be kept is evaluated each time.
        """
        if self._kept or sum(map(len, beginnings)) > BEGINNINGS:
            return
        cache = PromptCache(self.file.stem, self._fingerprint(beginnings))
        states = cache.load()
        if not states:
            states = [self._state_after(beginning) for beginning in beginnings]
            cache.save(states)
        llama_cpp.llama_memory_clear(self._memory, True)
        self._prefix = []
        for number, (beginning, state) in enumerate(zip(beginnings, states, strict=True), 1 + BRANCHES):
            space = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
            if llama_cpp.llama_state_seq_set_data(self._context, space, len(space), number):
                self._kept[tuple(beginning)] = number

    def _fingerprint(self, beginnings: Sequence[Sequence[int]]) -> str:
        """What the state of ``beginnings`` depends on: them, the file, llama.cpp and the processor's instructions."""
        file = self.file.stat()
        made_of = (
            str(self.file.resolve()),
            file.st_size,
            file.st_mtime_ns,
            [list(beginning) for beginning in beginnings],
            llama_cpp.__version__,
            llama_cpp.llama_print_system_info(),
            STRIDE,
        )
        return hashlib.sha256(repr(made_of).encode()).hexdigest()

    def _state_after(self, beginning: Sequence[int]) -> bytes:
        self.next(beginning)
        space = (ctypes.c_uint8 * llama_cpp.llama_state_seq_get_size(self._context, 0))()
        length = llama_cpp.llama_state_seq_get_data(self._context, space, len(space), 0)
        return bytes(memoryview(space)[:length])

    def begin_with(self, beginning: Sequence[int]) -> None:
        """Evaluate what the next prompt begins with, or take it up where it was kept."""
        if tuple(beginning) not in self._kept:
            self.next(beginning)
            return
        for branch in range(BRANCHES + 1):
            llama_cpp.llama_memory_seq_rm(self._memory, branch, -1, -1)
        llama_cpp.llama_memory_seq_cp(self._memory, self._kept[tuple(beginning)], 0, -1, -1)
        self._prefix = list(beginning)

    def continuations(self, branches: Sequence[Sequence[int]], last: bool = False) -> list[Logprobs]:
        """For each branch of n tokens after the last prompt, the log-probabilities (n, vocabulary) after each token.

        Row i says what may follow ``branch[: i + 1]``. The branches don't see each other. With ``last``, there is but
        the row after the whole branch (1, vocabulary). No branch may be longer than BATCH.
        """
        found: list[Logprobs] = []
        for group in _groups(branches):
            with self._branched(group, last) as cells:
                rows = self._logprobs([place for place, cell in enumerate(cells) if cell[3]])
            ends = np.cumsum([1 if last else len(branch) for branch in group])
            found += np.split(rows, ends[:-1])
        return found

    def states(self, branches: Sequence[Sequence[int]], counts: Sequence[int]) -> States | None:
        """The hidden states (branches, width) at the layer of the model's tap: for each branch, that of its last token
        and the mean of as many of its last as ``counts`` says, added.

        None for a model without a tap, or one that shows no states. Otherwise as ``continuations``.
        """
        found = self.token_states(branches)
        pooled = found and [own[-1] + own[-count:].mean(0) for own, count in zip(found, counts, strict=True)]
        return np.stack(pooled) if pooled else None

    def token_states(self, branches: Sequence[Sequence[int]]) -> list[States]:
        """The same of each token: for each branch (tokens, width); none where they are not shown."""
        found: list[States] = []
        if self._tap is None:
            return found
        for group in _groups(branches):
            with self._adapted(), self._tap.opened(), self._branched(group, last=True):
                seen = self._tap.taken()
            if seen is None:
                return []
            ends = np.cumsum([len(branch) for branch in group])
            found += np.split(seen[: ends[-1]], ends[:-1])
        return found

    @contextmanager
    def _adapted(self) -> Iterator[None]:
        """Evaluates with the model's adapter, if it has one, in between."""
        if self._adapter is None:
            yield
            return
        one = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(self._adapter)
        llama_cpp.llama_set_adapters_lora(self._context, one, 1, (ctypes.c_float * 1)(1.0))
        try:
            yield
        finally:
            llama_cpp.llama_set_adapters_lora(self._context, None, 0, None)

    @contextmanager
    def _branched(self, branches: Sequence[Sequence[int]], last: bool) -> Iterator[list[Cell]]:
        """The cells of ``branches``, evaluated side by side, and forgotten afterwards."""
        start = len(self._prefix)
        cells: list[Cell] = []
        for number, branch in enumerate(branches, 1):
            llama_cpp.llama_memory_seq_rm(self._memory, number, -1, -1)
            llama_cpp.llama_memory_seq_cp(self._memory, 0, number, -1, -1)
            cells += [(token, start + i, number, not last or i == len(branch) - 1) for i, token in enumerate(branch)]
        if TILE / 2 < len(cells) < TILE and len(branches) < BRANCHES:
            cells += [(cells[0][0], start + i, len(branches) + 1, False) for i in range(TILE - len(cells))]
        self._fill(cells)
        yield cells
        for number in range(1, BRANCHES + 1):
            llama_cpp.llama_memory_seq_rm(self._memory, number, -1, -1)

    def _fill(self, cells: Sequence[Cell]) -> None:
        batch = self._batch
        batch.n_tokens = len(cells)
        for i, (token, position, sequence, wanted) in enumerate(cells):
            batch.token[i] = token
            batch.pos[i] = position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
            batch.logits[i] = wanted
        if llama_cpp.llama_decode(self._context, batch):
            self._prefix = []
            raise FootnoteError("The model could not evaluate the prompt: its window is full.")
        self.evaluated += len(cells)

    def _logprobs(self, rows: Sequence[int]) -> Logprobs:
        logits = np.stack(
            [
                np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self._context, number), (self.vocabulary,))
                for number in rows
            ]
        )
        for row in logits:  # one after the other stays in the processor's cache
            row -= row.max()
            row -= np.log(np.exp(row).sum())
        return logits

    def close(self) -> None:
        """Frees the model's memory, as is done when nobody refers to it any more."""
        self._freed()


def _free(model: Any, context: Any, batch: Any) -> None:
    llama_cpp.llama_batch_free(batch)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)


def _groups(branches: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    """``branches`` in groups that go through the model at once."""
    group: list[Sequence[int]] = []
    for branch in branches:
        if len(group) == BRANCHES or sum(map(len, group)) + len(branch) > BATCH:
            yield group
            group = []
        group.append(branch)
    if group:
        yield group


def _chunks(start: int, end: int, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Spans from ``start`` to ``end`` that go through the model at once: up to an edge, BATCH tokens at most."""
    while start < end:
        stop = min([start + BATCH, end, *(edge for edge in edges if edge > start)])
        yield start, stop
        start = stop
