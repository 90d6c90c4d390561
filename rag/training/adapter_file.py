"""GGUF adapters: what was trained as a file, and back.

llama.cpp stores the rows of the query and key matrices in another order than transformers (its rotary embedding
pairs neighbours), so the rows of their B matrices are reordered here, as convert_lora_to_gguf.py of llama.cpp does.
"""

import hashlib
from pathlib import Path

import gguf
import numpy as np
import torch
from numpy.typing import NDArray

from rag.models import packaged_model

NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}  # fmt: skip
HEAD = 64  # dimensions of an attention head


def write(trained: dict[str, torch.Tensor], target: Path, alpha: float) -> None:
    """Writes low-rank matrices, named as in `lora.py`, to ``target`` as float16."""
    target.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(target, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_string("footnote.base.sha256", hashlib.sha256(packaged_model().read_bytes()).hexdigest())
    for name, value in trained.items():
        layer, part, which = name.split(".", 1)[0], name.split(".", 1)[1][:-2], name[-1]
        matrix = value.float().cpu().numpy()
        if which == "b" and part in ("self_attn.q_proj", "self_attn.k_proj"):
            matrix = _reordered(matrix)
        writer.add_tensor(f"blk.{layer}.{NAMES[part]}.weight.lora_{which}", matrix.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _reordered(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows (heads * HEAD, r) with the two halves of every head interleaved."""
    heads = rows.shape[0] // HEAD
    return rows.reshape(heads, 2, HEAD // 2, -1).swapaxes(1, 2).reshape(rows.shape).copy()


def matrices(adapter: Path) -> dict[str, torch.Tensor]:
    """What ``write`` wrote to ``adapter``, by the names and in the order of `lora.py`, to train it further."""
    parts = {tensor: part for part, tensor in NAMES.items()}
    found = {}
    for tensor in gguf.GGUFReader(adapter).tensors:
        _, layer, name, _, which = tensor.name.replace(".lora_", ".").split(".")
        matrix = tensor.data.astype(np.float32)
        if which == "b" and name in ("attn_q", "attn_k"):
            matrix = _restored(matrix)
        found[f"{layer}.{parts[name]}.{which}"] = torch.from_numpy(matrix)
    return found


def _restored(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """What `_reordered` was made from."""
    heads = rows.shape[0] // HEAD
    return rows.reshape(heads, HEAD // 2, 2, -1).swapaxes(1, 2).reshape(rows.shape).copy()
