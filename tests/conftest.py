"""The real parts that many tests share: the embedded models and a library of the seed article."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from milvus_server import Server

from index.library import Library
from rag.assistant import Assistant
from rag.language_model import LanguageModel
from rag.models import Models
from rag.proxy import bypass_for_loopback
from rag.reader import Reader

SEEDS = Path(__file__).parent.parent / "seeds"


def pytest_configure() -> None:
    """Heed Ctrl-C, and let the commands that tests start heed it: a shell has its background jobs ignore it.

    Servers that tests start are on this machine, where no proxy leads.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    bypass_for_loopback()


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """What a command lets nobody else read is for that command alone, not for the tests after it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def seed_text() -> str:
    (file,) = SEEDS.iterdir()
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def seed_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library")) as library:
        library.sync([SEEDS])
        yield library


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HOST:PORT of milvus-lite's own server, a process of its own; it answers one call after the other."""
    pytest.importorskip("milvus_lite", reason="milvus-lite is not installed (extra milvus), or has no wheel here")
    server = Server(tmp_path_factory.mktemp("milvus"))
    server.start()
    yield server.address
    server.kill()


@pytest.fixture(scope="session")
def models() -> Models:
    """The reader, and no writer: that one takes gigabytes and seconds."""
    return Models(quick=True)


@pytest.fixture(scope="session")
def reader(models: Models) -> Reader:
    return models.reader


@pytest.fixture(scope="session")
def model(reader: Reader) -> LanguageModel:
    return reader.model


@pytest.fixture(scope="session")
def assistant(seed_library: Library, models: Models) -> Assistant:
    return Assistant(seed_library, models)
