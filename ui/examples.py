"""Examples: questions to start from, made from what is indexed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from index.article import Article
from rag.evidence import statements

COUNT = 4
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
    return [" ".join(s.text.split()) for s in statements(article.text[article.body : article.body + READ * 1000])]
