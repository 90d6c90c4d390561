"""Opening: which library a name means, a folder or an address on Milvus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from index.embedder import Embedder
from index.errors import MissingLibrary, UsageError

if TYPE_CHECKING:
    from index.library import Library
    from index.milvus import MilvusLibrary

AnyLibrary: TypeAlias = "Library | MilvusLibrary"


def opened(name: str | Path, embedder: Embedder | None = None, create: bool = True) -> AnyLibrary:
    """Open a library of either kind.

    Args:
        name: A folder, or ``milvus://HOST:PORT/NAME``, ``milvus+tls://HOST:PORT/NAME`` or ``milvus+file:FOLDER``.
        embedder: Turns texts into vectors; by default the one that made the library.
        create: Whether to make an empty library where there is none.

    Returns:
        The library, which is to be closed.

    Raises:
        FootnoteError: As ``Library.open`` and ``MilvusLibrary.open`` raise it; for an empty name, UsageError.
    """
    if name == "":  # Path would make it the current folder
        raise UsageError("The name of a library is empty: name a folder.")
    if create and embedder and not exists(name):
        embedder.load()  # before a library is made: a misspelt name leaves none behind
    if _on_milvus(name):
        from index.milvus import MilvusLibrary

        return MilvusLibrary.open(str(name), embedder, create)
    from index.library import Library

    return Library.open(name, embedder, create)


def exists(name: str | Path) -> bool:
    """Whether there is such a library."""
    if not _on_milvus(name):
        return Path(name, "library.db").exists()
    try:
        opened(name, create=False).close()
    except MissingLibrary:
        return False
    return True


def folder(name: str | Path) -> Path:
    """Where files that belong to the library are kept: its folder, or .rag for one on a server."""
    if not _on_milvus(name):
        return Path(name)
    from index.milvus.address import Address

    file = Address.parse(str(name)).file
    return file.parent if file else Path(".rag")


def _on_milvus(name: str | Path) -> bool:
    return str(name).startswith(("milvus:", "milvus+"))
