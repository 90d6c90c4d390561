"""What a writer makes of its instructions is kept on disk, with the real model."""

from pathlib import Path

import pytest

from rag.language_model import LanguageModel
from rag.local_writer import LocalWriter
from rag.models import packaged_model
from rag.prompt_cache import PromptCache


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "footnote" / f"{packaged_model().stem}.prompts"


def loaded() -> tuple[int, bytes]:
    """How many tokens a writer evaluates as it is loaded, and what it then makes of a prompt, to the last bit."""
    model = LanguageModel(packaged_model(), "small")
    writer = LocalWriter(model)
    evaluated = model.evaluated
    model.begin_with(writer._before)
    row = model.next([*writer._before, *model.tokens("Who painted it?")], [len(writer._before)])
    model.close()
    return evaluated, row.tobytes()


def test_a_second_writer_reads_no_instructions_and_makes_the_same_of_a_prompt(cache: Path) -> None:
    first, figures = loaded()
    assert first > 0 and cache.stat().st_mode & 0o077 == 0
    assert loaded() == (0, figures)


@pytest.mark.parametrize("damage", ["cut", "changed", "of another model"])
def test_a_damaged_cache_is_replaced(cache: Path, damage: str) -> None:
    first, figures = loaded()
    whole = cache.read_bytes()
    if damage == "cut":
        cache.write_bytes(whole[: len(whole) // 2])
    elif damage == "changed":
        middle = len(whole) // 2
        cache.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    else:
        PromptCache(packaged_model().stem, "another key").save([b"a state of something else"])
    assert loaded() == (first, figures)
    assert loaded() == (0, figures)


def test_without_a_place_for_it_the_writer_works_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, figures = loaded()
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    evaluated, others = loaded()
    assert evaluated > 0 and others == figures


def test_no_changed_bit_goes_unseen() -> None:
    cache = PromptCache("made-up", "key")
    cache.save([b"a state", b"another"])
    assert cache.load() == [b"a state", b"another"]
    whole = cache._file.read_bytes()
    for place in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        cache._file.write_bytes(changed)
        assert cache.load() == []
