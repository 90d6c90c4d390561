"""The article list: all articles without their texts, held in memory as long as the library stays as it is."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path, PurePath

from index.entry import Entry
from index.open import AnyLibrary

PAGE = 50  # articles on one page of the list
UPLOADED = PurePath("Added in the page")
SORTS = ("title", "newest", "longest")
TAGS = 200  # tags at most to choose from, those of most articles


@dataclass(frozen=True)
class ListQuery:
    """What a visitor wants to see of the list."""

    words: str = ""
    folder: str = ""
    sort: str = "title"
    page: int = 1


@dataclass(frozen=True)
class ListPage:
    """One page of the list: ``entries`` of ``count`` that fit, and the page that it is of ``pages``."""

    entries: list[Entry]
    count: int
    page: int
    pages: int


class ArticleList:
    """The articles of ``library``; those below ``uploads`` were added in the page."""

    def __init__(self, library: AnyLibrary, uploads: Path) -> None:
        self._library = library
        self._uploads = Path(os.path.abspath(uploads))
        self._generation = ""
        self._entries: list[Entry] = []
        self._folders: dict[str, list[Entry]] = {}
        self._tags: dict[str, tuple[str, ...]] = {}  # by the article's id
        self._found: dict[str, str] = {}  # id → title, folder, file name and tags, in lower case

    def generation(self) -> str:
        """The name of the state that the library is in."""
        return self._library.generation()

    def entries(self) -> list[Entry]:
        """Every article, by title."""
        if (generation := self._library.generation()) != self._generation:
            entries = sorted(self._library.entries(), key=attrgetter("order"))
            places = [Path(os.path.abspath(e.source)).parent for e in entries]
            names = _names({p for p in places if not p.is_relative_to(self._uploads)})
            folders: dict[str, list[Entry]] = {}
            for entry, place in zip(entries, places, strict=True):
                folders.setdefault(names.get(place) or self._uploaded(place), []).append(entry)
            self._tags = self._library.tags()
            self._found = {
                e.id: " ".join([e.title, name, Path(e.source).name, *self.tags(e.id)]).casefold()
                for name, es in folders.items()
                for e in es
            }
            self._entries, self._folders, self._generation = entries, self._tagged(entries) | folders, generation
        return self._entries

    def folders(self) -> dict[str, list[Entry]]:
        """The articles of each folder that files came from, by its name below what all have in common, and those of
        each tag, as if "#tag" were a folder."""
        self.entries()
        return self._folders

    def tags(self, id: str) -> tuple[str, ...]:
        """The tags of an article, each as "#tag"."""
        return tuple(f"#{tag}" for tag in self._tags.get(id, ()))

    def listing(self, query: ListQuery) -> ListPage:
        """The page of the list that ``query`` asks for."""
        fitting = self.fitting(query)
        if query.sort == "newest":
            fitting = sorted(fitting, key=lambda e: e.added, reverse=True)
        if query.sort == "longest":
            fitting = sorted(fitting, key=lambda e: -e.characters)
        pages = max(1, -(-len(fitting) // PAGE))
        page = min(max(1, query.page), pages)
        return ListPage(list(fitting[(page - 1) * PAGE : page * PAGE]), len(fitting), page, pages)

    def fitting(self, query: ListQuery) -> list[Entry]:
        """All articles of the folder and with the words that ``query`` names, by title."""
        entries = self.entries()
        chosen = self._folders.get(query.folder, []) if query.folder else entries
        words = query.words.casefold().split()
        return [e for e in chosen if all(word in self._found[e.id] for word in words)] if words else chosen

    def titles(self, ids: Sequence[str]) -> list[str]:
        """The titles of the articles ``ids`` that are still there."""
        wanted = set(ids)
        return [e.title for e in self.entries() if e.id in wanted]

    def _tagged(self, entries: Sequence[Entry]) -> dict[str, list[Entry]]:
        """The articles of each tag that many have."""
        found: dict[str, list[Entry]] = {}
        for entry in entries:
            for tag in self.tags(entry.id):
                found.setdefault(tag, []).append(entry)
        return dict(sorted(found.items(), key=lambda pair: -len(pair[1]))[:TAGS])

    def _uploaded(self, place: Path) -> str:
        return str(UPLOADED / place.relative_to(self._uploads))


def _names(places: set[Path]) -> dict[Path, str]:
    """What each folder is called: its own name and those above it, from the topmost one that holds articles on.

    Where two of those have one name, the folder above tells them apart.
    """
    tops = {
        place: max((p for p in (place, *place.parents) if p in places), key=lambda p: -len(p.parts)) for place in places
    }
    alike = Counter(top.name for top in set(tops.values()))
    return {
        place: str(place.relative_to(top.parent if alike[top.name] == 1 else top.parent.parent))
        for place, top in tops.items()
    }
