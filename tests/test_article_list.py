"""The article list: all of them, however many."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from index.entry import Entry
from index.library import Library
from ui.article_list import UPLOADED, ArticleList, ListQuery
from ui.articles import listing


class Ten:
    """A library of ten thousand articles, in name."""

    def __init__(self, entries: list[Entry], tags: dict[str, tuple[str, ...]]) -> None:
        self.read, self._entries, self._tags = 0, entries, tags

    def generation(self) -> str:
        return "1"

    def entries(self) -> list[Entry]:
        self.read += 1
        return self._entries

    def tags(self) -> dict[str, tuple[str, ...]]:
        return self._tags


def entry(source: str, title: str, number: int = 0) -> Entry:
    day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Entry(f"{title}-{number}".lower(), title, source, "", None, 100 + number, day)


def article_list(*entries: Entry, tags: dict[str, tuple[str, ...]] | None = None) -> ArticleList:
    library: Any = Ten(list(entries), tags or {})
    return ArticleList(library, Path("/lib/uploads"))


def test_ten_thousand_articles_are_searched_sorted_and_turned_at_once() -> None:
    many = article_list(*(entry(f"/a/{n % 7}/f{n}.txt", f"Report {n:05} <b>", n) for n in range(10_000)))
    many.entries()
    began = time.perf_counter()
    page = listing(many, ListQuery(page=150))
    assert time.perf_counter() - began < 0.5
    assert (
        "Page 150 of 200" in page
        and "Report 07450" in page
        and len(page) < 60_000
        and "<b>" not in page.replace("</b>", "")
    )
    assert [e.title for e in many.listing(ListQuery("report 99 f9999")).entries] == ["Report 09999 <b>"]
    assert many.listing(ListQuery(folder="1", sort="longest")).entries[0].title == "Report 09997 <b>"
    assert many.listing(ListQuery(sort="newest", page=999)).page == 200


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["/home/ada/notes/a.txt", "/home/ada/notes/old/b.txt"], {"notes", "notes/old"}),
        (["/home/ada/notes/a.txt", "/srv/notes/b.txt"], {"ada/notes", "srv/notes"}),
        (
            ["/home/ada/notes/a.txt", "/lib/uploads/b.txt", "/lib/uploads/trip/c.txt"],
            {"notes", str(UPLOADED), f"{UPLOADED}/trip"},
        ),
    ],
)
def test_folders_are_named_without_the_way_to_them(sources: list[str], names: set[str]) -> None:
    assert set(article_list(*(entry(source, source[-5:]) for source in sources)).folders()) == names


def test_titles_are_sorted_by_the_numbers_in_them() -> None:
    titles = ["Part 10", "part 2", "Part", "2 notes", "Part 2, appendix", "10 notes"]
    found = article_list(*(entry(f"/a/{n}.md", title) for n, title in enumerate(titles)))
    ordered = ["2 notes", "10 notes", "Part", "part 2", "Part 2, appendix", "Part 10"]
    assert [e.title for e in found.entries()] == ordered


def test_tags_are_chosen_like_folders_and_what_a_search_finds_is_chosen_at_once() -> None:
    entries = [entry(f"/notes/{n}.md", f"Note {n}", n) for n in range(4)]
    some = article_list(*entries, tags={"note 1-1": ("Sea <b>",), "note 3-3": ("Sea <b>", "law")})
    assert {name: len(found) for name, found in some.folders().items()} == {"notes": 4, "#Sea <b>": 2, "#law": 1}
    assert [e.title for e in some.fitting(ListQuery("#sea", "#law"))] == ["Note 3"]
    page = listing(some, ListQuery("sea", "#Sea <b>"))
    assert "Ask only the 2 found" in page and "#Sea &lt;b&gt; #law" in page
    assert "Ask only this tag" in listing(some, ListQuery(folder="#Sea <b>"))
    assert "found</button>" not in listing(some, ListQuery("law"))  # one is chosen by its box


def test_a_question_to_one_article_finds_only_that(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The mill of Oss was built by Ada Thorne.", encoding="utf-8")
    for number in range(60):  # more than the search puts forward
        (tmp_path / f"{number}.txt").write_text(
            f"The mill of Oss was built by Ada Thorne {number} times.", encoding="utf-8"
        )
    with Library.open(tmp_path / "library") as library:
        library.sync([tmp_path])
        hits = library.search("Who built the mill of Oss?", 10, {"a", "no-such-article"})
        assert [hit.passage.article_id for hit in hits] == ["a"] and hits[0].dense_rank == hits[0].lexical_rank == 1
        assert library.search("Who?", 10, set()) == []
