"""The adapter: merged into the packaged model, it computes what llama.cpp computes when it applies it."""

import ctypes
import shutil
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import pytest

from index.errors import UsageError
from rag.adapter import ADAPTER, fastest_type, merged
from rag.language_model import LanguageModel
from rag.models import packaged_model, reader
from rag.prompt import ANSWER, Line, evidence_block, question_block


def test_the_adapter_is_small_enough_to_ship() -> None:
    assert ADAPTER.stat().st_size <= 25_000_000


def test_merged_weights_agree_with_the_adapter_applied_by_llama_cpp(model: LanguageModel) -> None:
    evidence = evidence_block([Line("Ada is the mayor."), Line("Bo is the baker.")])
    asked = [*model.begin, *model.tokens(evidence), *model.tokens(question_block("Who is the baker?") + ANSWER)]
    applied = LanguageModel(packaged_model(), "applied")
    adapter = llama_cpp.llama_adapter_lora_init(applied._model, str(ADAPTER).encode())
    adapters = (type(adapter) * 1)(adapter) if not isinstance(adapter, int) else (ctypes.c_void_p * 1)(adapter)
    scales = (ctypes.c_float * 1)(1.0)
    assert llama_cpp.llama_set_adapters_lora(applied._context, adapters, 1, scales) == 0
    ours, theirs = np.exp(model.next(asked)), np.exp(applied.next(asked))
    assert np.abs(ours - theirs).max() < 0.05
    assert ours.argmax() == theirs.argmax()
    applied.close()


def test_a_model_that_the_adapter_does_not_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF and something else")
    with pytest.raises(UsageError, match="adapter"):
        merged(other)
    assert not list((tmp_path / "cache").rglob("*.gguf"))


def test_it_is_merged_once_and_again_where_that_was_cut_off(
    model: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    whole = model.file.read_bytes()
    made = tmp_path / "footnote" / model.file.name
    made.parent.mkdir()
    made.write_bytes(whole[: len(whole) // 2])
    reader().model.close()
    when = made.stat().st_mtime_ns
    assert merged(packaged_model()) == made and made.stat().st_mtime_ns == when and made.read_bytes() == whole
    assert {t.tensor_type.name for t in gguf.GGUFReader(made).tensors if "attn_q" in t.name} == {fastest_type()}


def test_a_model_whose_file_vanishes_goes_on(model: LanguageModel, tmp_path: Path) -> None:
    """As when a package is updated while a command runs."""
    held = LanguageModel(Path(shutil.copy(model.file, tmp_path)), "held")
    held.file.unlink()
    asked = [*held.begin, *held.tokens("Who is the baker?")]
    assert (held.next(asked) == model.next(asked)).all()
    held.close()
