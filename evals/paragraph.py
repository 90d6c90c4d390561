"""A given paragraph: the reader alone, on the paragraph that a question is about, as on SQuAD 2.0's leaderboard."""

import time
from collections.abc import Sequence
from typing import Protocol

from evals.case import Span
from index.open import AnyLibrary
from index.passage import Passage
from index.search import Hit
from rag.answer import Answer, Statement, Timings
from rag.answer_type import expected
from rag.assistant import EVIDENCE, NOT_SAID, confidence
from rag.citation import Citation
from rag.evidence import Evidence, select
from rag.generation import Generation
from rag.models import Model
from rag.question import Kind


class Reader(Protocol):
    """Whose model reads: an ``Assistant``."""

    threshold: float

    @property
    def library(self) -> AnyLibrary: ...

    @property
    def model(self) -> Model: ...


def read_paragraph(reader: Reader, question: str, paragraph: Span) -> Answer:
    """The words of ``paragraph`` that answer ``question``, cited by their sentence, or an abstention.

    The same way as the assistant's, without the search: evidence, the model's reading of it, the threshold.
    """
    started = time.perf_counter()
    article = reader.library.article(paragraph.article)
    text = article.text[paragraph.start : paragraph.end]
    hit = Hit(Passage(article.id, paragraph.start, paragraph.end, text), 1.0, 1, None, None)
    evidence = select(question, [hit], EVIDENCE)
    read = _read(reader.model, question, evidence)
    sure = confidence(question, read, evidence, [hit]) if read else 0.0
    statements: tuple[Statement, ...] = ()
    if read and read.candidates and sure >= reader.threshold:
        best = read.candidates[0]
        sentence = evidence[best.label - 1]
        statements = (Statement(best.text, (Citation.of(article, sentence.start, sentence.end),)),)
    took = time.perf_counter() - started
    return Answer(
        question,
        statements,
        None if statements else NOT_SAID,
        (hit,),
        reader.model.name,
        sure,
        read.tokens if read else 0,
        Timings(generate=took, total=took),
        short=statements[0].text if statements else None,
    )


def _read(model: Model, question: str, evidence: Sequence[Evidence]) -> Generation | None:
    steps = model.read(question, evidence, Kind.SPAN, expected(question)) if evidence else ()
    return next((step for step in steps if isinstance(step, Generation)), None)
