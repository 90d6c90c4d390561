"""A given paragraph: the reader reads that alone, cites the article's characters, and abstains below the threshold."""

import hashlib
from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from evals.case import Span
from evals.paragraph import read_paragraph
from index.article import Article
from rag.answer import Answer
from rag.assistant import Assistant
from rag.generation import Candidate, Reading
from rag.prompt import Line

TEXT = "The house is red.\n\nThe door is green. The roof is flat.\n\nThe wall is blue."
HOUSE = Article("house", "House", "house.txt", TEXT, hashlib.sha256(TEXT.encode()).hexdigest())
PARAGRAPH = Span(article="house", start=19, end=55)


class Colours:
    """Stands in for the reader: answers with a colour, from the sentence that holds it."""

    model = SimpleNamespace(name="colours")

    def __init__(self, colour: str, sure: float) -> None:
        self.colour, self.sure = colour, sure

    def read(
        self,
        question: str,
        lines: Sequence[Line],
        closed: Sequence[str] = (),
        retrieval: Sequence[float] = (),
        prior: Sequence[float] = (),
    ) -> Reading:
        found = [Candidate(k, self.colour, 0.0) for k, line in enumerate(lines, 1) if self.colour in line.text]
        return Reading((1 - self.sure, *(self.sure * (self.colour in line.text) for line in lines)), tuple(found), 5)


def read(colour: str = "green", sure: float = 0.9, threshold: float | None = 0.6) -> Answer:
    library, models = (
        SimpleNamespace(article=lambda _: HOUSE),
        SimpleNamespace(reader=Colours(colour, sure), judge=None),
    )
    assistant = Assistant(library, models, threshold)  # type: ignore[arg-type]
    return read_paragraph(assistant, "What colour is the door?", PARAGRAPH)


def test_the_answer_is_cited_in_the_article() -> None:
    answer = read()
    (citation,) = answer.citations
    assert (answer.text, answer.short, citation.quote) == ("green", "green", "The door is green.")
    assert citation.start == 19 and answer.tokens == 5 and answer.model == "colours"


@pytest.mark.parametrize(("colour", "sure"), [("blue", 0.9), ("red", 0.9), ("green", 0.1)])
def test_other_paragraphs_are_not_read_and_doubt_is_an_abstention(colour: str, sure: float) -> None:
    assert read(colour, sure).abstained


def test_without_a_threshold_the_calibrated_one_counts() -> None:
    assert not read(sure=0.999, threshold=None).abstained and read(sure=0.001, threshold=None).abstained
    assert not read(sure=0.001, threshold=0.0).abstained
