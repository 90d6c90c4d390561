"""Questions about the collection itself, answered by the library: how many articles, which mention a name, the newest.

The wording is matched narrowly, and in English: a question that is worded otherwise is answered from the articles' text
like any other.
"""

import re
from collections.abc import Sequence

from index.open import AnyLibrary
from index.search import Hit
from index.term import terms
from index.unit import units
from rag.answer import Statement
from rag.citation import Citation
from rag.confidence import absent
from rag.evidence import Evidence, select

THINGS = r"(?:articles?|documents?|files?|texts?|sources?)"
COUNT = re.compile(
    rf"how many {THINGS} (?:are there|do you (?:have|know|hold)|does (?:the|this|your) (?:library|collection) (?:have|"
    rf"hold|contain)|are (?:in|indexed)\b.*|have been indexed)", re.I
)  # fmt: skip
MENTION = re.compile(
    rf"(?:how many|which|what) (?:of the )?{THINGS} (?:mentions?|talks? about|(?:is|are) about|speaks? of|names?|"
    rf"discuss) (?P<name>.+?)\W*$", re.I
)  # fmt: skip
NEWEST = re.compile(
    rf"(?:what|which)(?: {THINGS})? is the (?P<end>newest|latest|most recent|oldest|earliest)(?: {THINGS})?\W*$|"
    rf"(?:what|which) is the (?P<other>newest|latest|most recent|oldest|earliest) {THINGS}\W*$", re.I
)  # fmt: skip
LISTED = 12  # articles that are named, at most
NEAR = 0.75  # share of a topic's words that must stand in the passages that were found


def answer(library: AnyLibrary, question: str) -> tuple[Statement, ...]:
    """What the library says of itself; nothing for any other question."""
    text = " ".join(question.split())
    if COUNT.match(text):
        return _count(library)
    if found := MENTION.match(text):
        return _mentions(library, found["name"])
    if found := NEWEST.match(text):
        return _dated(library, (found["end"] or found["other"]).lower() in ("oldest", "earliest"))
    return ()


def _count(library: AnyLibrary) -> tuple[Statement, ...]:
    entries = library.entries()
    if not entries:
        return ()
    named = "; ".join(e.title for e in entries[:LISTED])
    many = f"{len(entries)} articles" if len(entries) > 1 else "1 article"
    more = f", the first {LISTED} of them: {named}" if len(entries) > LISTED else f": {named}"
    return (Statement(f"The library holds {many}{more}.", tuple(_opening(library, e.id) for e in entries[:LISTED])),)


def _mentions(library: AnyLibrary, name: str) -> tuple[Statement, ...]:
    plain = name.strip("\"“”'‘’ ")
    places: list[Citation] = []
    titles: list[str] = []
    for article in library.articles():
        at = re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", article.text, re.I)
        if at:
            around = next((u for u in units(article.text) if u.start <= at.start() < u.end), None)
            span = (around.start, around.end) if around else at.span()
            places.append(Citation.of(article, *span))
            titles.append(article.title)
    if not places:
        return ()
    what = "1 article mentions" if len(places) == 1 else f"{len(places)} articles mention"
    return (Statement(f"{what} {plain}: {'; '.join(titles[:LISTED])}.", tuple(places[:LISTED])),)


def _dated(library: AnyLibrary, oldest: bool) -> tuple[Statement, ...]:
    dated = sorted((e.date, e.id, e.title) for e in library.entries() if e.date)
    if not dated:
        return ()
    date, id, title = dated[0] if oldest else dated[-1]
    word = "oldest" if oldest else "newest"
    return (Statement(f"The {word} article with a date is “{title}” of {date}.", (_opening(library, id),)),)


def _opening(library: AnyLibrary, id: str) -> Citation:
    article = library.article(id)
    first = next(iter(units(article.text)), None)
    return Citation.of(article, first.start, first.end) if first else Citation.of(article, 0, len(article.text))


def about(library: AnyLibrary, topic: str, hits: Sequence[Hit], count: int) -> list[Evidence]:
    """What the articles hold about ``topic``; nothing where most of its words stand nowhere near."""
    asked = set(terms(topic))
    titles = [library.article(id).title for id in dict.fromkeys(hit.passage.article_id for hit in hits)]
    near = {t for text in (*titles, *(hit.passage.text for hit in hits)) for t in terms(text)}
    if not asked or len(asked & near) / len(asked) < NEAR or absent(f"- {topic}", hits, titles):
        return []
    return select(topic, hits, count, library.article)
