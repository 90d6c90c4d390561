"""The index as a library: ``from index import Library``. A name is imported when it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.errors import FootnoteError as FootnoteError
    from index.errors import UsageError as UsageError
    from index.library import Library as Library
    from index.search import Hit as Hit

HOMES = {
    "FootnoteError": "index.errors",
    "Hit": "index.search",
    "Library": "index.library",
    "UsageError": "index.errors",
}


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
