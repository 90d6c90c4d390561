"""The real parts that many tests share: the embedded models and a library of the seed article."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.library import Library
from rag.assistant import Assistant
from rag.local_model import LocalModel
from rag.models import load_local

SEEDS = Path(__file__).parent.parent / "seeds"


def pytest_configure() -> None:
    """Heed Ctrl-C, and let the commands that tests start heed it: a shell has its background jobs ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def seed_text() -> str:
    (file,) = SEEDS.iterdir()
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def seed_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library")) as library:
        library.mirror([SEEDS])
        yield library


@pytest.fixture(scope="session")
def model() -> LocalModel:
    return load_local()


@pytest.fixture(scope="session")
def assistant(seed_library: Library, model: LocalModel) -> Assistant:
    return Assistant(seed_library, model)
