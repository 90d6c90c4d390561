"""Answers: what the assistant says, with the citations that prove it, or why it says nothing."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from index.errors import FootnoteError, UsageError
from index.passage import Passage
from index.search import Hit
from rag.citation import Citation

TextOf = Callable[[str], str]  # an article's id → its text


@dataclass(frozen=True)
class Statement:
    """One sentence of an answer and the citations that prove it.

    Args:
        text: The sentence.
        citations: At least one.
        support: How probable the checker finds it that the citations prove the sentence, from 0 to 1.

    Raises:
        ValueError: There is no citation.
    """

    text: str
    citations: tuple[Citation, ...]
    support: float = 1.0

    def __post_init__(self) -> None:
        if not self.citations:
            raise ValueError(f"A statement needs a citation: {self.text}")


@dataclass(frozen=True)
class Timings:
    """Seconds spent on each part of the way."""

    search: float = 0.0
    generate: float = 0.0
    verify: float = 0.0
    total: float = 0.0


@dataclass(frozen=True)
class Answer:
    """Statements, or an abstention with its reason.

    ``confidence`` is the score that decides between the two, from 0 to 1; ``tokens`` how many tokens the models
    evaluated. ``short`` holds the key words alone, for scripts; ``unanswered`` says in one line which part of the
    question the articles leave open; ``asked`` is the question as it was understood, where it leant on
    the conversation. An answer serialises to JSON and back unchanged.
    """

    question: str
    statements: tuple[Statement, ...]
    reason: str | None
    hits: tuple[Hit, ...]
    model: str
    confidence: float = 0.0
    tokens: int = 0
    timings: Timings = field(default_factory=Timings)
    short: str | None = None
    unanswered: str | None = None
    asked: str | None = None

    @property
    def abstained(self) -> bool:
        """Whether there are no statements; then ``reason`` says why."""
        return not self.statements

    @property
    def text(self) -> str | None:
        """The statements in one string, without footnotes; None for an abstention."""
        return " ".join(s.text for s in self.statements) or None

    @property
    def citations(self) -> list[Citation]:
        """Each citation once, in the order in which the statements use them: footnote n is the n-th."""
        return list(dict.fromkeys(c for s in self.statements for c in s.citations))

    def as_json(self) -> dict[str, Any]:
        """The answer for JSON; rag/README.md lists the keys."""
        return {
            "question": self.question,
            "asked": self.asked,
            "abstained": self.abstained,
            "reason": self.reason,
            "answer": self.text,
            "short": self.short,
            "unanswered": self.unanswered,
            "statements": [
                {"text": s.text, "citations": [c.as_json() for c in s.citations], "support": s.support}
                for s in self.statements
            ],
            "hits": [hit_as_json(h) for h in self.hits],
            "model": self.model,
            "confidence": self.confidence,
            "tokens": self.tokens,
            "timings": asdict(self.timings),
        }

    @classmethod
    def from_json(cls, record: dict[str, Any], text_of: TextOf) -> "Answer":
        """Read an answer that ``as_json`` wrote, and compare every citation with the articles as they are now.

        Args:
            record: The answer as JSON.
            text_of: Gives the text of the article with an id, as ``lambda id: library.article(id).text``.

        Returns:
            The answer.

        Raises:
            InvalidCitationError: A quote is no longer at its place.
            UsageError: ``record`` is no answer, or ``text_of`` finds no article.
        """
        try:
            return cls(
                question=record["question"],
                statements=tuple(_statement(s, text_of) for s in record["statements"]),
                reason=record["reason"],
                hits=tuple(_hit(h, rank, text_of) for rank, h in enumerate(record["hits"], 1)),
                model=record["model"],
                confidence=record.get("confidence", 0.0),
                tokens=record.get("tokens", 0),
                timings=Timings(**record["timings"]),
                short=record.get("short"),
                unanswered=record.get("unanswered"),
                asked=record.get("asked"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(f"This is no answer saved with --json ({type(error).__name__}: {error}).") from error

    def dumps(self) -> str:
        """``as_json`` in one line."""
        return json.dumps(self.as_json(), ensure_ascii=False)


@dataclass(frozen=True)
class Verdict:
    """Whether a saved citation still holds, and if not, why."""

    holds: bool
    reason: str = ""


def verdicts(lines: Iterable[str], file: str, text_of: TextOf) -> list[Verdict]:
    """One verdict for each citation of the answers in ``lines``, saved as JSON, one answer a line.

    Raises UsageError, naming ``file`` and line, for what is no saved answer.
    """
    found = []
    for number, line in enumerate(lines, 1):
        try:
            quoted = [c for s in json.loads(line)["statements"] for c in s["citations"]]
            found += [_verdict(c, text_of) for c in quoted]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise UsageError(f"{file} line {number} is no answer saved with rag ask --json.") from error
    return found


def _verdict(record: dict[str, Any], text_of: TextOf) -> Verdict:
    try:
        Citation.from_json(record, text_of(record["article"]))
    except FootnoteError as error:
        return Verdict(False, str(error))
    return Verdict(True)


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """The span of a hit's passage, its fused score and its ranks."""
    return {
        "article": hit.passage.article_id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": hit.score,
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
    }


def _statement(record: dict[str, Any], text_of: TextOf) -> Statement:
    citations = tuple(Citation.from_json(c, text_of(c["article"])) for c in record["citations"])
    return Statement(record["text"], citations, record.get("support", 1.0))


def _hit(record: dict[str, Any], rank: int, text_of: TextOf) -> Hit:
    start, end = record["start"], record["end"]
    passage = Passage(record["article"], start, end, text_of(record["article"])[start:end])
    return Hit(passage, record["score"], rank, record["dense_rank"], record["lexical_rank"])
