"""Unpacked articles: texts of a data set as files in the cache, where a library can be made of them."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.article import slug
from index.folder import UNPORTABLE

LONGEST = 100  # characters of a file's name


def digest(files: Iterable[Path]) -> str:
    """Twelve hex digits that stand for what is in ``files``."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()[:12]


def unpack(folder: Path, articles: Sequence[tuple[str, str]]) -> list[str]:
    """Writes each title and text to a file of its own in ``folder``; the articles' ids, in their order.

    Articles whose titles differ too little to have ids of their own are told apart by a number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ids: dict[str, None] = {}
    for title, text in articles:
        stem = UNPORTABLE.sub("-", title.replace("/", "-")).strip(". ")[:LONGEST] or "article"
        name, number = stem, 2
        while slug(name) in ids:
            name, number = f"{stem} {number}", number + 1
        ids[slug(name)] = None
        file = folder / f"{name}.txt"
        if not file.exists() or file.read_bytes() != text.encode():
            file.write_text(text, encoding="utf-8", newline="")
    return list(ids)
