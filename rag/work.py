"""The state of a question while it is answered: what is known so far, and whether a statement is to the point."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.search import Hit
from rag import checker
from rag.answer import Statement
from rag.evidence import Evidence
from rag.generation import Candidate, Reading
from rag.lexical_reading import unread
from rag.question import YES_OR_NO, Kind

DECIDED = 4.0  # in log-probability, between yes and no; what is nearer is answered by the sentence alone
AGREED = 3.0  # the same where the writer says so, too
ON_POINT = 0.2  # share of the reader's probability that what the first statement cites holds, at least
FURTHER = 0.02  # the same of a further one, but where an explanation is asked for
ANSWERS = 0.25  # probability of a sentence from which on it may stand for a statement that failed
TIED = 1.5  # log-odds of a verdict that a row of a table may lack to another one, to answer about as well
UNJUDGED = -9.0  # log-odds of a unit without a verdict
VERDICT = re.compile(rf"({'|'.join(YES_OR_NO)})\b")


@dataclass
class Work:
    """What is known of a question so far."""

    question: str
    kind: Kind
    asked: str = ""  # where it is a part of a question: it as it was asked
    hits: list[Hit] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    verdicts: dict[Evidence, float] = field(default_factory=dict)  # the judge's, in log-odds, where they count
    chosen: list[Evidence] = field(default_factory=list)  # what of the evidence is written about
    reading: Reading | None = None
    confidence: float = 0.0
    threshold: float = 0.0  # the confidence from which on it is answered
    tokens: int = 0
    disputed: bool = False  # whether the writer says yes where the reader says no, or the other way round

    @property
    def unread(self) -> bool:
        """Whether the evidence is in a language that the reader does not read."""
        return unread(self.evidence)

    @property
    def is_ranked(self) -> bool:
        """Whether the verdicts rank the units: a judge that finds none to answer does not know which is nearest, but
        where an explanation is asked for, for which no unit need be exact."""
        best = max(self.verdicts.values(), default=None)
        return best is not None and (best >= 0 or self.kind is Kind.EXPLANATION)

    def take(self, reading: Reading) -> None:
        """Keeps ``reading``, which was made of the evidence under its headings: where the words that answer stand in
        a heading, which explains nothing, all of the evidence says its headings, too."""
        self.reading = reading
        best = next(iter(reading.candidates), None) if self.kind is Kind.SPAN else None
        if best and best.text not in (*YES_OR_NO, "") and best.text not in self.evidence[best.label - 1].spoken:
            self.put({e: e.under_headings() for e in self.evidence})

    def put(self, said: Mapping[Evidence, Evidence]) -> None:
        """Says each unit of the evidence otherwise."""
        self.evidence = [said[e] for e in self.evidence]
        self.chosen = [said[e] for e in self.chosen]
        self.verdicts = {said[e]: verdict for e, verdict in self.verdicts.items()}

    def is_relevant(self, proof: Sequence[Evidence], first: bool) -> bool:
        """Whether the reader finds enough in what a statement cites; what the judge ranked is to the point."""
        if self.reading is None or self.is_ranked:
            return True
        labels = dict(zip(self.evidence, self.reading.labels[1:], strict=True))
        least = ON_POINT if first else 0.0 if self.kind is Kind.EXPLANATION else FURTHER
        return sum(labels[e] for e in proof) >= least * self.reading.answerable

    def is_empty(self, evidence: Evidence) -> bool:
        """Whether it states nothing that could answer: it asks, too, or says only the question's own words; a title
        may be what is asked for, but explains nothing."""
        said = (evidence.under_title() if self.kind is Kind.SPAN else evidence).spoken
        return evidence.asks or (self.kind is not Kind.POLAR and not checker.says_more(said, self.question))

    def telling(self, units: Sequence[Evidence]) -> list[Evidence]:
        """Those of ``units`` that are not empty."""
        return [e for e in units if not self.is_empty(e)]

    def answers(self, evidence: Evidence) -> bool:
        """Whether it answers by itself: by the judge's verdict; each sentence of a summary does."""
        if self.kind is Kind.SUMMARY:
            return evidence.is_sentence
        return self.verdicts.get(evidence, UNJUDGED) >= 0 and not self.is_empty(evidence)

    def with_tied(self, evidence: Evidence) -> list[Evidence]:
        """It, and the other rows of its table that answer about as well by their verdicts, in their order: which one it
        is, their figures say ("Which boat was fastest?")."""
        table, least = (evidence.article, evidence.context), max(self.verdicts.get(evidence, UNJUDGED) - TIED, 0.0)
        near = [e for e, v in self.verdicts.items() if v >= least and (e.article, e.context) == table]
        rows = [e for e in self.evidence if e in near or e == evidence]
        return rows if evidence.is_row else [evidence]

    def names_one_row(self, proof: Sequence[Evidence]) -> bool:
        """Whether ``proof`` is of rows of which no other one answers as well."""
        return all(e.is_row and self.with_tied(e) == [e] for e in proof)

    @property
    def best(self) -> Evidence | None:
        """The sentence that the reader finds to answer, if there is one."""
        if self.reading is None or not self.reading.candidates:
            return None
        label = self.reading.candidates[0].label
        return self.evidence[label - 1] if self.reading.labels[label] >= ANSWERS else None

    def short_answer(self, said: Sequence[Statement] = ()) -> str | None:
        """The key words of the answer; a yes or no only where it is said, or the reader is sure of it."""
        if self.reading is None or not self.reading.candidates:
            return None
        stated = next((verdict[1] for s in said if (verdict := VERDICT.match(s.text))), None)
        if self.kind is Kind.POLAR and (stated or self.disputed or not decided(self.reading)):
            return stated
        found = [replace(c, text=self.evidence[c.label - 1].value(c.text)) for c in self.reading.candidates]
        informs = [c for c in found if checker.says_more(c.text, self.question)]
        best = (informs or found)[0]
        if len(self.with_tied(self.evidence[best.label - 1])) > 1:
            return None
        told = [cell for s in said for cell in self._cells_in(s.text)]
        if told and not any(checker.holds_answer(s.text, best.text) for s in said):
            return told[0]
        listed = (self._listed(s, informs) for s in said)
        return next((", ".join(words) for words in listed if best.text in words and len(words) > 1), best.text)

    def _listed(self, statement: Statement, candidates: Sequence[Candidate]) -> list[str]:
        """The best words of each sentence that ``statement`` cites, in its order, of which it says each."""
        cited = {(c.article, c.start) for c in statement.citations}
        first: dict[int, str] = {}
        for c in candidates:
            place = self.evidence[c.label - 1]
            if (place.article, place.start) in cited and c.text in statement.text:
                first.setdefault(c.label, c.text)
        words = dict.fromkeys(first.values())
        apart = [one for one in words if not any(one in other for other in words if other != one)]
        return sorted(apart, key=statement.text.index)

    def holds_answer(self, statement: str) -> bool:
        """Whether ``statement`` holds the words that answer, of a row those of any cell; a yes or no stands in no
        sentence."""
        words = self.short_answer()
        held = self.kind is Kind.POLAR or words is None or checker.holds_answer(statement, words)
        return held or bool(self._cells_in(statement))

    def _cells_in(self, statement: str) -> list[str]:
        """What ``statement`` says of the cells of the row that the reader chose, but what was asked."""
        assert self.reading is not None
        cells = self.evidence[self.reading.candidates[0].label - 1].cells
        return [cell for cell in cells if cell in statement and checker.says_more(cell, self.question)]

    def same_verdict(self, statement: str) -> bool:
        """Whether reader and writer decide alike, where yes or no is asked for: neither is right often enough alone."""
        if self.kind is not Kind.POLAR or self.reading is None:
            return True
        said = VERDICT.match(statement)
        return said is not None and said[1] == self.reading.candidates[0].text and decided(self.reading, AGREED)

    def contradicts(self, statement: str) -> bool:
        """Whether ``statement`` says yes where the reader says no, or the other way round."""
        said = VERDICT.match(statement) if self.kind is Kind.POLAR and self.reading else None
        return bool(said and self.reading and said[1] != self.reading.candidates[0].text)


def decided(reading: Reading, least: float = DECIDED) -> bool:
    """Whether yes and no are far enough apart to be said."""
    best, *others = reading.candidates
    return all(best.logprob - c.logprob > least for c in others if c.label == best.label)
