"""A given paragraph: reader and judge on the paragraph that a question is about, as on SQuAD 2.0's leaderboard."""

import time
from collections import deque

from evals.case import Span
from index.passage import Passage
from index.search import Hit
from rag.abstention import NOT_SAID
from rag.answer import Answer, Statement, Timings
from rag.assistant import CANDIDATES, MOST, Assistant
from rag.citation import Citation
from rag.question import Kind
from rag.work import Work


def read_paragraph(assistant: Assistant, question: str, paragraph: Span, quick: bool = False) -> Answer:
    """The words of ``paragraph`` that answer ``question``, cited by their sentence, or an abstention; in a language
    that the reader does not read, the sentence.

    The assistant's way without the search and without the writer; ``quick`` leaves the judge out, too.
    """
    started = time.perf_counter()
    article = assistant.library.article(paragraph.article)
    text = article.text[paragraph.start : paragraph.end]
    hit = Hit(Passage(article.id, paragraph.start, paragraph.end, text), 1.0, 1, None, None)
    work = Work(question, Kind.SPAN, hits=[hit])
    deque(assistant.read(work, CANDIDATES), 0)
    assistant.judge(work, quick, MOST)
    words: str | None = None
    statements: tuple[Statement, ...] = ()
    if work.reading and work.reading.candidates and assistant.is_answered(work):
        sentence = work.evidence[work.reading.candidates[0].label - 1]
        words = work.short_answer() or sentence.spoken
        statements = (Statement(words, (Citation.of(article, sentence.start, sentence.end),)),)
    took = time.perf_counter() - started
    return Answer(
        question,
        statements,
        None if statements else NOT_SAID,
        tuple(work.hits),
        assistant.models.reader.model.name,
        work.confidence,
        work.tokens,
        Timings(generate=took, total=took),
        short=words,
    )
