"""Training examples: groups of questions over one numbered piece of evidence.

A group shares its evidence, so that training reads the evidence once for all its questions. Every group mixes
questions that the evidence answers with questions that it almost answers:

- human: somebody wrote the question so that its paragraph does not answer it (SQuAD 2.0), nearly always as the twin of
  one that it answers; both stand in one group;
- removed: the sentence that answers was taken out, the rest of its paragraph stayed;
- sibling: the question belongs to another paragraph of the same article (where its sentence is in the evidence, it
  is answered: "guest");
- hop: a question that needs two articles, one of which is missing (`hops.py`).

Yes/no questions are made from sentences (`polar.py`), of the evidence and of a sibling paragraph. Some questions
follow another one. Most groups have the evidence that the assistant would choose for one of their questions.
"""

import random
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from index.passage import Passage
from index.search import Hit
from rag.evidence import select
from rag.prompt import NO_ANSWER, Line
from rag.training.group import Example, Group
from rag.training.polar import polar
from rag.training.squad import Paragraph, Question

POLAR = re.compile(
    r"(?i)(is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|am|isn't|aren't|wasn't"
    r"|don't|doesn't|didn't|won't|can't)\b"
)
AFTERTHOUGHTS = ["", "", "And ", "So "]
RETRIEVED = 0.65  # of the groups about articles have the evidence that the assistant would choose for one of them
MISSED = 0.15  # of these lack the sentence that answers, as when retrieval misses it
GUESTS = 2  # at most, of a group's questions, belong to other paragraphs and are answered by its evidence
HUMAN = 7  # at most, of a group's questions of each kind
SIZES = [5, 6, 7, 8, 8, 8, 9, 10, 12]  # sentences


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
        words = [w for w in re.findall(r"\w+", question.lower()) if len(w) > 3 or w.isdigit()] or ["none"]
        query = " OR ".join(f'"{word}"' for word in words)
        rows = self.db.execute(
            "SELECT rowid FROM paragraph WHERE paragraph MATCH ? ORDER BY rank LIMIT ?", (query, count)
        )
        return [row[0] for row in rows]


def groups(
    paragraphs: Sequence[Paragraph], words: Collection[str], rng: random.Random, articles: bool = True
) -> Iterator[Group]:
    """One group a paragraph, in random order.

    ``articles`` says that the file holds articles, where a question names what it is about; forum posts and reviews
    answer each other's questions ("What is the product?"), so that they get no sibling questions and their
    distracting sentences come from anywhere. ``words`` are lower-case English words (`polar.py`).
    """
    retrieval = Distractors(paragraphs)
    order = list(range(len(paragraphs)))
    rng.shuffle(order)
    for i in order:
        if paragraphs[i].questions or paragraphs[i].unanswerable:
            group = _group(i, paragraphs, retrieval, words, rng, articles)
            if group.examples:
                yield group


def without(kinds: Collection[str], drawn: Iterable[Group]) -> Iterator[Group]:
    """``drawn`` without the questions of ``kinds``, to see what a kind is good for."""
    for group in drawn:
        kept = [example for example in group.examples if example.kind not in kinds]
        if kept:
            yield replace(group, examples=kept)


def _group(
    index: int, paragraphs: Sequence[Paragraph], retrieval: Distractors, words: Collection[str], rng: random.Random,
    articles: bool,
) -> Group:  # fmt: skip
    paragraph = paragraphs[index]
    lead = rng.choice([q.text for q in paragraph.questions] + paragraph.unanswerable)
    others = [i for i in retrieval.near(lead, 6) if i != index] if articles else rng.sample(range(len(paragraphs)), 2)
    titled = articles and rng.random() < 0.85
    if articles and rng.random() < RETRIEVED:
        chosen = _retrieved(index, lead, others, paragraphs, rng)
    else:
        chosen = _near(index, lead, others, paragraphs, rng, articles)
    label = {place: number for number, place in enumerate(chosen, 1)}
    evidence = [Line(paragraphs[i].sentences[s].text, paragraphs[i].title if titled else "") for i, s in chosen]
    joined = "\n".join(line.text for line in evidence).lower()
    examples: list[Example] = []
    for q in rng.sample(paragraph.questions, min(len(paragraph.questions), HUMAN)):
        if (index, q.sentence) in label:
            examples.append(Example(q.text, label[index, q.sentence], q.answer, "answered"))
        elif q.answer.lower() not in joined:
            examples.append(Example(q.text, NO_ANSWER, "", "removed"))
    human = rng.sample(paragraph.unanswerable, min(len(paragraph.unanswerable), HUMAN))
    examples += [Example(text, NO_ANSWER, "", "human") for text in human]
    if articles:
        examples += _guests(index, others, label, paragraphs, rng)
        examples += _siblings(index, others, joined, paragraphs, rng)
    examples += _follow_ups(examples, rng)
    examples += _polar(evidence, [paragraphs[i] for i in others] if articles else [], words, rng)
    rng.shuffle(examples)
    return Group(evidence, examples)


Place = tuple[int, int]  # a paragraph and a sentence of it


def _near(
    index: int, lead: str, others: Sequence[int], paragraphs: Sequence[Paragraph], rng: random.Random, articles: bool
) -> list[Place]:
    """Most of the paragraph itself, and sentences from elsewhere that share words with ``lead``."""
    size = rng.choice(SIZES)
    own = list(range(len(paragraphs[index].sentences)))
    keep = min(len(own), max(2, size - rng.choice([0, 1, 2, 3, 4])))
    kept = sorted(rng.sample(own, keep))
    if len(kept) == len(own) > 2 and rng.random() < 0.3:
        kept.pop(rng.randrange(len(kept)))
    blocks = [[(index, s) for s in kept]]
    room = size - len(kept)
    for other in others if articles or rng.random() < 0.5 else []:
        if room <= 0:
            break
        found = paragraphs[other].sentences
        take = min(room, rng.randint(1, 3), len(found))
        best = sorted(range(len(found)), key=lambda s: -_shared(lead, found[s].text) - rng.random())[:take]
        blocks.append([(other, s) for s in sorted(best)])
        room -= take
    rng.shuffle(blocks)
    return [place for block in blocks for place in block][: max(SIZES)]


def _retrieved(
    index: int, lead: str, others: Sequence[int], paragraphs: Sequence[Paragraph], rng: random.Random
) -> list[Place]:
    """The sentences that the assistant would choose for ``lead``; now and then the best ones are left out."""
    found = list(others)
    found.insert(min(len(found), int(rng.expovariate(1))), index)  # mostly first, as retrieval has it
    hits = [
        Hit(Passage(str(i), 0, len(paragraphs[i].text), paragraphs[i].text), -float(rank), rank, None, None)
        for rank, i in enumerate(found, 1)
    ]
    size = rng.choice(SIZES)
    chosen = select(lead, hits, size + 1)
    place = {(i, s.start): (i, number) for i in found for number, s in enumerate(paragraphs[i].sentences)}
    places = [place[key] for e in chosen if (key := (int(e.article), e.start)) in place]
    if rng.random() < MISSED:
        golds = {(index, q.sentence) for q in paragraphs[index].questions if q.text == lead}
        places = [p for p in places if p not in golds]
    return places[:size]


def _guests(
    index: int, others: Sequence[int], label: dict[Place, int], paragraphs: Sequence[Paragraph], rng: random.Random
) -> list[Example]:
    found = [
        Example(q.text, label[i, q.sentence], q.answer, "guest")
        for i in others
        if i != index
        for q in paragraphs[i].questions
        if (i, q.sentence) in label and not POLAR.match(q.text)
    ]
    return rng.sample(found, min(len(found), GUESTS))


def _siblings(
    index: int, others: Sequence[int], joined: str, paragraphs: Sequence[Paragraph], rng: random.Random
) -> list[Example]:
    asked: list[Question] = [
        q for i in others if i != index for q in paragraphs[i].questions
        if not POLAR.match(q.text) and q.answer.lower() not in joined
    ]  # fmt: skip
    return [Example(rng.choice(asked).text, NO_ANSWER, "", "sibling")] if asked else []


def _polar(
    evidence: Sequence[Line], others: Sequence[Paragraph], words: Collection[str], rng: random.Random
) -> list[Example]:
    """A yes/no question about the evidence, and now and then one that it does not answer."""
    found: list[Example] = []
    for label in rng.sample(range(1, len(evidence) + 1), len(evidence)):
        made = polar(evidence[label - 1].text, words, rng)
        if made and rng.random() < 0.8:
            found.append(Example(made[0], label, made[1], "polar"))
            break
    read = {line.text for line in evidence}
    unread = [s.text for other in others for s in other.sentences if s.text not in read]
    if unread and rng.random() < 0.3:
        made = polar(rng.choice(unread), words, rng)
        if made:
            found.append(Example(made[0], NO_ANSWER, "", "polar sibling"))
    return found


def _follow_ups(asked: Sequence[Example], rng: random.Random) -> list[Example]:
    """At most one question that comes after another one, as `rag.question.in_context` joins them."""
    if len(asked) < 2 or rng.random() < 0.8:
        return []
    before, after = rng.sample(asked, 2)
    return [replace(after, question=f"{before.question} {rng.choice(AFTERTHOUGHTS)}{after.question}", kind="follow-up")]


def _shared(question: str, sentence: str) -> int:
    return len(set(re.findall(r"\w{3,}", question.lower())) & set(re.findall(r"\w{3,}", sentence.lower())))
