"""Low-rank adapters on every linear layer (Hu et al. 2021, LoRA): y = W x + (alpha / r) B A x."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

LAYERS = {
    "self_attn": ("q_proj", "k_proj", "v_proj", "o_proj"),
    "mlp": ("gate_proj", "up_proj", "down_proj"),
}


class LowRank(nn.Module):
    """A frozen linear layer plus a trained low-rank one; A (r, in) and B (out, r) are kept in float32."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.base = base
        self.scale = alpha / rank
        self.a = nn.Parameter(torch.randn(rank, base.in_features, device=base.weight.device) / base.in_features**0.5)
        self.b = nn.Parameter(torch.zeros(base.out_features, rank, device=base.weight.device))

    def forward(self, x: Tensor) -> Tensor:
        rows = x.flatten(0, -2)
        low = functional.linear(rows, (self.a * self.scale).to(x.dtype))
        whole = torch.addmm(self.base(rows), low, self.b.to(x.dtype).t())
        return whole.view(*x.shape[:-1], -1)


def add_adapters(model: Any, rank: int, alpha: float) -> dict[str, nn.Parameter]:
    """Freezes ``model`` (a transformers Llama) and puts an adapter on each of its linear layers.

    Returns the trained matrices by the name of their layer: ``"0.self_attn.q_proj.a"``.
    """
    model.requires_grad_(False)
    trained: dict[str, nn.Parameter] = {}
    for number, layer in enumerate(model.model.layers):
        for part, names in LAYERS.items():
            block = getattr(layer, part)
            for name in names:
                adapter = LowRank(getattr(block, name), rank, alpha)
                setattr(block, name, adapter)
                trained[f"{number}.{part}.{name}.a"] = adapter.a
                trained[f"{number}.{part}.{name}.b"] = adapter.b
    return trained
