"""GGUF adapters: what was trained as a file, and back. `transformer.py` keeps llama.cpp's own order of rows."""

from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
import torch

from rag.checksum import checksum


def write(trained: Mapping[str, torch.Tensor], base: Path, target: Path, alpha: float, architecture: str) -> None:
    """Writes low-rank matrices by their names in llama.cpp to ``target``, as float16, for the model in ``base``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(target, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_string("footnote.base.sha256", checksum(base))
    for name, value in trained.items():
        writer.add_tensor(name, value.detach().float().cpu().numpy().astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def matrices(adapter: Path) -> dict[str, torch.Tensor]:
    """What ``write`` wrote to ``adapter``, to train it further."""
    return {t.name: torch.from_numpy(t.data.astype(np.float32)) for t in gguf.GGUFReader(adapter).tensors}
