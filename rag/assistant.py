"""The assistant: a question's way from search to evidence to generation to verification to an answer."""

import re
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from index.open import AnyLibrary
from index.search import Hit
from rag.answer import Answer, Statement, Timings
from rag.answer_type import expected
from rag.citation import Citation
from rag.evidence import Evidence, lead, select
from rag.generation import Generation
from rag.models import Model
from rag.prompt import MAX_EVIDENCE
from rag.question import Kind, checked, in_context, kind
from rag.verification import covers, holds, informs

HITS = 10
EVIDENCE = 8  # sentences; `evals.ablation` shows 3, 6 and 9 beside it
THRESHOLD = 0.49  # confidence below which it abstains: the highest that declines at most 15% of dev-a's answerable
DECIDED = 1.0  # in log-probability, between yes and no; what is nearer is answered by the sentence alone
SPOKEN_OF = 0.5  # score of the evidence from which on the articles talk about what is asked
KEY_SENTENCES = 5  # of a summary

NOTHING_FOUND = "Nothing in the articles is about this."
NOT_SAID = "The articles talk about this, but they do not say."
EMPTY_LIBRARY = "There are no articles yet: add some with rag index FOLDER."
SMALL_TALK = (
    "This does not come from the articles: I answer questions about the indexed articles, and each answer cites the "
    "sentence that proves it. Ask about something in them, or for a summary."
)


@dataclass(frozen=True)
class Stage:
    """Where a question is on its way, in words, the evidence once it is chosen, and the statements shown so far.

    What a stage shows is never taken back: the statements of a later one, and of the answer, begin with them.
    """

    text: str
    evidence: tuple[Evidence, ...] = ()
    statements: tuple[Statement, ...] = ()


class Assistant:
    """Answers questions from a library with a language model, and cites what proves each statement.

    It abstains below ``threshold``, a confidence from 0 to 1. A model that is still being loaded is waited for when
    the evidence has been found. Threads may ask at once.
    """

    def __init__(self, library: AnyLibrary, model: Model | Future[Model], threshold: float = THRESHOLD) -> None:
        self.library = library
        self._model = model
        self.threshold = threshold

    @property
    def model(self) -> Model:
        """The language model; raises what loading it raised."""
        return self._model.result() if isinstance(self._model, Future) else self._model

    def ask(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Answer:
        """The answer to ``question``; ``history`` holds the questions before it, oldest first.

        ``quick`` asks for an answer of the reader alone.

        Raises UsageError for a question that is empty or too long for the model's window.
        """
        *_, answer = self.steps(question, history, quick=quick)
        assert isinstance(answer, Answer)
        return answer

    def warm_up(self) -> None:
        """Load what loads late, so that the first question is answered as quickly as the second."""
        self.library.search("warming up", HITS)
        self.model.warm_up()

    def steps(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Iterator[Stage | Answer]:
        """What ``ask`` does, a stage at a time, the answer last; closing the iterator stops it between stages.

        A model on a server is a stage further with each token, and closing ends the request.
        """
        started = time.perf_counter()
        asked = checked(question)
        wanted = kind(asked)
        if wanted is Kind.SMALL_TALK:
            yield Answer(question, (), SMALL_TALK, (), self.model.name)
            return
        yield Stage("Searching the articles")
        full = in_context(asked, history)
        hits = self.library.search(full, HITS)
        searched = time.perf_counter()
        if wanted is Kind.SUMMARY:
            evidence = lead(self.library.passages(hits[0].passage.article_id), MAX_EVIDENCE) if hits else []
        else:
            evidence = select(full, hits, EVIDENCE)
        yield Stage(f"Reading {len(evidence)} sentences", tuple(evidence))
        read = yield from self._read(full, evidence, wanted, expected(asked))
        generated = time.perf_counter()
        sure = confidence(full, read, evidence, hits) if read else 0.0
        statements = self._statements(full, read, evidence, wanted, sure)
        done = time.perf_counter()
        yield Answer(
            question,
            statements,
            None if statements else self._reason(hits, evidence),
            tuple(hits),
            self.model.name,
            sure,
            read.tokens if read else 0,
            Timings(searched - started, generated - searched, done - generated, done - started),
        )

    def _read(
        self, question: str, evidence: Sequence[Evidence], wanted: Kind, answer_type: re.Pattern[str] | None
    ) -> Generator[Stage, None, Generation | None]:
        """What the model makes of the evidence; a stage each time that it is further."""
        if not evidence:
            return None
        for step in self.model.read(question, evidence, wanted, answer_type):
            if isinstance(step, Generation):
                return step
            yield Stage(f"Writing, {step} tokens so far", tuple(evidence))
        return None

    def _statements(
        self, question: str, read: Generation | None, evidence: Sequence[Evidence], wanted: Kind, sure: float
    ) -> tuple[Statement, ...]:
        if read is None:
            return ()
        if wanted is Kind.SUMMARY:
            order = sorted(range(1, len(read.labels)), key=lambda k: -read.labels[k])[:KEY_SENTENCES]
            return tuple(self._statement(evidence[k - 1], evidence[k - 1].text) for k in sorted(order))
        if sure < self.threshold:
            return ()
        best = next((c for c in read.candidates if informs(c.text, question)), None)
        if best is None:
            return ()
        sentence = evidence[best.label - 1]
        if wanted is Kind.POLAR:
            text = f"{best.text}: {sentence.text}" if _decided(read) else sentence.text
        else:
            text = sentence.text if wanted is Kind.EXPLANATION else best.text
        return (self._statement(sentence, text),) if holds(text, [sentence.text]) else ()

    def _statement(self, evidence: Evidence, text: str) -> Statement:
        article = self.library.article(evidence.article)
        return Statement(" ".join(text.split()), (Citation.of(article, evidence.start, evidence.end),))

    def _reason(self, hits: Sequence[Hit], evidence: Sequence[Evidence]) -> str:
        if not hits:
            return EMPTY_LIBRARY
        return NOT_SAID if any(e.score > SPOKEN_OF for e in evidence) else NOTHING_FOUND


def confidence(question: str, read: Generation, evidence: Sequence[Evidence], hits: Sequence[Hit]) -> float:
    """How sure the model is, from 0 to 1, that the evidence answers ``question``.

    Its own probability of that, with lower odds (by up to three quarters) where of the names and numbers in the
    question only a share stands in the passage around the best sentence.
    """
    if not read.candidates:
        return 0.0
    best = evidence[read.candidates[0].label - 1]
    passages = (hit.passage for hit in hits if hit.passage.article_id == best.article)
    around = next((p.text for p in passages if p.start <= best.start < p.end), best.text)
    covered = covers(f"{best.article.replace('-', ' ')}\n{around}", question)
    for_it = read.answerable * ((1 + covered) / 2) ** 2
    return for_it / (for_it + 1 - read.answerable)


def _decided(read: Generation) -> bool:
    """Whether yes and no are far enough apart to be said."""
    best, *others = read.candidates
    return all(best.logprob - c.logprob > DECIDED for c in others if c.label == best.label)
