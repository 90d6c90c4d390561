"""llama.cpp as it is used here: its threads sleep while they wait, it logs nothing, and it suits the processor."""

import ctypes
import os

# Threads that wait for each other sleep instead of spinning, which costs nothing alone; where several processes share
# the processor, spinning makes each of them six times slower. OpenMP reads this once, when llama.cpp is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import llama_cpp

__all__ = ["computes", "llama_cpp", "model_parameters"]

DEFAULTS = llama_cpp.llama_model_default_params  # before `evals` puts `model_parameters` in its place


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _silent(level: int, text: bytes, data: ctypes.c_void_p) -> None:
    """llama.cpp's own log is no message to a user."""


llama_cpp.llama_log_set(_silent, ctypes.c_void_p(0))


def computes(instructions: str) -> bool:
    """Whether the processor has, and llama.cpp was compiled for, ``instructions`` (as in ``AVX512_BF16``)."""
    return f"{instructions} = 1".encode() in llama_cpp.llama_print_system_info()


def model_parameters() -> llama_cpp.llama_model_params:
    """llama.cpp's own, without its code for AMX, which crashes on some of the processors that have it.

    Where it rearranges the weights for the processor, it reads the file instead of mapping it: a mapped file stays
    in memory beside the new layout, 600 MB of it for a file of 1.1 GB.
    """
    made: llama_cpp.llama_model_params = DEFAULTS()
    made.use_extra_bufts = not computes("AMX_INT8")
    made.load_mode = llama_cpp.LLAMA_LOAD_MODE_NONE if made.use_extra_bufts else llama_cpp.LLAMA_LOAD_MODE_MMAP
    return made
