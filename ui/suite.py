"""The suite: feedback as cases for ``rag eval``, with the articles that they are about."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from index.article import Article
from index.errors import UsageError
from index.feedback import Feedback
from index.sentence import sentences


def write(folder: Path, ratings: Sequence[Feedback], articles: Sequence[Article]) -> list[str]:
    """Make ``folder`` a suite: ``feedback.yaml`` and ``articles/``; returns the questions that could not be cases.

    A good answer is to be given again, its key words at least. A bad one is to be what its comment says, where an
    article holds those words, and else an abstention; a bad abstention without such a comment leaves open what is
    right, and is left out.
    Raises UsageError when there is no feedback, or ``folder`` is in the way.
    """
    cases = [_case(number, rating, articles) for number, rating in enumerate(ratings, 1)]
    kept = [case for case in cases if case]
    if not kept:
        raise UsageError("There is no feedback that could be a case yet: rate answers in the page (rag ui) first.")
    texts = folder / "articles"
    try:
        texts.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"{folder} can't be used ({(error.strerror or '').lower()}): name a new folder.") from error
    for article in articles:
        suffix = ".md" if article.source.lower().endswith(".md") else ".txt"
        (texts / f"{article.id}{suffix}").write_bytes(article.text.encode())
    suite = {"articles": "articles", "cases": kept}
    with (folder / "feedback.yaml").open("w", encoding="utf-8") as file:
        yaml.safe_dump(suite, file, allow_unicode=True, sort_keys=False, width=120)
    return [rating.answer["question"] for rating, case in zip(ratings, cases, strict=True) if not case]


def _case(number: int, rating: Feedback, articles: Sequence[Article]) -> dict[str, Any] | None:
    given = rating.answer
    case = {
        "id": f"feedback-{number}",
        "question": given["question"],
        "category": "feedback",
        "answerable": True,
        "history": list(rating.history),
    }
    if rating.good and not given["abstained"]:
        key = given.get("short")
        right = [key] if key and key in given["answer"] else [s["text"] for s in given["statements"]]
        proof = [c["quote"] for s in given["statements"] for c in s["citations"]]
    else:
        right = [rating.comment]
        proof = [] if rating.good else list(_holding(rating.comment, articles))
    proof = [quote for quote in dict.fromkeys(proof) if sum(quote in a.text for a in articles) == 1]
    if proof:
        return case | {"contains": [[words] for words in right], "proof": proof}
    if rating.good is given["abstained"]:
        return case | {"answerable": False}
    return None


def _holding(words: str, articles: Sequence[Article]) -> Iterator[str]:
    """The sentences of ``articles`` that hold ``words``."""
    for article in articles if words else ():
        yield from (s.text for s in sentences(article.text) if words.lower() in s.text.lower())
