"""BERT in numpy: embeds a question from the embedder's own files, without the seconds that torch takes to import.

The network is that of Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", 2018, its output averaged
over the tokens as in Reimers and Gurevych, "Sentence-BERT", 2019. `Embedder.agreement` says whether it may stand in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer

Floats = NDArray[np.float32]


class Bert:
    """The model in ``folder``, in the layout of sentence-transformers; its weights are mapped, not read.

    Raises OSError, KeyError or ValueError for a folder that holds something else.
    """

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        window = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"]
        self._layers: int = config["num_hidden_layers"]
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._weights = _mapped(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(window)
        self._threads = ThreadpoolController()

    def encode(self, texts: Sequence[str]) -> Floats:
        """The vectors of ``texts``, shape (len(texts), dimensions), each of length 1.

        On one thread: OpenBLAS's others go on waiting for work on the cores that the language model needs next.
        """
        with self._threads.limit(limits=1, user_api="blas"):
            return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Floats:
        ids = self._tokenizer.encode(text).ids
        weights = self._weights
        hidden = weights["embeddings.word_embeddings.weight"][ids]
        hidden = hidden + weights["embeddings.position_embeddings.weight"][: len(ids)]
        hidden = self._norm("embeddings.LayerNorm", hidden + weights["embeddings.token_type_embeddings.weight"][0])
        for number in range(self._layers):
            hidden = self._layer(f"encoder.layer.{number}", hidden)
        mean: Floats = hidden.mean(axis=0)
        mean /= np.linalg.norm(mean)
        return mean

    def _layer(self, layer: str, hidden: Floats) -> Floats:
        hidden = self._norm(f"{layer}.attention.output.LayerNorm", hidden + self._attention(layer, hidden))
        inner = _gelu(self._linear(f"{layer}.intermediate.dense", hidden))
        return self._norm(f"{layer}.output.LayerNorm", hidden + self._linear(f"{layer}.output.dense", inner))

    def _attention(self, layer: str, hidden: Floats) -> Floats:
        query, key, value = (
            self._linear(f"{layer}.attention.self.{part}", hidden).reshape(len(hidden), self._heads, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.sqrt(np.float32(query.shape[2]))
        shares = np.exp(scores - scores.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        return self._linear(f"{layer}.attention.output.dense", (shares @ value).swapaxes(0, 1).reshape(hidden.shape))

    def _linear(self, name: str, rows: Floats) -> Floats:
        return rows @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _norm(self, name: str, rows: Floats) -> Floats:
        rows = rows - rows.mean(axis=1, keepdims=True)
        rows /= np.sqrt((rows * rows).mean(axis=1, keepdims=True) + np.float32(self._epsilon))
        return rows * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _mapped(file: Path) -> dict[str, Floats]:
    """The float32 tensors in ``file``, mapped from the disk (https://huggingface.co/docs/safetensors: "Format")."""
    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(size))
    data = np.memmap(file, dtype=np.uint8, mode="r", offset=8 + size)
    return {
        name: np.asarray(data[slice(*tensor["data_offsets"])]).view("<f4").reshape(tensor["shape"])
        for name, tensor in header.items()
        if name != "__metadata__" and tensor["dtype"] == "F32"
    }


def _gelu(x: Floats) -> Floats:
    """x·Φ(x), with erf by Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26 (error below 1.5e-7)."""
    z = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.zeros_like(t)
    for coefficient in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(coefficient)) * t
    erf: Floats = np.copysign(1 - series * np.exp(-z * z), x)
    return x * (np.float32(0.5) + np.float32(0.5) * erf)
