"""Questions about the collection itself, answered by the library: how many articles, which mention a name, the newest.

The wording is matched narrowly, and in English, and what is asked for has to stand in the titles or the text: any other
question is answered from the articles' text.
"""

import re
from collections.abc import Sequence

from index.article import Article
from index.entry import Entry
from index.open import AnyLibrary
from index.search import Hit
from index.term import terms
from index.unit import units
from rag.answer import Statement
from rag.checker import asked_of, numbers
from rag.citation import Citation
from rag.confidence import absent
from rag.evidence import Evidence, lead, select

THINGS = r"(?:articles?|documents?|files?|texts?|sources?)"
KINDS = re.compile(
    r"\b(?:reports?|minutes|letters?|notes?|memos?|papers?|posts?|statements?|surveys?|profiles?)\b", re.I
)
COUNT = re.compile(
    rf"how many {THINGS} (?:are there|do you (?:have|know|hold)|does (?:the|this|your) (?:library|collection) (?:have|"
    rf"hold|contain)|are (?:in|indexed)\b.*|have been indexed)", re.I
)  # fmt: skip
MENTION = re.compile(rf"(?:in )?(?:how many|which|what) (?:of the )?{THINGS} (?P<rest>.+?)\W*$", re.I)
SAYING = re.compile(
    r"mention(?:s|ed)?|talk(?:s|ed)?|about|deals?|dealt|with|speaks?|spoken|of|names?|named|discuss(?:es|ed)?|"
    r"covers?|covered|contains?|refers?|referred|appears?|described?|describes|to|is|are|was|were|does|do|in", re.I
)  # fmt: skip
EMPTY = re.compile(r"with|of|to|is|are|was|were|does|do|in", re.I)  # words that say nothing without another one
AGE = r"(?P<age>newest|latest|most recent|oldest|earliest)"
NEWEST = re.compile(
    rf"(?:what|which)(?:['’]s| {THINGS} is| is) the {AGE}(?: {THINGS})?\W*$|"
    rf"(?:what|which)(?:['’]s| is) the {AGE.replace('age', 'of')} (?P<kind>.+?)\W*$", re.I
)  # fmt: skip
HELD = re.compile(
    r"how many (?P<kind>.+?) (?:do you (?:have|know|hold)|are (?:there )?in (?:the|this|your) (?:library|collection)|"
    r"(?:are|have been) indexed)\W*$", re.I
)  # fmt: skip
LISTED = 12  # articles that are named, at most
ENTITLED = 0.75  # share of a topic's words that the title of an article holds which is about it as a whole
NEAR = 0.75  # share of a topic's words that must stand in the passages that were found


def answer(library: AnyLibrary, question: str) -> tuple[Statement, ...]:
    """What the library says of itself; nothing for any other question."""
    text = " ".join(question.split())
    if COUNT.match(text):
        return _count(library)
    if (found := MENTION.match(text)) and (name := _mentioned(found["rest"])):
        return _mentions(library, name) or _mentions(library, re.sub(r"^the ", "", name))
    if found := NEWEST.match(text):
        age = (found["age"] or found["of"]).lower()
        return _dated(_titled(library, found["kind"]), library, age in ("oldest", "earliest"))
    if found := HELD.match(text):
        return _count(library, _titled(library, found["kind"]))
    return ()


def _titled(library: AnyLibrary, kind: str | None) -> list[Entry]:
    """The articles whose titles hold all words of ``kind``, a kind of document ("annual reports"); all where it is
    None."""
    if kind is not None and not KINDS.search(kind):
        return []
    asked = set(terms(kind or ""))
    return [e for e in library.entries() if asked <= set(terms(e.title))]


def _count(library: AnyLibrary, entries: Sequence[Entry] | None = None) -> tuple[Statement, ...]:
    entries = library.entries() if entries is None else entries
    if not entries:
        return ()
    named = "; ".join(e.title for e in entries[:LISTED])
    many = f"{len(entries)} articles" if len(entries) > 1 else "1 article"
    more = f", the first {LISTED} of them: {named}" if len(entries) > LISTED else f": {named}"
    return (Statement(f"The library holds {many}{more}.", tuple(_opening(library, e.id) for e in entries[:LISTED])),)


def _mentioned(rest: str) -> str:
    """The name in ``rest``, what follows "which articles": without the words for mentioning around it, of which there
    has to be one."""
    words, said = rest.split(), False
    for end in (0, -1):
        while words and SAYING.fullmatch(words[end]):
            said = said or not EMPTY.fullmatch(words[end])
            del words[end]
    return " ".join(words).strip("\"“”'‘’ ") if said else ""


def _mentions(library: AnyLibrary, plain: str) -> tuple[Statement, ...]:
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


def _dated(entries: Sequence[Entry], library: AnyLibrary, oldest: bool) -> tuple[Statement, ...]:
    dated = sorted((e.date, e.id, e.title) for e in entries if e.date)
    if not dated:
        return ()
    date, id, title = dated[0] if oldest else dated[-1]
    word = "oldest" if oldest else "newest"
    return (Statement(f"The {word} article with a date is “{title}” of {date}.", (_opening(library, id),)),)


def _opening(library: AnyLibrary, id: str) -> Citation:
    article = library.article(id)
    first = next(iter(units(article.text)), None)
    return Citation.of(article, first.start, first.end) if first else Citation.of(article, 0, len(article.text))


def _entitled(asked: set[str], hits: Sequence[Hit], library: AnyLibrary) -> Article | None:
    """The article whose title says what is ``asked``, if it is one alone: it is summarised from its beginning on."""
    found = [library.article(id) for id in dict.fromkeys(hit.passage.article_id for hit in hits)]
    fitting = [article for article in found if len(asked & set(terms(article.title))) >= ENTITLED * len(asked)]
    return fitting[0] if len(fitting) == 1 else None


def _of_other_years(asked: set[str], figures: set[str], titles: Sequence[str]) -> bool:
    """Whether all of ``titles`` that say what is ``asked`` hold numbers, and none the ``figures`` that are asked for:
    the report for 2021 may mention 2022, and is not the report for 2022."""
    digits = {len(figure) for figure in figures}
    held = [
        {number for number in numbers(title) if len(number) in digits}
        for title in titles
        if len(asked & set(terms(title))) >= ENTITLED * len(asked)
    ]
    return bool(held) and all(held) and not any(figures <= found for found in held)


def about(library: AnyLibrary, topic: str, hits: Sequence[Hit], count: int) -> list[Evidence]:
    """What the articles hold about ``topic``; nothing where its names, or without names most of its words, stand
    nowhere near, or its numbers not together with them in one article ("the report of 2031")."""
    asked = set(terms(topic))
    near: dict[str, str] = {hit.passage.article_id: library.article(hit.passage.article_id).title for hit in hits}
    titles = list(near.values())
    for hit in hits:
        near[hit.passage.article_id] += f"\n{hit.passage.text}"
    figures = set(numbers(topic))
    told = [text for text in near.values() if figures <= set(numbers(text))]
    together = "\n".join(told) if not figures else max(told, key=lambda t: len(asked & set(terms(t))), default="")
    if figures and _of_other_years(asked - figures, figures, titles):
        return []
    named = any(not name[0].isdigit() for name in asked_of(f"- {topic}"))
    near_enough = len(asked & set(terms(together))) >= (1 if named else NEAR * len(asked))
    if not asked or not near_enough or absent(f"- {topic}", hits, titles):
        return []
    if article := _entitled(asked, hits, library):
        return lead(article, library.passages(article.id), count)
    chosen = select(topic, hits, count, library.article)
    for where in ("{0.text}", "{0.title} {0.context} {0.text}"):
        if told_of := [e for e in chosen if asked & set(terms(where.format(e)))]:
            return told_of
    return chosen
