"""Transfer: all of one library into another, of the same kind or not, without embedding anything again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.bar import bar
from index.errors import FootnoteError, UsageError
from index.store import Plan, Store
from index.sync import relative_path

if TYPE_CHECKING:
    from index.open import AnyLibrary

SOME = 20  # articles that are read and written together
FACTS = ("embedder", "dimensions", "agreement")


def transfer(source: AnyLibrary, target: AnyLibrary, progress: bool = False) -> int:
    """Make ``target`` hold what ``source`` holds: articles, files, passages, vectors, dates and feedback.

    Returns how many articles there are, all of them read back and compared. What an earlier transfer stored is not
    stored again. ``progress`` shows a bar on a terminal. Raises UsageError where ``target`` holds other articles or
    was made with another embedder, and FootnoteError for a difference that is found at the end.
    """
    facts = {name: source.store.fact(name) for name in FACTS}
    made_with = target.store.fact("embedder")
    if made_with and made_with != facts["embedder"]:
        raise UsageError(f"The second library was made with the embedder {made_with}, not {facts['embedder']}.")
    with source.store.changing(), target.store.changing():
        live, there = source.store.live(), target.store.live()
        if others := there.keys() - live.keys():
            raise UsageError(f"The second library holds {len(others)} other articles: name an empty one.")
        articles = list(live)
        with bar("Copying", 2 * len(articles), progress) as advance:
            for some in _few(articles):
                missing = [article for article in some if not target.store.stored(article)]
                target.store.add(list(source.store.embedded(missing)), **facts)
                advance(len(some))
            target.store.publish(_plan(source, target, live, there))
            for some in _few(articles):
                _compare(source.store, target.store, some)
                advance(len(some))
    target.rebuild()
    for rating in source.feedback():
        target.rate(rating)
    if target.store.live() != live or target.feedback() != source.feedback():
        raise FootnoteError("The second library changed while it was being written: copy once more.")
    return len(articles)


def _plan(
    source: AnyLibrary, target: AnyLibrary, live: dict[str, tuple[str, str]], there: dict[str, tuple[str, str]]
) -> Plan:
    """The same ids, titles, dates and files, as they are seen from the other library's folder."""
    found = {
        relative_path(source.store.home / place, target.store.home): file
        for place, file in source.store.files().items()
    }
    dates = {entry.id: entry.added for entry in source.entries()}
    return Plan(
        found,
        gone=target.store.files().keys() - found.keys(),
        ids={article: id for article, (id, _) in live.items() if there.get(article, ("", ""))[0] != id},
        titles={article: title for article, (_, title) in live.items() if there.get(article, ("", ""))[1] != title},
        orphans=set(),
        added={article: dates[id] for article, (id, _) in live.items()},
    )


def _compare(source: Store, target: Store, articles: list[str]) -> None:
    """Raises FootnoteError unless both hold the same texts, spans and vectors, and the texts are what was indexed."""
    for wanted, (article, passages, vectors) in zip(articles, source.embedded(articles), strict=True):
        copies = list(target.embedded([wanted]))
        text = copies[0][0].text if copies else ""
        same = [(replace(a, source=""), p, v.tobytes()) for a, p, v in copies] == [
            (article, passages, vectors.tobytes())
        ]
        if not same or hashlib.sha256(text.encode()).hexdigest() != wanted:
            raise FootnoteError(f"{article.id} is not the same in both libraries: check the first with --check.")


def _few(articles: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(articles), SOME):
        yield articles[first : first + SOME]
