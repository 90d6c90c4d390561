"""Cases: a question, what a right answer holds, and the sentences that prove it."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Proof(BaseModel):
    """A span of an article that proves an answer: ``article.text[start:end]``."""

    model_config = ConfigDict(frozen=True)

    article: str
    start: int
    end: int


class Case(BaseModel):
    """One question to the assistant.

    A right answer holds one alternative of every list in ``contains`` and nothing of ``excludes``. Each sentence in
    ``proof`` proves it alone. A case that is not answerable has none of the three: the assistant is to abstain.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Words
    question: Words
    category: Words
    answerable: bool
    history: list[Words] = []
    contains: list[Annotated[list[Words], Field(min_length=1)]] = []
    excludes: list[Words] = []
    proof: list[Words] = []

    @model_validator(mode="after")
    def _answerable_or_not(self) -> Self:
        if self.answerable and not (self.contains and self.proof):
            raise ValueError("an answerable case needs contains and proof")
        if not self.answerable and (self.contains or self.excludes or self.proof):
            raise ValueError("a case without an answer has no contains, excludes or proof")
        return self
