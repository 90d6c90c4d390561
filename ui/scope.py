"""The scope of a question: all articles, those of a folder, or some that were chosen."""

import json
from collections.abc import Sequence
from copy import copy
from dataclasses import asdict, dataclass
from typing import Any

from index.article import Article
from index.entry import Entry
from index.search import Hit
from rag.assistant import Assistant
from ui.source import text

NAMED = 3  # articles at most that are named


@dataclass(frozen=True)
class Scope:
    """``articles`` are ids, with their ``titles`` for who reads it later; ``folder``, or a tag as "#tag", is named as
    the list of articles names it; neither means all of them."""

    articles: tuple[str, ...] = ()
    folder: str = ""
    titles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.articles or self.folder)

    @classmethod
    def of(cls, data: Any) -> "Scope":
        """The scope in ``data``, what came from a browser or a file; all articles where it holds none."""
        if not isinstance(data, dict):
            return cls()
        articles, folder = _texts(data.get("articles")), data.get("folder")
        if articles:
            return cls(articles, titles=_texts(data.get("titles")))
        return cls(folder=folder if isinstance(folder, str) else "")

    @classmethod
    def loads(cls, line: str) -> "Scope":
        """The scope that ``dumps`` wrote, or all articles."""
        try:
            return cls.of(json.loads(line)) if line else cls()
        except json.JSONDecodeError:
            return cls()

    def dumps(self) -> str:
        return json.dumps(asdict(self)) if self else ""

    def as_html(self) -> str:
        """What is asked, in words that follow "asked" and "asking"; "" for all articles."""
        if self.folder:
            return f"the {'tag' if self.folder.startswith('#') else 'folder'} <bdi>{text(self.folder)}</bdi>"
        named = [f"“<bdi>{text(title)}</bdi>”" for title in self.titles[:NAMED]]
        more = len(self.articles) - len(named)
        parts = [*named, *([_several(more, bool(named))] if more else [])]
        return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


ALL_ARTICLES = Scope()


class ScopedLibrary:
    """A library that finds only passages of ``articles``; all else is as in ``library``."""

    def __init__(self, library: Any, articles: frozenset[str]) -> None:
        self._library = library
        self._articles = articles

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The ``k`` passages of these articles that fit ``question`` best."""
        return self.search_all([question], k)[0]

    def search_all(self, questions: Sequence[str], k: int = 10) -> list[list[Hit]]:
        """``search`` for each of ``questions``."""
        hits: list[list[Hit]] = self._library.search_all(questions, k, self._articles)
        return hits

    def entries(self) -> list[Entry]:
        """These articles, without their texts."""
        return [entry for entry in self._library.entries() if entry.id in self._articles]

    def articles(self) -> list[Article]:
        """These articles, with their texts."""
        return [article for article in self._library.articles() if article.id in self._articles]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)


def _texts(data: Any) -> tuple[str, ...]:
    return tuple(d for d in data if isinstance(d, str)) if isinstance(data, list | tuple) else ()


def _several(count: int, others: bool) -> str:
    return f"{count} {'other' if others else 'chosen'} article{'s' * (count > 1)}"


def narrowed_to(assistant: Assistant, articles: frozenset[str]) -> Assistant:
    """``assistant``, answering from ``articles`` alone."""
    narrowed = copy(assistant)
    narrowed.library = ScopedLibrary(assistant.library, articles)  # type: ignore[assignment]
    return narrowed


def ids(scope: Scope, folders: dict[str, list[Entry]]) -> frozenset[str]:
    """The ids that ``scope`` means, with the articles of each folder in ``folders``."""
    return frozenset(scope.articles or (entry.id for entry in folders.get(scope.folder, ())))
