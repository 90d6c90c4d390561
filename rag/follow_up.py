"""Follow-ups: questions that lean on the conversation, asked so that they can be understood alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.language import ENGLISH, detect
from index.sentence import asks
from index.term import stems, terms
from rag.checker import POINTERS, asked_of, names
from rag.evidence import NAME
from rag.exchange import Exchange, History
from rag.question import Kind, kind

if TYPE_CHECKING:
    from rag.writer import Writer

POINTING = re.compile(rf"\b(?:{POINTERS}|itself|theirs|then|one|ones|former|latter|same|else)\b", re.I)  # in a question
NOT_POINTING = re.compile(  # "how many ships were there", "the bridge that collapsed"
    r"\b(?:is|are|was|were|be|been) there\b|\bthere (?:is|are|was|were|be|been)\b|(?<=\w )that (?=\w+(?:s|ed)\b)", re.I
)
AFTERTHOUGHT = re.compile(r"\W*(?:and|but|so|or|then|also|what about|how about)\b", re.I)
FEW = 3  # terms: a question of so few that names nothing is about what was spoken of
KEPT = 3  # exchanges that a question may lean on
NAMED = 4  # names of the last answer that are looked for, too, where there is no writer
KNOWN = 0.8  # share of a rewritten question's terms that must have been said
OWN = 0.5  # share of the question's own words that a rewritten one keeps


def is_follow_up(question: str) -> bool:
    """Whether ``question`` may need what was said before: it points, is an afterthought, or says too little.

    The writer has the last word: it repeats a question that can be understood alone.
    """
    text = question.strip()
    return _leans(text) or (len(terms(text, detect(text))) <= FEW and not asked_of(text))


def _leans(question: str) -> bool:
    return bool(AFTERTHOUGHT.match(question.strip())) or points(question)


def points(question: str) -> bool:
    """Whether ``question`` refers to something by a word like "it" or "there"."""
    return bool(POINTING.search(NOT_POINTING.sub(" ", question)))


def standalone(question: str, history: History, writer: Writer | None) -> str:
    """``question`` as it is to be understood after ``history``; itself where it stands alone."""
    said = [e if isinstance(e, Exchange) else Exchange(e) for e in history]
    said = [e for e in said if kind(e.question) is not Kind.SMALL_TALK][-KEPT:]
    refers = is_follow_up(question)
    if not said or not (refers or detect(question) != ENGLISH):  # the signs are of English: elsewhere the writer says
        return question
    if kind(question) is Kind.SUMMARY and points(question):
        return POINTING.sub(_subject(said[-1]), question, count=1)
    made = writer.standalone(question, said) if writer else ""
    if _is_faithful(made, question, said):
        return made
    return _together(question, said) if refers else question


def _subject(exchange: Exchange) -> str:
    """What an exchange was about: the first name in its question, or the question."""
    named = NAME.search(exchange.question, 1)
    return named.group() if named else exchange.question.strip(" ?")


def _is_faithful(made: str, question: str, said: Sequence[Exchange]) -> bool:
    """Whether ``made`` is still the question, and asks of nothing that was not spoken of.

    A question without words of its own, or an afterthought, is not understood by repeating it; "And in 1995?" may lose
    its "and".
    """
    if made.casefold() == question.casefold() and (AFTERTHOUGHT.match(question) or not terms(question)):
        return False
    if asks(question) and not asks(made):
        return False
    spoken = " ".join([question, *(f"{e.question} {e.answer}" for e in said)])
    known, asked = set(terms(spoken)), terms(made)
    shared = sum(term in known for term in asked)
    named = all(name.casefold() in spoken.casefold() for name in asked_of(made))
    own, words = set(stems(AFTERTHOUGHT.sub("", question))), set(stems(made))
    kept = len(own & words) >= OWN * len(own)
    return bool(asked) and kept and named and shared >= KNOWN * len(asked)


def _together(question: str, said: Sequence[Exchange]) -> str:
    """``question`` after those before it, back to one that stands alone, and the names in the last answer.

    A question that was answered stands alone, unless it points further back.
    """
    alone = [(e.answer and not _leans(e.question)) or not is_follow_up(e.question) for e in said]
    first = max((k for k, one in enumerate(alone) if one), default=0)
    named = list(dict.fromkeys(names(said[-1].answer)))[:NAMED]
    return " ".join([*(e.question.strip() for e in said[first:]), *named, question.strip()])
