"""A record: what the page keeps of an answer, as JSON, so that it can be shown again when articles have gone."""

from collections.abc import Sequence
from typing import Any

from index.errors import FootnoteError
from index.open import AnyLibrary
from index.search import Hit
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
    data["related"] = [r for hit in answer.hits[:RELATED] if (r := _related(hit, library))] if answer.abstained else []
    return data


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
