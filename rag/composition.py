"""Composition: what is said of a question, from the writer's drafts that the checker lets through, or word for word."""

from collections.abc import Generator, Iterator, Sequence

from index.open import AnyLibrary
from index.sentence import Span, asks
from index.term import terms
from rag import checker
from rag.answer import Statement
from rag.citation import Citation
from rag.confidence import around
from rag.evidence import Evidence
from rag.models import Models
from rag.prompt import Line, one_line
from rag.question import Kind
from rag.reranking import also_answering
from rag.stage import Stage
from rag.work import VERDICT, Work, decided
from rag.writer import STATEMENTS, Draft

LEAST = {Kind.SUMMARY: 3, Kind.EXPLANATION: 2}  # statements, where one is too few
SUPPORTED = 1.0  # log-odds of the judge's yes, for each word of a statement's own: do its quotes state it?
LIKELY, SURELY = 2.5, 3.0  # where words are the question's alone or in another order, or a quote has other names or
# numbers, too, or says what stands before it; where names are in another order
COMPARED = 2  # sentences that are held against what is said, at most
FOUND = 0.3  # probability, the reader's of a sentence by itself, from which on it holds an answer, too
ENTAILED = 1.5  # log-odds of the judge's yes from which on a sentence states what is said, too


class Composition:
    """Makes statements of what is known of a question; each cites sentences of ``library``."""

    def __init__(self, library: AnyLibrary, models: Models) -> None:
        self.library = library
        self.models = models

    def of(
        self, work: Work, quick: bool, before: tuple[Statement, ...]
    ) -> Generator[Stage, None, tuple[Statement, ...]]:
        """What is said of one question, after what was said ``before``. A sentence that begins with a pronoun is said
        with the one before it."""
        if work.kind is not Kind.SUMMARY:
            work.put({e: e.in_context() if e.speaks_of_it else e for e in work.evidence})
        if quick:
            return self._verbatim(work)
        said: tuple[Statement, ...] = ()
        for step in self._written(work, before):
            said = tuple(
                s
                for s in step.statements
                if not _says_again(s, before) and (not _quotes_again(s, before) or _adds(s, before, work.question))
            )
            yield Stage(step.text, step.evidence, (*before, *said))
        return said

    def _verbatim(self, work: Work) -> tuple[Statement, ...]:
        """The sentence that answers, word for word; for a summary the most telling ones."""
        if work.kind is Kind.SUMMARY:
            told = [e for e in work.evidence if e.is_sentence] or work.evidence
            return tuple(self._statement(e.spoken, [e]) for e in told[:STATEMENTS])
        if work.reading is None or not work.reading.candidates:
            return ()
        best = work.reading.candidates[0]
        evidence = work.evidence[best.label - 1]
        if work.is_empty(evidence):
            return ()
        said = evidence.spoken
        if work.kind is Kind.POLAR and best.text and decided(work.reading) and not VERDICT.match(said):
            said = f"{best.text}: {said}"
        rows = work.with_tied(evidence)
        return tuple(self._statement(said if e == evidence else e.spoken, [e], work.confidence) for e in rows)

    def _written(self, work: Work, before: Sequence[Statement]) -> Iterator[Stage]:
        """What the writer says and the checker lets through, a stage each time that it is further, and after that what
        else answers, unless it was said ``before``."""
        writer = self.models.writer
        assert writer is not None
        chosen = work.chosen
        lines = [e.line for e in chosen]
        least = min(LEAST.get(work.kind, 1), len(chosen))
        shown: list[Statement] = []
        yield Stage("Writing", tuple(chosen))
        for step in writer.write(work.question, lines, least):
            if isinstance(step, Draft):
                for statement in self._checked(work, chosen, lines, step, shown):
                    if len(shown) < STATEMENTS and not _repeats(statement, shown):
                        shown.append(statement)
                        yield Stage("Writing", tuple(chosen), tuple(shown))
            else:
                yield Stage(f"Writing, {step} tokens so far", tuple(chosen), tuple(shown))
        more: list[Statement] = []
        if not shown or (work.best and not any(work.holds_answer(s.text) for s in shown)):
            more = list(self._verbatim(work))
        elif work.kind is Kind.SUMMARY:
            more = [s for s in self._verbatim(work) if not _repeats(s, shown)][: max(0, least - len(shown))]
        for statement in (*more, *self._also_answering(work, [*shown, *more], before)):
            if len(shown) < STATEMENTS and not _repeats(statement, shown):
                shown.append(statement)
        yield Stage("Written", tuple(chosen), tuple(shown))

    def _checked(
        self,
        work: Work,
        evidence: Sequence[Evidence],
        lines: Sequence[Line],
        draft: Draft,
        shown: Sequence[Statement],
    ) -> list[Statement]:
        """The statement of ``draft`` with what proves it, or what stands in its place, after what is ``shown``."""
        work.disputed |= work.contradicts(draft.text)
        kept = checker.checked(draft.text, draft.labels, lines, work.question)
        proof = [evidence[k - 1] for k in (kept.labels if kept else draft.labels)]
        if kept is None or not self._holds(work, kept.text, proof):
            return self._instead(work, proof, kept is not None and work.best in proof, shown)
        if not work.is_relevant(proof, not shown):
            return self._instead(work, [], False, shown)
        return [self._statement(kept.text, proof, kept.covered)]

    def _holds(self, work: Work, text: str, proof: Sequence[Evidence]) -> bool:
        """Whether what the rules let through may be said.

        Not if it cites the sentence that answers and leaves out the words that do, puts words of the question to
        something else (but of a row, which holds no verbs, the judge may say so), decides between yes and no otherwise
        than the reader does, or says flatly what its quote says with reserve; nor if the judge denies it.
        """
        near = "\n".join(around(e, work.hits) for e in proof)
        return (
            (work.best not in proof or work.holds_answer(text))
            and (work.names_one_row(proof) or not checker.only_in_question(text, near, work.question))
            and work.same_verdict(text)
            and not checker.drops_reserve(text, [e.line for e in proof])
            and self._supports(work, text, proof, checker.own_stems(text, near, work.question))
        )

    def _instead(
        self, work: Work, proof: Sequence[Evidence], of_best: bool, shown: Sequence[Statement]
    ) -> list[Statement]:
        """What stands in the place of a statement that cited ``proof``: those of its sentences that answer by the
        judge's verdict, word for word; of the first statement, and of one that cited the best sentence, that one, too.
        With a row of a table, the rows that answer as well.
        """
        sure = [e for e in proof if work.answers(e)]
        if work.best and (not shown or of_best):
            sure = [work.best, *(e for e in sure if e != work.best)]
        sure = list(dict.fromkeys(row for e in sure for row in work.with_tied(e)))
        made = [self._statement(e.spoken, [e], work.confidence) for e in sure]
        return [s for s in made if not _cites(shown, s.citations[-1])]

    def _supports(self, work: Work, text: str, proof: Sequence[Evidence], own: Sequence[str]) -> bool:
        """Whether the judge, asked afresh, finds ``text`` in ``proof``, where it uses words of its ``own`` or of the
        question alone, puts things in another order, or may have taken the wrong name or number, or it from what
        stands before, or explains one thing by another that only the title or the question names; where that is not
        known, yes. What is said word for word needs no asking."""
        lines, judge = [e.line for e in proof], self.models.judge
        if text in (one_line(line.text) for line in lines):
            return True
        quotes = "\n".join(f"{line.context}\n{line.text}" for line in lines)
        ordered = [e.line for e in proof if e.is_sentence]  # the cells of a row stand in no order
        doubtful = checker.words_reordered(text, ordered) or checker.has_others(text, ordered)
        doubtful = (
            doubtful or any(e.above for e in proof) or bool(checker.only_in_question(text, quotes, work.question))
        )
        spoken = "\n".join(line.text for line in lines)
        doubtful = doubtful or (work.kind is Kind.EXPLANATION and bool(checker.own_stems(text, spoken, "")))
        least = max(
            SURELY if checker.names_reordered(text, lines) else LIKELY if doubtful else 0.0, SUPPORTED * len(own)
        )
        support = judge.support(text, lines) if judge and least else None
        return support is None or support >= least

    def _also_answering(
        self, work: Work, shown: Sequence[Statement], before: Sequence[Statement]
    ) -> Iterator[Statement]:
        """What answers, too, and otherwise than is ``shown``: a further item, or what another article says, under its
        title. The reader, too, has to find an answer in it. The judge holds what is said against it: a sentence that
        states that says nothing new."""
        judge = self.models.judge
        if judge is None or not shown:
            return
        home = shown[0].citations[0].article
        cited = {(c.article, c.start) for s in (*before, *shown) for c in s.citations}
        others = also_answering(work, [e for e in work.verdicts if (e.article, e.start) in cited])
        for e in others[:COMPARED]:
            found = work.unread or self.models.reader.read(work.question, [e.undated]).answerable >= FOUND
            if found and all((judge.support(s.text, [e.line]) or 0.0) < ENTAILED for s in shown):
                yield self._statement(e.spoken if e.article == home else f"{e.title}: {e.spoken}", [e])

    def _statement(self, text: str, evidence: Sequence[Evidence], support: float = 1.0) -> Statement:
        """``text`` with citations of ``evidence``, and of a heading above it that holds what the evidence does not."""
        lacking = set(terms(text)) - set(terms(" ".join(e.text for e in evidence)))
        places = [(e.article, *place) for e in evidence for place in (*self._above(e, lacking), (e.start, e.end))]
        citations = tuple(Citation.of(self.library.article(id), *place) for id, *place in dict.fromkeys(places))
        return Statement(" ".join(text.split()), citations, round(support, 3))

    def _above(self, evidence: Evidence, lacking: set[str]) -> list[Span]:
        """Where that stands above ``evidence`` which it says or answers, and which holds something ``lacking``."""
        article = self.library.article(evidence.article).text
        above = dict.fromkeys([*evidence.above, *filter(asks, evidence.headings)])
        held = [words for words in above if lacking & set(terms(words))]
        starts = [(article.rfind(words, 0, evidence.start), len(words)) for words in held]
        return [(start, start + length) for start, length in starts if start >= 0]


def _repeats(statement: Statement, said: Sequence[Statement]) -> bool:
    return _says_again(statement, said) or _quotes_again(statement, said)


def _says_again(statement: Statement, said: Sequence[Statement]) -> bool:
    """Whether ``statement`` is nearly in words that were ``said``."""
    return any(checker.near_duplicate(statement.text, s.text) for s in said)


def _quotes_again(statement: Statement, said: Sequence[Statement]) -> bool:
    """Whether ``statement`` is a sentence word for word that was cited for what was ``said``."""
    quoted = statement.text.endswith(one_line(statement.citations[-1].quote))
    return quoted and _cites(said, statement.citations[-1])


def _adds(statement: Statement, said: Sequence[Statement], question: str) -> bool:
    """Whether ``statement``, a quote, holds a number that neither ``question`` nor those hold that cite it, too: the
    answer to another part of the question."""
    told = " ".join([question, *(s.text for s in said if _cites([s], statement.citations[-1]))])
    return bool(set(checker.numbers(statement.text)) - set(checker.numbers(told)))


def _cites(said: Sequence[Statement], citation: Citation) -> bool:
    return any(citation in s.citations for s in said)
