"""Hidden states: what a language model in llama.cpp makes of each token at one of its layers."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.llama import llama_cpp

States = NDArray[np.float32]  # (tokens, width of the model)


class Tap:
    """Reads the states that leave layer ``layer`` while it is open, and ends the evaluation there.

    What the layers above would make of the tokens is not computed: where only the states are wanted, that saves their
    time. llama.cpp calls ``callback`` for each tensor of its graph, which it names "l_out-17" and so on; a model whose
    tensors are named otherwise gives no states.
    """

    def __init__(self, layer: int) -> None:
        self.callback = llama_cpp.ggml_backend_sched_eval_callback(self._see)
        self._open = False
        self._name = f"l_out-{layer}".encode()
        self._seen: list[States] = []

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Reads what is evaluated in between."""
        self._open = True
        try:
            yield
        finally:
            self._open, self._seen = False, []

    def taken(self) -> States | None:
        """The states since it was last asked for them, in the order of the tokens."""
        seen, self._seen = self._seen, []
        return np.concatenate(seen) if seen else None

    def _see(self, tensor: int, asks: bool, data: object) -> bool:
        """Whether ``tensor`` is wanted, where llama.cpp ``asks``; after that, whether to go on."""
        if asks:
            return self._open and GGML is not None and GGML.ggml_get_name(tensor) == self._name
        assert GGML is not None
        shape = (GGML.ggml_nrows(tensor), GGML.ggml_nelements(tensor) // GGML.ggml_nrows(tensor))
        values = ctypes.cast(GGML.ggml_get_data(tensor), ctypes.POINTER(ctypes.c_float))
        self._seen.append(np.ctypeslib.as_array(values, shape).copy())
        return False


def _ggml() -> ctypes.CDLL | None:
    """llama.cpp's tensor library, with the types of what is called here; None where it can't be found."""
    folder = Path(llama_cpp.__file__).parent / "lib"
    file = next((f for f in folder.glob("*ggml-base.*") if f.stem in ("libggml-base", "ggml-base")), None)
    if file is None:
        return None
    library = ctypes.CDLL(str(file))
    for name, result in (
        ("ggml_get_name", ctypes.c_char_p),
        ("ggml_get_data", ctypes.c_void_p),
        ("ggml_nelements", ctypes.c_int64),
        ("ggml_nrows", ctypes.c_int64),
    ):
        function = getattr(library, name)
        function.argtypes, function.restype = [ctypes.c_void_p], result
    return library


GGML = _ggml()
