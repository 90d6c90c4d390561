"""The assistant: a question's way from search to evidence, reader, writer and checker to an answer."""

import time
from collections.abc import Generator, Sequence

from index.errors import UsageError
from index.open import AnyLibrary
from index.search import Hit
from rag import checker, collection
from rag.abstention import reason, unanswered
from rag.answer import Answer, Statement, Timings
from rag.composition import Composition
from rag.confidence import ABOUT, EXACT, EXPLAINED, JUDGED, THRESHOLD, UNREAD, confidence, judged, probability
from rag.decomposition import asks_several, chooses, is_faithful, split
from rag.evidence import Evidence, lead, merged_hits, most_probable, queries, select
from rag.exchange import Exchange, History
from rag.follow_up import is_follow_up, standalone
from rag.generation import Reading
from rag.lexical_reading import lexical_reading
from rag.models import Models
from rag.question import YES_OR_NO, Kind, checked, kind, topic
from rag.reranking import about_another, convincing, penalty, prior, without_reader
from rag.stage import Stage
from rag.work import Work

HITS = 10
FEW = 8  # units that the reader decides on alone: among more, it finds an answer where there is none more often
CANDIDATES = 14  # units that it reads where the judge's verdicts decide, too
FEWEST, MOST = 4, 8  # of them that are written about: as many as it takes to hold ENOUGH of its probability
ENOUGH = 0.97
SUMMARY = 9
TOPIC_UNITS = 4  # of a summary's that the judge reads: are they about its topic?
VAGUE = 0.6  # confidence below which one side of a comparison is told in several statements
CLEAR = 0.9  # probability, the reader's of a unit, from which on nothing else is read with it
WHOLE, RISE = 0.8, 3.5  # probability of an answer in a unit with its title or the sentence before it, and by how much,
# in log-odds, it is more than without, where the answer stands there
SURE, CONVINCED = 0.9, 0.7  # confidence, the reader's and with verdicts, from which on a question is one


SMALL_TALK = (
    "This does not come from the articles: I answer questions about the indexed articles, and each answer cites the "
    "sentence that proves it. Ask about something in them, or for a summary."
)


class Assistant:
    """Answers questions from a library with a reader and a writer, and cites what proves each statement.

    It abstains below ``threshold``, a confidence from 0 to 1; None stands for the calibrated one (`confidence.py`).
    Models that are still being loaded are waited for when they are needed. Threads may ask at once.
    """

    def __init__(self, library: AnyLibrary, models: Models, threshold: float | None = None) -> None:
        self.library = library
        self.models = models
        self.threshold = threshold

    def ask(self, question: str, history: History = (), quick: bool = False) -> Answer:
        """The answer to ``question``; ``history`` holds the questions before it, or exchanges, oldest first.

        ``quick`` leaves the writer out. Raises UsageError for a question that is empty or too long for the window.
        """
        *_, answer = self.steps(question, history, quick)
        assert isinstance(answer, Answer)
        return answer

    def warm_up(self) -> None:
        """Load what loads late, so that the first question is answered as quickly as the second."""
        self.library.search("warming up", HITS)
        self.models.warm_up()

    def steps(self, question: str, history: History = (), quick: bool = False) -> Generator[Stage | Answer, None, None]:
        """What ``ask`` does, a stage at a time, the answer last; closing the generator stops it between stages.

        Where an article that it read is removed meanwhile, it begins once more.
        """
        while True:
            before = self.library.generation()
            try:
                yield from self._steps(question, history, quick)
                return
            except UsageError:
                if self.library.generation() == before:
                    raise

    def _steps(self, question: str, history: History, quick: bool) -> Generator[Stage | Answer, None, None]:
        started = time.perf_counter()
        asked = checked(question)
        if kind(asked) is Kind.SMALL_TALK:
            yield Answer(question, (), SMALL_TALK, (), self.models.reader.model.name)
            return
        quick = quick or self.models.writer is None
        understood = standalone(asked, history, None if quick else self.models.writer)
        work = Work(understood, kind(asked if quick else understood))
        rewritten = understood if understood != asked else None
        yield Stage("Searching the articles", asked=rewritten)
        about = collection.answer(self.library, work.question)
        if about:
            yield Answer(question, about, None, (), "library", 1.0, asked=rewritten)
            return
        work.hits = self.search(work.question)
        searched = time.perf_counter()
        yield from self.read(work, FEW if quick or self.models.judge is None else CANDIDATES)
        self.judge(work, quick, MOST)
        parts = [work]
        named = work.kind is Kind.EXPLANATION and len(queries(work.question)) > 1
        compares = named or chooses(work.question)  # two things: each may need evidence of its own
        doubted = work.confidence < (CONVINCED if work.verdicts and not compares else SURE)
        composite = work.kind is not Kind.SUMMARY and (doubted or asks_several(work.question))
        if composite and not quick and not work.unread:
            parts = yield from self._parts(work)
        read = time.perf_counter()
        statements: tuple[Statement, ...] = ()
        answered: list[Work] = []
        for part in parts:
            if self.is_answered(part):
                said = yield from Composition(self.library, self.models).of(part, quick, statements)
                statements = (*statements, *said)
                if said or _is_covered(part, statements):
                    answered.append(part)
        done = time.perf_counter()
        work.confidence = max(part.confidence for part in parts)
        best = [words for part in answered if (words := part.short_answer(statements))]
        yield Answer(
            question,
            statements,
            None if statements else reason(work),
            tuple(work.hits),
            self.models.reader.model.name if quick else self.models.name,
            work.confidence,
            work.tokens,
            Timings(searched - started, read - searched, done - read, done - started),
            ", ".join(dict.fromkeys(best)) or None if statements else None,
            unanswered(work, [part for part in parts if part not in answered], statements) if statements else None,
            rewritten,
        )

    def search(self, question: str) -> list[Hit]:
        """The best passages for ``question`` and for each of several names in it."""
        return merged_hits(self.library.search_all(queries(question), HITS))

    def read(self, work: Work, count: int) -> Generator[Stage, None, None]:
        """Chooses ``count`` units of evidence and reads them; leaves what the reader makes of them in ``work``."""
        if work.kind is Kind.SUMMARY:
            work.evidence = self._summary(work)
            yield Stage(f"Reading {len(work.evidence)} sentences", tuple(work.evidence))
            work.confidence = 1.0 if work.evidence else 0.0
            return
        work.evidence = select(work.question, work.hits, count, self.library.article)
        if not work.evidence:
            return
        yield Stage(f"Reading {len(work.evidence)} sentences", tuple(work.evidence))
        if work.unread:
            work.reading = lexical_reading(work.question, work.evidence)
            work.confidence = work.reading.answerable
            return
        reading = self._reading(work, [0.0] * len(work.evidence), [e.score for e in work.evidence])
        work.confidence = confidence(work.question, reading, work.evidence, work.hits)
        work.take(reading)

    def _reading(self, work: Work, known: Sequence[float], scores: Sequence[float] = ()) -> Reading:
        """The reader's of the units under their headings, with the log-odds that are ``known`` of each, and with what
        speaks against it."""
        closed = YES_OR_NO if work.kind is Kind.POLAR else ()
        known = [odds - penalty(work, e) for odds, e in zip(known, work.evidence, strict=True)]
        lines = [e.under_headings().undated for e in work.evidence]
        read = self.models.reader.read(work.question, lines, closed, scores, known)
        work.tokens += read.tokens
        return read

    def judge(self, work: Work, quick: bool, count: int) -> None:
        """Chooses what is written about, and says which confidence it takes.

        The judge reads ``count`` units, each by itself: does it answer exactly this question? Without a judge, the
        reader alone chooses.
        """
        reading = work.reading
        work.chosen, work.threshold = work.evidence, UNREAD if work.unread else THRESHOLD
        if work.kind is Kind.SUMMARY and not quick:
            self._judge_topic(work)
        if reading is None or not reading.candidates:
            return
        if quick:
            if max(reading.labels[1:]) < CLEAR:
                self._say_more(work, [0.0] * len(work.evidence), [e.score for e in work.evidence])
                work.confidence = confidence(work.question, work.reading or reading, work.evidence, work.hits)
            return
        work.chosen = work.telling(most_probable(work.evidence, reading.labels, FEWEST, MOST, ENOUGH))
        if not work.chosen:
            work.confidence = 0.0
        if not work.chosen or not self.ask_judge(work, count):
            return
        weights = EXPLAINED if work.kind is Kind.EXPLANATION and not work.unread else EXACT
        best = max(v - about_another(work, e) for e, v in work.verdicts.items())
        work.confidence = judged(work.confidence, best, weights)
        work.threshold = JUDGED
        if work.is_ranked:
            work.chosen = convincing(work)
            work.take(without_reader(work) if work.unread else self._reading(work, prior(work)))
            self._say_more(work, prior(work))

    def _say_more(self, work: Work, known: Sequence[float], scores: Sequence[float] = ()) -> None:
        """Lets the evidence say the sentence before it, or its title, where the words that answer stand there: "Ines
        Moll: She founded it". The reader has to find far more of an answer in the best unit with it than without, and
        of all the evidence, too, choose words that stand there.
        """
        if not work.reading or not work.reading.candidates or work.kind is not Kind.SPAN or work.unread:
            return
        best = work.evidence[work.reading.candidates[0].label - 1]
        alone = best.under_headings()
        plain = self._read_alone(work, alone)
        if plain.answerable >= CLEAR:
            return
        for form in Evidence.in_context, Evidence.under_title:
            more = self._read_alone(work, form(best))
            words = more.candidates[0].text
            elsewhere = words not in alone.spoken and checker.says_more(words, work.question)
            if elsewhere and more.answerable >= WHOLE and more.odds - plain.odds >= RISE:
                before, reading = work.evidence, work.reading
                work.put({e: form(e) for e in before})
                work.take(self._reading(work, known, scores))
                said = work.reading.candidates[0]
                if said.text not in before[said.label - 1].under_headings().spoken:
                    return
                work.put(dict(zip(work.evidence, before, strict=True)))  # with all of the evidence, it is not needed
                work.reading = reading

    def _read_alone(self, work: Work, evidence: Evidence) -> Reading:
        """What the reader makes of one unit."""
        read = self.models.reader.read(work.question, [evidence.undated])
        work.tokens += read.tokens
        return read

    def ask_judge(self, work: Work, count: int) -> bool:
        """Leaves the judge's verdicts on those of the ``count`` best units that state something in ``work``; whether
        there are any."""
        assert work.reading
        judge, units = self.models.judge, most_probable(work.evidence, work.reading.labels, count, count, ENOUGH)
        units = work.telling(units)
        verdicts = judge.verdicts(work.question, [e.in_context().line for e in units]) if judge else None
        work.verdicts = dict(zip(units, verdicts, strict=True)) if verdicts else {}
        return bool(work.verdicts)

    def _judge_topic(self, work: Work) -> None:
        """Leaves the confidence that the evidence of a summary is about its topic in ``work``, if there is a judge."""
        about, judge = topic(work.question), self.models.judge
        if about and judge and work.evidence:
            best = sorted(work.evidence, key=lambda e: -e.score)[:TOPIC_UNITS]
            support = judge.support(f"This is about {about}.", [e.line for e in best])
            if support is not None:
                work.confidence, work.threshold = probability(support), ABOUT

    def _parts(self, work: Work) -> Generator[Stage, None, list[Work]]:
        """The simple questions that this one is made of, each with evidence of its own; itself where it is one."""
        writer = self.models.writer
        assert writer is not None
        yield Stage("Taking the question apart", tuple(work.evidence))
        asked = writer.parts(work.question)
        asked = asked if len(asked) > 1 else split(work.question)
        if len(asked) < 2 or not is_faithful(work.question, asked):
            return [work]
        parts: list[Work] = []
        for one in asked:
            question = self._understood(one, [part for part in parts if part.best and self.is_answered(part)])
            part = Work(question, kind(question), one, self.search(question))
            yield from self.read(part, FEW)
            self.judge(part, False, FEWEST)
            if work.kind is Kind.EXPLANATION and part.confidence < VAGUE:  # "compare …", and no single fact of each
                part.kind = Kind.EXPLANATION
            work.tokens += part.tokens
            parts.append(part)
        if not any(map(self.is_answered, parts)):
            return [work]
        work.hits = merged_hits([work.hits, *(part.hits for part in parts)])
        return parts

    def _understood(self, question: str, before: Sequence[Work]) -> str:
        """A part of a question without words like "it": by the sentences that answer those ``before`` it ("in that
        year"), and where that changes nothing, by the key words of the answers."""
        understood = question
        sentences = [Exchange(part.question, part.best.spoken if part.best else "") for part in before]
        key_words = [Exchange(e.question, p.short_answer() or e.answer) for e, p in zip(sentences, before, strict=True)]
        for said in (sentences, key_words):
            if said and understood == question and is_follow_up(question):
                understood = standalone(question, said, self.models.writer)
        return understood

    def is_answered(self, part: Work) -> bool:
        return part.confidence >= (part.threshold if self.threshold is None else self.threshold)

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


def _is_covered(part: Work, said: Sequence[Statement]) -> bool:
    """Whether what was ``said`` of other parts answers this one, too."""
    words, best = part.short_answer(), part.best
    cited = {(c.article, c.start) for s in said for c in s.citations}
    held = words is not None and any(checker.holds_answer(s.text, words) for s in said)
    return held or (best is not None and (best.article, best.start) in cited)
