"""A given paragraph: the reader alone, on the paragraph that a question is about, as on SQuAD 2.0's leaderboard."""

import time

from evals.case import Span
from index.article import Article
from index.passage import Passage
from index.search import Hit
from rag.abstention import NOT_SAID
from rag.answer import Answer, Statement, Timings
from rag.assistant import CANDIDATES
from rag.citation import Citation
from rag.confidence import QUICK, confidence
from rag.evidence import select
from rag.reader import Reader


def read_paragraph(
    reader: Reader, question: str, article: Article, paragraph: Span, threshold: float | None = None
) -> Answer:
    """The words of ``paragraph`` that answer ``question``, cited by their sentence, or an abstention.

    The same way as the assistant's quick answers, without the search. It abstains below ``threshold``, a confidence;
    None stands for the calibrated one.
    """
    started = time.perf_counter()
    text = article.text[paragraph.start : paragraph.end]
    hit = Hit(Passage(article.id, paragraph.start, paragraph.end, text), 1.0, 1, None, None)
    evidence = select(question, [hit], CANDIDATES, lambda _: article)
    statements: tuple[Statement, ...] = ()
    sure, tokens = 0.0, 0
    if evidence:
        reading = reader.read(question, [e.line for e in evidence], (), [e.score for e in evidence])
        sure, tokens = confidence(question, reading, evidence, [hit]), reading.tokens
        if reading.candidates and sure >= (QUICK if threshold is None else threshold):
            best = reading.candidates[0]
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
        tokens,
        Timings(generate=took, total=took),
        short=statements[0].text if statements else None,
    )
