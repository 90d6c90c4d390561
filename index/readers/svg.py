"""Drawings within web pages (SVG): what is written in them."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from index.readers.unseen import is_unseen

APART = {"defs", "symbol", "clippath", "mask", "pattern", "marker", "title", "desc", "metadata", "style", "script"}


def written(drawing: Any) -> str:
    """Its texts, a line each; those that stand beside each other on one."""
    beside = groupby(_texts(drawing), key=lambda text: (text.getparent(), text.get("y")))
    lines = (" ".join(_words(text) for text in texts) for _, texts in beside)
    return "\n".join(filter(None, lines))


def _texts(element: Any) -> Iterator[Any]:
    for part in element:
        if not isinstance(part.tag, str) or part.tag in APART or is_unseen(part):
            continue
        if part.tag in ("text", "foreignobject"):  # the latter holds a page of its own
            yield part
        else:
            yield from _texts(part)


def _words(text: Any) -> str:
    """Its words; a part that has a place of its own is apart from the one before."""
    pieces = [text.text or ""]
    for part in text.iterdescendants():
        if isinstance(part.tag, str) and part.tag not in APART:
            pieces.append(" " * any(part.get(place) for place in ("x", "y", "dy")) + (part.text or ""))
        pieces.append(part.tail or "")
    return " ".join("".join(pieces).split())
