"""Abstention: what is said where the articles hold no answer, or none to a part of the question."""

from collections.abc import Sequence

from index.term import terms
from rag import checker
from rag.answer import Statement
from rag.confidence import absent, around
from rag.question import Kind
from rag.translation import translated
from rag.work import Work

NOTHING_FOUND = "Nothing in the articles is about this."
NOT_SAID = "The articles talk about this, but they do not say."
EMPTY_LIBRARY = "There are no articles yet: add some with rag index FOLDER."
LEFT_OPEN = "The articles do not say: {}"
UNKNOWN = "The articles do not say anything about {}."
SPOKEN_OF = 0.4  # share of the question's words in one passage, or a name, from which on the articles talk about it


def reason(work: Work) -> str:
    """Why a question has no answer, in one line, in its language."""
    return translated(_reason(work), work.question)


def _reason(work: Work) -> str:
    if not work.hits:
        return EMPTY_LIBRARY
    if work.kind is Kind.SUMMARY:
        return NOTHING_FOUND
    asked, near = set(terms(work.question)), [around(e, work.hits) for e in work.evidence]
    spoken = any(len(asked & set(terms(text))) >= SPOKEN_OF * len(asked) for text in near)
    named = [name for name in checker.asked_of(work.question) if not name[0].isdigit()]
    return NOT_SAID if spoken or any(name in text for name in named for text in near) else NOTHING_FOUND


def unanswered(work: Work, left: Sequence[Work], said: Sequence[Statement]) -> str | None:
    """In one line, which part of the question the articles leave open: the parts that are ``left``, or a name."""
    if left:
        return translated(LEFT_OPEN, work.question).format(" ".join(part.asked for part in left))
    if work.unread:
        return None
    unknown = absent(work.question, work.hits, {c.title for s in said for c in s.citations})
    return translated(UNKNOWN, work.question).format(", ".join(unknown)) if unknown else None
