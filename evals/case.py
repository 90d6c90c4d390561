"""Cases: a question, what a right answer holds, and the sentences that prove it."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Alternatives = Annotated[list[Words], Field(min_length=1)]

COLLECTION = "collection"  # the category of questions about the collection itself, which no sentence need prove
LIST = "list"  # the category of questions for every item of a list


class Span(BaseModel):
    """A span of an article: ``article.text[start:end]``."""

    model_config = ConfigDict(frozen=True)

    article: str
    start: int
    end: int

    def overlaps(self, article: str, start: int, end: int) -> bool:
        return self.article == article and self.start < end and start < self.end


class Proof(Span):
    """A gold sentence, or a part of one. Proofs of the same ``part`` prove the same: one of them is enough."""

    part: int = 0


class Case(BaseModel):
    """One question to the assistant.

    A right answer holds one alternative of every list in ``contains`` and nothing of ``excludes``. Each sentence in
    ``proof`` proves it alone; where ``proof`` holds lists, each list is a part of the proof, and any of its sentences
    proves that part. With ``unanswered``, the articles answer only a part of the question, which is what ``contains``
    is about. ``references`` are whole answers to compare with. A case that is not answerable at all has neither these
    nor anything to contain nor a proof: the assistant is to abstain.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Words
    question: Words
    category: Words
    answerable: bool
    unanswered: bool = False
    history: list[Words] = []
    contains: list[Alternatives] = []
    excludes: list[Words] = []
    references: list[Words] = []
    proof: list[Words] | list[Alternatives] = []

    @property
    def parts(self) -> list[list[str]]:
        """The parts of the proof, each with the sentences that prove it."""
        nested = [part for part in self.proof if isinstance(part, list)]
        alone = [sentence for sentence in self.proof if isinstance(sentence, str)]
        return nested or ([alone] if alone else [])

    @model_validator(mode="after")
    def _answerable_or_not(self) -> Self:
        right = self.contains or self.references
        if self.answerable and not (self.references or (self.contains and (self.proof or self.category == COLLECTION))):
            raise ValueError("an answerable case needs contains and proof, or references")
        if not self.answerable and (right or self.proof or self.unanswered):
            raise ValueError("a case without an answer has no contains, references, proof or unanswered")
        if self.unanswered and not self.excludes:
            raise ValueError("a case that is answered in part excludes what the other part might be taken for")
        return self
