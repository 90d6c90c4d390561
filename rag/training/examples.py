"""Training examples: groups of questions over one numbered piece of evidence.

A group shares its evidence, so that training reads the evidence once for all its questions. Every group mixes
questions that the evidence answers with questions that it almost answers:

- removed: the gold sentence was taken out, the rest of its paragraph stayed;
- sibling: the question belongs to another paragraph of the same article (where its sentence is in the evidence, it
  is answered: "guest");
- exchanged: one detail of an answerable question was swapped (`negatives.py`), so that it still reads well
  (`fluency.py`): the model is to compare it with the evidence, not to notice that it is odd;
- altered: the detail was swapped in the evidence instead, and the question stayed as somebody wrote it. The same swap
  in both is answered again ("consistent"), so that nothing but the comparison tells.

Yes/no questions are made from sentences (`polar.py`), of the evidence and of a sibling paragraph. Some questions
follow another one.
"""

import random
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.passage import Passage
from index.search import Hit
from rag.evidence import select
from rag.prompt import MAX_EVIDENCE, NO_ANSWER
from rag.training.negatives import Fluency, Neighbours, contrast, exchanges, mentions, replaced
from rag.training.polar import polar
from rag.training.squad import Paragraph, Question

POLAR = re.compile(
    r"(?i)(is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|am|isn't|aren't|wasn't"
    r"|don't|doesn't|didn't|won't|can't)\b"
)
AFTERTHOUGHTS = ["", "", "And ", "So "]
RETRIEVED = 0.7  # of the groups about articles have the evidence that the assistant would choose for one of them
GUESTS = 4  # at most, of a group's questions, belong to other paragraphs and are answered by its evidence
EXCHANGED = 0.6  # of the answered questions come with one of their details exchanged, too
ALTERED = 0.5  # of the groups have evidence in which a detail was exchanged, where they share one with a question
STRANGE = 9.0  # in log-probability: what reads worse than the question by more than this is no negative


@dataclass(frozen=True)
class Example:
    """A question with its label (0: not answered by the evidence) and the answer's words."""

    question: str
    label: int
    answer: str
    kind: str


@dataclass(frozen=True)
class Group:
    evidence: list[str]
    examples: list[Example]


class Distractors:
    """BM25 over the sentences of one file's paragraphs, by article."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs = paragraphs
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE VIRTUAL TABLE paragraph USING fts5(text, tokenize='porter unicode61')")
        self.db.executemany(
            "INSERT INTO paragraph(rowid, text) VALUES (?, ?)", ((i, p.text) for i, p in enumerate(paragraphs))
        )

    def near(self, question: str, count: int) -> list[int]:
        """Indices of the ``count`` paragraphs that BM25 ranks first for ``question``."""
        words = re.findall(r"\w+", question.lower())
        query = " OR ".join(f'"{word}"' for word in words)
        rows = self.db.execute(
            "SELECT rowid FROM paragraph WHERE paragraph MATCH ? ORDER BY rank LIMIT ?", (query, count)
        )
        return [row[0] for row in rows]


def groups(
    paragraphs: Sequence[Paragraph],
    near: Neighbours,
    fluency: Fluency,
    rng: random.Random,
    articles: bool = True,
) -> Iterator[Group]:
    """One group a paragraph, in random order.

    ``articles`` says that the file holds articles, where a question names what it is about; forum posts and reviews
    answer each other's questions ("What is the product?"), so that they get no sibling questions and their
    distracting sentences come from anywhere.
    """
    retrieval = Distractors(paragraphs)
    order = list(range(len(paragraphs)))
    rng.shuffle(order)
    for i in order:
        if paragraphs[i].questions:
            group = _group(i, paragraphs, retrieval, near, fluency, rng, articles)
            if group.examples:
                yield group


def without(kinds: Collection[str], drawn: Iterable[Group]) -> Iterator[Group]:
    """``drawn`` without the questions of ``kinds``, to see what a kind is good for."""
    for group in drawn:
        kept = [example for example in group.examples if example.kind not in kinds]
        if kept:
            yield replace(group, examples=kept)


def _group(
    index: int, paragraphs: Sequence[Paragraph], retrieval: Distractors, near: Neighbours, fluency: Fluency,
    rng: random.Random, articles: bool,
) -> Group:  # fmt: skip
    paragraph = paragraphs[index]
    lead = rng.choice(paragraph.questions)
    others = (
        [i for i in retrieval.near(lead.text, 6) if i != index] if articles else rng.sample(range(len(paragraphs)), 2)
    )
    guests: list[Example] = []
    if articles and rng.random() < RETRIEVED:
        evidence, place, guests = _retrieved(index, lead, others, paragraphs, rng)
    else:
        evidence, place = _evidence(paragraph, lead, [paragraphs[i] for i in others], rng, articles)
    asked = [q for q in paragraph.questions if not POLAR.match(q.text)]
    answered = [q for q in asked if q.sentence in place]
    pool = "\n".join([paragraph.text, *(paragraphs[i].text for i in others[:2])])
    swap = _swap(answered, evidence, pool, near, rng) if rng.random() < ALTERED else None
    if swap:
        evidence, guests = [replaced(text, *swap) for text in evidence], []
        examples = [e for q in answered for e in _altered(q, place[q.sentence], *swap)]
    else:
        examples = [Example(q.text, place[q.sentence], q.answer, "answered") for q in answered]
        examples += _exchanged(answered, paragraph, near, fluency, rng)
    joined = "\n".join(evidence)
    removed = [q for q in asked if q.sentence not in place and not _stands_in(q.answer, joined)]
    examples += [Example(q.text, NO_ANSWER, "", "removed") for q in removed]
    if articles:
        examples += guests + _siblings(paragraph, index, others, paragraphs, joined, rng)
    examples += _follow_ups(examples, rng)
    examples += _polar(evidence, [paragraphs[i] for i in others] if articles else [], near, rng)
    rng.shuffle(examples)
    return Group(evidence, examples)


def _evidence(
    paragraph: Paragraph, lead: Question, others: Sequence[Paragraph], rng: random.Random, articles: bool
) -> tuple[list[str], dict[int, int]]:
    """The evidence, and for each sentence of ``paragraph`` that is in it, its label.

    As at the time of asking, the sentences from elsewhere are those that share words with a question, ``lead``.
    """
    size = rng.choice([4, 5, 6, 6, 7, 8, 8, 9])
    own = list(range(len(paragraph.sentences)))
    keep = min(len(own), max(2, size - rng.choice([0, 1, 2, 3, 4, 5])) if articles else size - rng.choice([0, 0, 1]))
    kept = sorted(rng.sample(own, keep)) if len(own) > keep or rng.random() < 0.6 else own
    if len(kept) == len(own) and len(own) > 2 and rng.random() < 0.5:
        kept.pop(rng.randrange(len(kept)))
    blocks: list[list[tuple[str, int | None]]] = [[(paragraph.sentences[i].text, i) for i in kept]]
    room = size - len(kept)
    for other in others:
        if room <= 0:
            break
        take = min(room, rng.randint(1, 3), len(other.sentences))
        best = sorted(other.sentences, key=lambda s: -_shared(lead.text, s.text) - rng.random())[:take]
        blocks.append([(s.text, None) for s in sorted(best, key=lambda s: s.start)])
        room -= take
    rng.shuffle(blocks)
    flat = [entry for block in blocks for entry in block][:MAX_EVIDENCE]
    place = {i: label for label, (_, i) in enumerate(flat, 1) if i is not None}
    return [text for text, _ in flat], place


def _retrieved(
    index: int, lead: Question, others: Sequence[int], paragraphs: Sequence[Paragraph], rng: random.Random
) -> tuple[list[str], dict[int, int], list[Example]]:
    """The evidence that the assistant would choose for ``lead``, the labels of the paragraph's own sentences in it,
    and the questions of the other paragraphs that it answers. Now and then the sentence that answers is left out."""
    found = list(others)
    found.insert(min(len(found), int(rng.expovariate(1))), index)  # mostly first, as retrieval has it
    hits = [
        Hit(Passage(str(i), 0, len(paragraphs[i].text), paragraphs[i].text), -float(rank), rank, None, None)
        for rank, i in enumerate(found, 1)
    ]
    size = rng.choice([6, 7, 8, 8, 8, 9])
    chosen = select(lead.text, hits, size + 1)
    gold = paragraphs[index].sentences[lead.sentence].start
    if rng.random() < 0.3:
        chosen = [e for e in chosen if (e.article, e.start) != (str(index), gold)]
    chosen = chosen[:size]
    label = {(int(e.article), e.start): number for number, e in enumerate(chosen, 1)}
    place = {i: label[index, s.start] for i, s in enumerate(paragraphs[index].sentences) if (index, s.start) in label}
    guests = [
        Example(q.text, label[i, paragraphs[i].sentences[q.sentence].start], q.answer, "guest")
        for i in found
        if i != index
        for q in paragraphs[i].questions
        if (i, paragraphs[i].sentences[q.sentence].start) in label and not POLAR.match(q.text)
    ]
    return [e.text for e in chosen], place, rng.sample(guests, min(len(guests), GUESTS))


def _swap(
    answered: Sequence[Question], evidence: Sequence[str], pool: str, near: Neighbours, rng: random.Random
) -> tuple[str, str] | None:
    """A detail that one of the questions shares with the evidence, and what takes its place."""
    joined = "\n".join(evidence)
    for q in rng.sample(answered, len(answered)):
        found = contrast(q.text, joined, pool, near, rng)
        if found and not mentions(q.answer, found[0]):
            return found
    return None


def _altered(question: Question, label: int, old: str, new: str) -> list[Example]:
    """What becomes of an answered question when ``old`` is exchanged for ``new`` in the evidence."""
    answer = replaced(question.answer, old, new)
    if mentions(question.text, old):
        consistent = Example(replaced(question.text, old, new), label, answer, "consistent")
        return [Example(question.text, NO_ANSWER, "", "altered"), consistent]
    if old[:4].lower() in question.text.lower():
        return []  # another form of the same word: nobody knows
    return [Example(question.text, label, answer, "answered")]


def _exchanged(
    answered: Sequence[Question], paragraph: Paragraph, near: Neighbours, fluency: Fluency, rng: random.Random
) -> list[Example]:  # fmt: skip
    """Of some answered questions the exchange that reads best, with some chance for the others."""
    chosen = [q for q in answered if rng.random() < EXCHANGED]
    ways = [exchanges(q.text, paragraph.sentences[q.sentence].text, paragraph.text, near, rng) for q in chosen]
    scores = iter(fluency([text for q, made in zip(chosen, ways, strict=True) for text in (q.text, *made)]))
    examples = []
    for made in ways:
        least = next(scores) - STRANGE
        reading = [(score + rng.gauss(0, 2), text) for text, score in zip(made, scores) if score > least]  # noqa: B905
        if reading:
            examples.append(Example(max(reading)[1], NO_ANSWER, "", "exchanged"))
    return examples


def _siblings(
    paragraph: Paragraph, index: int, others: list[int], paragraphs: Sequence[Paragraph], joined: str,
    rng: random.Random,
) -> list[Example]:  # fmt: skip
    asked: list[Question] = [
        q for i in others if i != index for q in paragraphs[i].questions
        if not POLAR.match(q.text) and not _stands_in(q.answer, joined)
    ]  # fmt: skip
    rng.shuffle(asked)
    return [Example(q.text, NO_ANSWER, "", "sibling") for q in asked[:1]]


def _polar(
    evidence: list[str], others: Sequence[Paragraph], near: Neighbours, rng: random.Random
) -> list[Example]:  # fmt: skip
    """A yes/no question about the evidence, and now and then one that it does not answer."""
    found: list[Example] = []
    for label in rng.sample(range(1, len(evidence) + 1), len(evidence)):
        made = polar(evidence[label - 1], near, rng)
        if made and rng.random() < 0.8:
            found.append(Example(made[0], label, made[1], "polar"))
            break
    unread = [s.text for other in others for s in other.sentences if s.text not in evidence]
    if unread and rng.random() < 0.3:
        made = polar(rng.choice(unread), near, rng)
        if made:
            found.append(Example(made[0], NO_ANSWER, "", "polar sibling"))
    return found


def _follow_ups(asked: Sequence[Example], rng: random.Random) -> list[Example]:
    """At most one question that comes after another one, as `rag.question.in_context` joins them."""
    if len(asked) < 2 or rng.random() < 0.7:
        return []
    before, after = rng.sample(asked, 2)
    return [replace(after, question=f"{before.question} {rng.choice(AFTERTHOUGHTS)}{after.question}", kind="follow-up")]


def _shared(question: str, sentence: str) -> int:
    return len(set(re.findall(r"\w{3,}", question.lower())) & set(re.findall(r"\w{3,}", sentence.lower())))


def _stands_in(answer: str, text: str) -> bool:
    return answer.lower() in text.lower()
