"""The assistant: a question's way from search to evidence, reader, writer and checker to an answer."""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from index.open import AnyLibrary
from index.search import Hit
from rag import checker, collection
from rag.answer import Answer, Statement, Timings
from rag.citation import Citation
from rag.confidence import THRESHOLDS, Confidence
from rag.evidence import Evidence, lead, searches, select, thinned, together
from rag.generation import Reading
from rag.models import Models
from rag.prompt import Line
from rag.question import YES_OR_NO, Kind, checked, in_context, kind, parts, topic
from rag.reader import Reader
from rag.writer import STATEMENTS, Draft

HITS = 10
CANDIDATES = 14  # units that the small reader orders
EVIDENCE = 8  # of them that are read and written about
QUICK = 8  # units that the small reader answers from alone
SUMMARY = 9
DECIDED = 1.0  # in log-probability, between yes and no; what is nearer is answered by the sentence alone
SPOKEN_OF = 0.5  # score of the evidence from which on the articles talk about what is asked
ANSWERS = 0.25  # probability of a sentence from which on it may stand for a statement that failed
SUPPORTED = 0.3  # what the checker's model must find a statement, at least
OPPOSED = 0.2  # probability of a sentence of another article from which on it is said, too

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


@dataclass
class Work:
    """What is known of a question so far."""

    question: str
    kind: Kind
    hits: list[Hit] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    reading: Reading | None = None
    confidence: float = 0.0
    tokens: int = 0
    unanswered: str | None = None

    @property
    def lines(self) -> list[Line]:
        return [e.line for e in self.evidence]


class Assistant:
    """Answers questions from a library with a reader and a writer, and cites what proves each statement.

    It abstains below ``threshold``, a confidence from 0 to 1; None stands for the calibrated one (`confidence.py`).
    Models that are still being loaded are waited for when they are needed. Threads may ask at once.
    """

    def __init__(self, library: AnyLibrary, models: Models, threshold: float | None = None) -> None:
        self.library = library
        self.models = models
        self.threshold = threshold

    def ask(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Answer:
        """The answer to ``question``; ``history`` holds the questions before it, oldest first.

        ``quick`` leaves the writer out. Raises UsageError for a question that is empty or too long for the window.
        """
        *_, answer = self.steps(question, history, quick)
        assert isinstance(answer, Answer)
        return answer

    def warm_up(self) -> None:
        """Load what loads late, so that the first question is answered as quickly as the second."""
        self.library.search("warming up", HITS)
        self.models.warm_up()

    def steps(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Iterator[Stage | Answer]:
        """What ``ask`` does, a stage at a time, the answer last; closing the iterator stops it between stages."""
        started = time.perf_counter()
        asked = checked(question)
        work = Work(in_context(asked, history), kind(asked))
        if work.kind is Kind.SMALL_TALK:
            yield Answer(question, (), SMALL_TALK, (), self.models.small.model.name)
            return
        yield Stage("Searching the articles")
        about = collection.answer(self.library, work.question)
        if about:
            yield Answer(question, about, None, (), "library", 1.0)
            return
        work.hits = self._search(work.question)
        searched = time.perf_counter()
        quick = quick or self.models.writer is None
        yield from self._read(work, quick)
        read = time.perf_counter()
        reader = self.models.small if quick else self.models.reader
        statements: tuple[Statement, ...] = ()
        if work.confidence >= self._threshold(reader):
            if quick:
                statements = self._verbatim(work)
            else:
                statements = yield from self._written(work, reader)
        done = time.perf_counter()
        best = _best(work) if statements else None
        yield Answer(
            question,
            statements,
            None if statements else self._reason(work),
            tuple(work.hits),
            self.models.small.model.name if quick else self.models.name,
            work.confidence,
            work.tokens,
            Timings(searched - started, read - searched, done - read, done - started),
            best,
            work.unanswered if statements else None,
        )

    def _threshold(self, reader: Reader) -> float:
        return THRESHOLDS[reader.switched] if self.threshold is None else self.threshold

    def _search(self, question: str) -> list[Hit]:
        return together(self.library.search_all(searches(question), HITS))

    def _read(self, work: Work, quick: bool) -> Generator[Stage, None, None]:
        """Chooses the evidence and reads it; leaves what the reader makes of it in ``work``."""
        small = self.models.small
        if work.kind is Kind.SUMMARY:
            work.evidence = self._summary(work)
            yield Stage(f"Reading {len(work.evidence)} sentences", tuple(work.evidence))
            work.confidence = 1.0 if work.evidence else 0.0
            return
        count = QUICK if quick else CANDIDATES
        work.evidence = select(work.question, work.hits, count, self.library.article)
        if not work.evidence:
            return
        yield Stage(f"Reading {len(work.evidence)} sentences", tuple(work.evidence))
        closed = YES_OR_NO if work.kind is Kind.POLAR else ()
        reader = small
        reading = small.read(work.question, work.lines, closed, [e.score for e in work.evidence])
        work.tokens += reading.tokens
        if not quick:
            work.evidence = thinned(work.evidence, reading.labels, EVIDENCE)
            yield Stage(f"Reading {len(work.evidence)} sentences closely", tuple(work.evidence))
            reader = self.models.reader
            reading = reader.read(work.question, work.lines, closed, [e.score for e in work.evidence])
            work.tokens += reading.tokens
        work.reading = reading
        work.confidence = Confidence.of(reader.switched)(work.question, reading, work.evidence, work.hits)

    def _summary(self, work: Work) -> list[Evidence]:
        """What a summary draws on: the article that is asked for, or what the articles hold about a topic."""
        about = topic(work.question)
        if not work.hits:
            return []
        if about:
            return collection.about(self.library, about, work.hits, SUMMARY)
        ids = [e.id for e in self.library.entries()][:3]
        share = SUMMARY // max(1, len(ids))
        return [e for id in ids for e in lead(self.library.article(id), self.library.passages(id), share)]

    def _verbatim(self, work: Work) -> tuple[Statement, ...]:
        """The sentence that answers, word for word; for a summary the most telling ones."""
        if work.kind is Kind.SUMMARY:
            return tuple(self._statement(e.text, [e]) for e in work.evidence[:STATEMENTS])
        if work.reading is None or not work.reading.candidates:
            return ()
        best = work.reading.candidates[0]
        evidence = work.evidence[best.label - 1]
        said = evidence.text
        if work.kind is Kind.POLAR and _decided(work.reading):
            said = f"{best.text}: {said}"
        return (self._statement(said, [evidence], work.confidence),)

    def _written(self, work: Work, reader: Reader) -> Generator[Stage, None, tuple[Statement, ...]]:
        """What the writer says and the checker lets through."""
        shown: list[Statement] = []
        evidence = tuple(work.evidence)
        writer = self.models.writer
        assert writer is not None
        yield Stage("Writing", evidence)
        for step in writer.write(work.question, work.lines):
            if isinstance(step, Draft):
                statement = self._checked(work, reader, step)
                if statement and not any(checker.alike(statement.text, s.text) for s in shown):
                    shown.append(statement)
                    yield Stage("Writing", evidence, tuple(shown))
            else:
                yield Stage(f"Writing, {step} tokens so far", evidence, tuple(shown))
        if work.kind is not Kind.SUMMARY and not shown:
            shown += self._verbatim(work)
        shown += self._opposed(work, shown)
        if shown:
            work.unanswered = self._unanswered(work, reader, shown)
        return tuple(shown[: STATEMENTS + 1])

    def _checked(self, work: Work, reader: Reader, draft: Draft) -> Statement | None:
        """The statement of ``draft`` with what proves it, or its sentence word for word, or nothing."""
        kept = checker.checked(draft.text, draft.labels, work.lines, work.question)
        support = 0.0
        if kept:
            support = kept.covered
            if reader.judges and work.kind is not Kind.SUMMARY:
                support = reader.supports(work.question, work.lines, [(kept.text, kept.labels)])[0]
            if support >= SUPPORTED or not reader.judges:
                return self._statement(kept.text, [work.evidence[k - 1] for k in kept.labels], support)
        if work.reading is None:
            return None
        answers = [k for k in draft.labels if work.reading.labels[k] >= ANSWERS]
        if not answers:
            return None
        instead = work.evidence[max(answers, key=lambda k: work.reading.labels[k]) - 1]  # type: ignore[union-attr]
        return self._statement(instead.text, [instead], max(support, work.confidence))

    def _opposed(self, work: Work, shown: Sequence[Statement]) -> list[Statement]:
        """The sentence of another article that answers otherwise, where the reader finds one and nothing cites it."""
        if work.reading is None or work.kind is Kind.SUMMARY:
            return []
        cited = {c.article for s in shown for c in s.citations}
        said = " ".join(s.text for s in shown).lower()
        for candidate in work.reading.candidates:
            evidence = work.evidence[candidate.label - 1]
            likely = work.reading.labels[candidate.label] >= OPPOSED
            if likely and evidence.article not in cited and candidate.text.lower() not in said:
                return [self._statement(evidence.text, [evidence], work.reading.labels[candidate.label])]
        return []

    def _unanswered(self, work: Work, reader: Reader, shown: Sequence[Statement]) -> str | None:
        """In one line, which part of the question the articles leave open."""
        asked = parts(work.question)
        if len(asked) > 1:
            open_parts = [p for p in asked if reader.read(p, work.lines).answerable < self._threshold(reader)]
            if open_parts and len(open_parts) < len(asked):
                return f"The articles do not say: {' / '.join(open_parts)}"
        said = " ".join(f"{s.text} {c.quote} {c.title}" for s in shown for c in s.citations).casefold()
        missing = [n for n in dict.fromkeys(checker.names(work.question)) if n.casefold() not in said]
        found = " ".join(f"{e.text} {e.title}" for e in work.evidence).casefold()
        missing = [n for n in missing if n.casefold() not in found]
        return f"The articles do not say anything about {', '.join(missing)}." if missing else None

    def _statement(self, text: str, evidence: Sequence[Evidence], support: float = 1.0) -> Statement:
        citations = tuple(Citation.of(self.library.article(e.article), e.start, e.end) for e in evidence)
        return Statement(" ".join(text.split()), citations, round(support, 3))

    def _reason(self, work: Work) -> str:
        if not work.hits:
            return EMPTY_LIBRARY
        return NOT_SAID if any(e.score > SPOKEN_OF for e in work.evidence) else NOTHING_FOUND


def _best(work: Work) -> str | None:
    """The key words of the answer."""
    if work.reading is None or not work.reading.candidates:
        return None
    informs = (c.text for c in work.reading.candidates if checker.informs(c.text, work.question))
    return next(informs, work.reading.candidates[0].text)


def _decided(reading: Reading) -> bool:
    """Whether yes and no are far enough apart to be said."""
    best, *others = reading.candidates
    return all(best.logprob - c.logprob > DECIDED for c in others if c.label == best.label)
