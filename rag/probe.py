"""Probe: a linear classifier on a language model's hidden states."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.hidden_state import States

FOLDER = Path(__file__).parent / "probes"  # files of models, named by the first letters of their sha256
NAMED = 12


@dataclass(frozen=True)
class Probe:
    """Log-odds that a sentence answers a question, from a state (width,) of ``layer`` (`LanguageModel.states`), with
    the model's ``adapter``, if there is one."""

    layer: int
    weights: NDArray[np.float32]
    bias: float
    adapter: Path | None = None

    def logodds(self, states: States) -> list[float]:
        """One for each of ``states`` (sentences, width)."""
        return [float(odds) for odds in states @ self.weights + self.bias]

    def save(self, file: Path) -> None:
        np.savez(file, layer=self.layer, weights=self.weights, bias=self.bias)

    @classmethod
    def of(cls, model: Path) -> "Probe | None":
        """The one that belongs to ``model``, a file whose name ends with the first letters of its sha256, if any."""
        file = FOLDER / f"{model.stem[-NAMED:]}.npz"
        if not file.is_file():
            return None
        adapter = file.with_suffix(".gguf")
        with np.load(file, allow_pickle=False) as held:
            found = int(held["layer"]), held["weights"], float(held["bias"])
        return cls(*found, adapter if adapter.is_file() else None)
