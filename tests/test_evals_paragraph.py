"""A given paragraph: the reader reads that alone, cites the article's characters, and abstains below the threshold."""

import hashlib
import re
from collections.abc import Iterator, Sequence

import pytest

from evals.case import Span
from evals.paragraph import read_paragraph
from index.article import Article
from rag.evidence import Evidence
from rag.generation import Candidate, Generation
from rag.question import Kind

TEXT = "The house is red.\n\nThe door is green. The roof is flat.\n\nThe wall is blue."
PARAGRAPH = Span(article="house", start=19, end=55)


class Model:
    """Stands in for the language model: answers with a colour, from the sentence that holds it."""

    name = "colours"

    def __init__(self, colour: str, sure: float) -> None:
        self.colour, self.sure = colour, sure

    def read(
        self, question: str, evidence: Sequence[Evidence], wanted: Kind, answer_type: re.Pattern[str] | None
    ) -> Iterator[int | Generation]:
        yield 1
        found = [Candidate(k, self.colour, 0.0) for k, e in enumerate(evidence, 1) if self.colour in e.text]
        yield Generation((1 - self.sure, self.sure), tuple(found), 5)

    def warm_up(self) -> None:
        """Nothing."""


class Reader:
    def __init__(self, colour: str = "green", sure: float = 0.9) -> None:
        self.model, self.threshold, self.library = Model(colour, sure), 0.5, self

    def article(self, id: str) -> Article:
        return Article(id, "House", "house.txt", TEXT, hashlib.sha256(TEXT.encode()).hexdigest())


def test_the_answer_is_cited_in_the_article() -> None:
    answer = read_paragraph(Reader(), "What colour is the door?", PARAGRAPH)  # type: ignore[arg-type]
    (citation,) = answer.citations
    assert (answer.text, answer.short, citation.quote) == ("green", "green", "The door is green.")
    assert citation.start == 19 and answer.tokens == 5 and answer.confidence == pytest.approx(0.9)


@pytest.mark.parametrize(("colour", "sure"), [("blue", 0.9), ("red", 0.9), ("green", 0.4)])
def test_other_paragraphs_are_not_read_and_doubt_is_an_abstention(colour: str, sure: float) -> None:
    reader = Reader(colour, sure)
    assert read_paragraph(reader, "What colour is the door?", PARAGRAPH).abstained  # type: ignore[arg-type]
