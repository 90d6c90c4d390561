"""The packaged language models in torch, read from their GGUF files, with low-rank adapters to be trained.

Llama and Qwen2 alike: RMS norms, rotary positions, grouped queries, SwiGLU. Weights keep llama.cpp's own order of rows,
so that what is trained goes into a GGUF adapter as it is. An adapter is y = W x + (alpha / r) B A x (Hu et al. 2021,
LoRA).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

LAYERS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
HIDDEN = -30000.0  # far below any score

Keys = tuple[Tensor, Tensor]  # keys and values (n, groups, t, width of a head) of a block


@dataclass(frozen=True)
class Shape:
    """The sizes of a model."""

    architecture: str
    layers: int
    heads: int
    groups: int  # key and value heads
    theta: float  # base of the rotary frequencies
    epsilon: float


class Transformer(nn.Module):
    """A model, or some ``blocks`` of it, whose weights are frozen; only what ``adapt`` adds is trained."""

    def __init__(
        self, file: Path, device: str, dtype: torch.dtype = torch.bfloat16, blocks: range | None = None
    ) -> None:
        super().__init__()
        reader = gguf.GGUFReader(file)
        name = reader.fields["general.architecture"].contents()

        def setting(key: str, default: Any = None) -> Any:
            field = reader.fields.get(f"{name}.{key}")
            return field.contents() if field else default

        self.shape = Shape(
            name, setting("block_count"), setting("attention.head_count"), setting("attention.head_count_kv"),
            setting("rope.freq_base", 10000.0), setting("attention.layer_norm_rms_epsilon"),
        )  # fmt: skip
        self.blocks = blocks or range(self.shape.layers)
        self.weights: dict[str, Tensor] = {}
        for tensor in reader.tensors:
            if blocks and not (tensor.name.startswith("blk.") and int(tensor.name.split(".")[1]) in blocks):
                continue
            data = gguf.dequantize(tensor.data, tensor.tensor_type)
            self.weights[tensor.name] = torch.from_numpy(np.array(data)).to(device, dtype)
        self.low: dict[str, tuple[nn.Parameter, nn.Parameter]] = {}
        self.scale = 0.0
        self._held: list[Keys] | None = None

    def adapt(self, rank: int, alpha: float) -> dict[str, nn.Parameter]:
        """Adds an adapter to each linear layer; returns its matrices by their names in a GGUF adapter."""
        self.scale = alpha / rank
        trained: dict[str, nn.Parameter] = {}
        for number in self.blocks:
            for layer in LAYERS:
                weight = self.weights[f"blk.{number}.{layer}.weight"]
                out, into = weight.shape
                a = nn.Parameter(torch.randn(rank, into, device=weight.device) / into**0.5)
                b = nn.Parameter(torch.zeros(out, rank, device=weight.device))
                self.low[f"blk.{number}.{layer}"] = (a, b)
                trained[f"blk.{number}.{layer}.weight.lora_a"] = a
                trained[f"blk.{number}.{layer}.weight.lora_b"] = b
        return trained

    def forward(self, tokens: Tensor, positions: Tensor, part: Tensor) -> Tensor:
        """The last hidden states (n, t, d) of padded rows (n, t); ``part`` is 0 for evidence, k for question k, and
        negative for padding. A question sees the evidence and itself only."""
        before = torch.ones(tokens.shape[1], tokens.shape[1], dtype=torch.bool, device=tokens.device).tril()
        seen = before & ((part[:, None, :] == 0) | (part[:, None, :] == part[:, :, None]))
        x = self.weights["token_embd.weight"][tokens]
        mask = torch.zeros(seen.shape, dtype=x.dtype, device=x.device).masked_fill_(~seen, HIDDEN)[:, None]
        turn = self._turn(positions, x.dtype)
        for number in self.blocks:
            x = self._layer(number, x, mask, turn)
        return self._norm(x, self.weights["output_norm.weight"])

    def continued(self, states: Tensor, prefix: Sequence[Keys] = ()) -> Tensor:
        """The states (n, t, d) that leave the blocks, from those that enter them, each row after ``prefix``."""
        x, (_, t, _) = states, states.shape
        begin = prefix[0][0].shape[2] if prefix else 0
        later = torch.full((t, t), HIDDEN, dtype=x.dtype, device=x.device).triu(1)
        mask = torch.cat([later.new_zeros(t, begin), later], 1)[None, None]
        turn = self._turn(torch.arange(begin, begin + t, device=x.device)[None], x.dtype)
        for place, number in enumerate(self.blocks):
            x = self._layer(number, x, mask, turn, prefix[place] if prefix else None)
        return x

    @torch.no_grad()
    def keys(self, states: Tensor) -> list[Keys]:
        """What each block holds of a prefix whose states (1, t, d) enter the blocks, for ``continued``."""
        self._held = []
        self.continued(states)
        held, self._held = self._held, None
        return held

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores (…, vocabulary) of the next token."""
        head = self.weights.get("output.weight", self.weights["token_embd.weight"])
        return functional.linear(hidden, head).float()

    def _layer(
        self, number: int, x: Tensor, mask: Tensor, turn: tuple[Tensor, Tensor], before: Keys | None = None
    ) -> Tensor:
        n, t, _ = x.shape
        heads, groups = self.shape.heads, self.shape.groups
        y = self._norm(x, self.weights[f"blk.{number}.attn_norm.weight"])
        q, k, v = (self._linear(number, f"attn_{name}", y) for name in "qkv")
        q = self._turned(q.view(n, t, heads, -1).transpose(1, 2), turn)
        k = self._turned(k.view(n, t, groups, -1).transpose(1, 2), turn)
        v = v.view(n, t, groups, -1).transpose(1, 2)
        if self._held is not None:
            self._held.append((k, v))
        if before:
            k, v = (torch.cat([b.expand(n, -1, -1, -1), own], 2) for b, own in zip(before, (k, v), strict=True))
        k, v = (one.repeat_interleave(heads // groups, dim=1) for one in (k, v))
        y = functional.scaled_dot_product_attention(q, k, v, mask).transpose(1, 2).reshape(n, t, -1)
        x = x + self._linear(number, "attn_output", y)
        y = self._norm(x, self.weights[f"blk.{number}.ffn_norm.weight"])
        gate, up = (self._linear(number, f"ffn_{name}", y) for name in ("gate", "up"))
        return x + self._linear(number, "ffn_down", functional.silu(gate) * up)

    def _linear(self, number: int, layer: str, x: Tensor) -> Tensor:
        name = f"blk.{number}.{layer}"
        y = functional.linear(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))
        if name in self.low:
            a, b = self.low[name]
            low = functional.linear(x, (a * self.scale).to(x.dtype))
            y = y + functional.linear(low, b.to(x.dtype))
        return y

    def _norm(self, x: Tensor, weight: Tensor) -> Tensor:
        return functional.rms_norm(x.float(), x.shape[-1:], weight.float(), self.shape.epsilon).to(x.dtype)

    def _turn(self, positions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        size = self.weights[f"blk.{self.blocks[0]}.attn_q.weight"].shape[0] // self.shape.heads
        rates = self.shape.theta ** -(torch.arange(0, size, 2, device=positions.device).float() / size)
        angles = positions[:, None, :, None].float() * rates
        return angles.cos().to(dtype), angles.sin().to(dtype)

    def _turned(self, x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """Rotary positions (Su et al. 2021): llama's pairs are neighbours, Qwen2's are half a head apart."""
        cos, sin = turn
        if self.shape.architecture == "llama":
            one, other = x[..., 0::2], x[..., 1::2]
            return torch.stack([one * cos - other * sin, one * sin + other * cos], dim=-1).flatten(-2)
        one, other = x.chunk(2, dim=-1)
        return torch.cat([one * cos - other * sin, one * sin + other * cos], dim=-1)
