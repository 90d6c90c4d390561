"""Fluency: how probable a language model finds a question, to keep negatives that read like questions."""

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from rag.training.negatives import Fluency
from rag.training.row import BOS, Encode, Row, inputs


def fluency(model: Any, encode: Encode, device: str, dtype: torch.dtype) -> Fluency:
    """The log-probabilities of texts by ``model``, a transformers model with the attention of `row.py`."""

    @torch.no_grad()
    def scored(texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        encoded = [[BOS, *encode(text)] for text in texts]
        rows = [Row(t, list(range(len(t))), [1] * len(t), [-100] * len(t), [0.0] * len(t)) for t in encoded]
        made = inputs(rows, device, dtype)
        read = {k: made[k] for k in ("input_ids", "position_ids", "attention_mask", "spans")}
        logits = model(**read, use_cache=False).logits[0, :-1].float()
        cost = functional.cross_entropy(logits, made["input_ids"][0, 1:], reduction="none")
        edges = torch.tensor([len(t) for t in encoded]).cumsum(0).tolist()
        return [-float(cost[end - len(t) : end - 1].sum()) for t, end in zip(encoded, edges, strict=True)]

    return scored
