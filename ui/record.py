"""A record: what the page keeps of an answer, as JSON, so that it can be shown again when articles have gone."""

from collections.abc import Sequence
from typing import Any

from index.errors import FootnoteError
from index.open import AnyLibrary
from index.search import Hit
from index.term import terms
from rag.answer import Answer, Statement
from rag.evidence import Evidence

RELATED = 3  # passages shown beside an abstention


def partial(statements: Sequence[Statement]) -> dict[str, Any]:
    """The record of an answer that is still being composed."""
    return {"statements": [{"text": s.text, "citations": [c.as_json() for c in s.citations]} for s in statements]}


def record(answer: Answer, evidence: Sequence[Evidence], library: AnyLibrary) -> dict[str, Any]:
    """``Answer.as_json`` with the sentences that were read, titles of the passages, and for an abstention the nearest
    passages with their text."""
    data = answer.as_json()
    for hit in data["hits"]:
        hit["title"] = _title(hit["article"], library)
    data["evidence"] = [" ".join(e.text.split()) for e in evidence]
    near = _near(answer) if answer.abstained else []
    data["related"] = [related for hit in near if (related := _related(hit, library))]
    return data


def _near(answer: Answer) -> Sequence[Hit]:
    """The nearest passages that share a word with the question; where none does, the nearest."""
    nearest, asked = answer.hits[:RELATED], set(terms(answer.question))
    return [hit for hit in nearest if asked.intersection(terms(hit.passage.text))] or nearest


def _related(hit: Hit, library: AnyLibrary) -> dict[str, Any] | None:
    passage = hit.passage
    try:
        article = library.article(passage.article_id)
    except FootnoteError:  # removed a moment ago
        return None
    return {
        "article": article.id,
        "title": article.title,
        "source": article.source,
        "start": passage.start,
        "end": passage.end,
        "quote": passage.text,
        "page": article.page(passage.start),
        "place": article.place(passage.start),
    }


def _title(id: str, library: AnyLibrary) -> str:
    try:
        return library.article(id).title
    except FootnoteError:
        return id
