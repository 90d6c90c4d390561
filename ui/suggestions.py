"""Suggestions: questions to start from, made from what is indexed, and to go on with, from around an answer."""

import re
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
NAME = re.compile(r"(?<=[a-z,] )(?<!s )[A-Z][\w-]+(?: [A-Z][\w-]+)+\b(?!['’])")
YEAR = re.compile(r"\b[Ii]n (?:[A-Z][a-z]+ )?((?:1\d|20)\d\d)\b")


def examples(articles: Sequence[Article], count: int = COUNT) -> list[str]:
    """Up to ``count`` questions on different articles: to sum one up, about a name in it, about a year."""
    kinds = [_summary, _name, _year]
    found: dict[str, None] = {}
    for number in range(len(kinds) * max(len(articles), 1)):
        if articles and len(found) < count:
            article = articles[number % min(len(articles), READ)]
            kind = kinds[(number + number // len(articles)) % len(kinds)]
            found.update(dict.fromkeys(islice(kind(article), 1)))
    return list(found)[:count]


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
    for c in [c for s in record["statements"] for c in s["citations"]]:
        try:
            text = library.article(c["article"]).text
        except FootnoteError:  # removed a moment ago
            continue
        around = text[max(0, c["start"] - AROUND) : c["end"] + AROUND].partition("\n")[2]
        sentences = [" ".join(u.text.split()) for u in units(around)]
        names = Counter(name for sentence in sentences for name in NAME.findall(sentence))
        questions.update((f"Tell me about {name}.", None) for name, _ in names.most_common(TRIED // 2))
        questions.update((f"What happened in {year}?", None) for s in sentences for year in YEAR.findall(s))
    return list(questions)[:TRIED]


def _summary(article: Article) -> Iterator[str]:
    yield f"Summarize “{article.title}”"


def _name(article: Article) -> Iterator[str]:
    names = Counter(name for sentence in _sentences(article) for name in NAME.findall(sentence))
    for name, _ in names.most_common(1):
        yield f"Tell me about {name}."


def _year(article: Article) -> Iterator[str]:
    for sentence in _sentences(article):
        for year in YEAR.findall(sentence):
            yield f"What happened in {year}?"


def _sentences(article: Article) -> list[str]:
    return [" ".join(u.text.split()) for u in units(article.text[: article.body + READ * 1000])]
