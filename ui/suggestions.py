"""Suggestions: questions to start from, made from what is indexed, and to go on with, from around an answer."""

import re
from calendar import day_name, month_name
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from index.article import Article
from index.errors import FootnoteError
from index.open import AnyLibrary
from index.unit import units

COUNT = 3
TRIED = 8  # questions of which some are kept
AROUND = 2500  # characters on either side of a quote
READ = 20  # articles, and as many thousand characters of each
ROUNDS = 3  # questions of a kind on one article
NAME = re.compile(r"(?<![\w'’-])[a-z][\w-]*,? ((?:[A-Z][\w-]+ ?)+)(?<! )\b(?!['’])")  # not where a sentence begins
NOUN = re.compile(r"[A-Z][\w-]+(?=[,.;:!?)]|['’]s\b)")  # for nothing follows that it describes
YEAR = re.compile(r"\b[Ii]n (?:[A-Z][a-z]+ )?((?:1\d|20)\d\d)\b")
DATES = {*month_name, *day_name}


def examples(articles: Sequence[Article], count: int = TRIED) -> list[str]:
    """Up to ``count`` questions, on different articles first: to sum one up, about a name in it, about a year."""
    ways = [[kind(article) for kind in (_summary, _name, _year)] for article in articles[:READ]]
    found: dict[str, None] = {}
    for turn in range(3 * ROUNDS):
        for number, kinds in enumerate(ways):
            if len(found) < count:
                found.update(dict.fromkeys(islice(kinds[(number + turn) % 3], 1)))
    return list(found)


def sure_of(questions: Sequence[str], sure: Callable[[str], bool], count: int = COUNT) -> list[str]:
    """The first ``count`` of ``questions`` that the reader is ``sure`` of."""
    return list(islice(filter(sure, questions[:TRIED]), count))


def following(
    record: dict[str, Any], library: AnyLibrary, sure: Callable[[str], bool], busy: Callable[[], bool]
) -> list[str]:
    """Up to COUNT questions from around the quotes of an answer, as long as nothing else is to be done."""
    asked = record["question"].casefold()
    found: list[str] = []
    for question in _around(record, library):
        if busy() or len(found) == COUNT:
            break
        if question.split(maxsplit=3)[-1].rstrip(".?").casefold() not in asked and sure(question):
            found.append(question)
    return found


def _around(record: dict[str, Any], library: AnyLibrary) -> list[str]:
    questions: dict[str, None] = {}
    citations = [c for s in record["statements"] for c in s["citations"]]
    for c in citations:
        try:
            text = library.article(c["article"]).text
        except FootnoteError:  # removed a moment ago
            continue
        around = text[max(0, c["start"] - AROUND) : c["end"] + AROUND].partition("\n")[2]
        sentences = [" ".join(u.text.split()) for u in units(around)]
        questions.update((f"Tell me about {name}.", None) for name in _names(sentences)[: TRIED // 2])
        questions.update((f"What happened in {year}?", None) for s in sentences for year in YEAR.findall(s))
    return [*list(questions)[:TRIED], *dict.fromkeys(f"Summarize “{c['title']}”" for c in citations)]


def _summary(article: Article) -> Iterator[str]:
    yield f"Summarize “{article.title}”"


def _name(article: Article) -> Iterator[str]:
    for name in _names(_sentences(article)):
        yield f"Tell me about {name}."


def _year(article: Article) -> Iterator[str]:
    for sentence in _sentences(article):
        for year in YEAR.findall(sentence):
            yield f"What happened in {year}?"


def _names(sentences: Sequence[str]) -> list[str]:
    """Names of several words, the most frequent first; then those of one word that come again."""
    found = Counter(name for sentence in sentences for name in NAME.findall(sentence)).most_common()
    several = [name for name, _ in found if " " in name]
    nouns = {noun for sentence in sentences for noun in NOUN.findall(sentence)} - DATES
    known = {word for name in several for word in name.split()}
    return [*several, *(name for name, times in found if times > 1 and name in nouns - known)]


def _sentences(article: Article) -> list[str]:
    return [" ".join(u.text.split()) for u in units(article.text[: article.body + READ * 1000])]
