"""Training groups from other layouts: questions that need two articles, and questions bound to a date.

A question over two articles is answered when the sentences of both are there, and not when one is missing. TimeQA
(Chen et al. 2021) asks about one article what held in a span of years, and at times in years that it does not tell of.
"""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.passage import Passage
from index.search import Hit
from rag.evidence import select
from rag.prompt import NO_ANSWER, Line
from rag.training.examples import SIZES
from rag.training.group import Example, Group

CHUNK = 900  # characters of an article of TimeQA that stand for a passage
GONE = 0.5  # of the questions over two articles come once more with one of them missing


def multihop(file: Path, rng: random.Random) -> Iterator[Group]:
    """Groups from records with ``articles`` (title, sentences) and ``supporting`` (title, sentence number)."""
    for record in _records(file):
        gold = {(s[0], s[1]) if isinstance(s, list) else (s["title"], s["sentence"]) for s in record["supporting"]}
        places = [
            (article["title"], number, text.strip())
            for article in record["articles"]
            for number, text in enumerate(article["sentences"])
            if len(text.strip()) > 2
        ]
        proof = [p for p in places if p[:2] in gold]
        if not proof:
            continue
        noise = sorted(
            (p for p in places if p[:2] not in gold),
            key=lambda p: -_shared(record["question"], p[0] + " " + p[2]) - rng.random(),
        )
        yield from _twice(record["question"], record["answer"], [(p[0], p[2]) for p in proof],
                          [(p[0], p[2]) for p in noise], rng)  # fmt: skip


def gold_only(file: Path, rng: random.Random) -> Iterator[Group]:
    """Groups from records whose ``evidence`` holds only the sentences that prove, as "title | sentence"."""
    records = list(_records(file))
    for record in records:
        proof = [tuple(e.split(" | ", 1)) for e in record["evidence"] if " | " in e]
        noise = [tuple(e.split(" | ", 1)) for r in rng.sample(records, 4) if r is not record for e in r["evidence"]]
        if len({title for title, _ in proof}) > 1:
            yield from _twice(record["question"], record["answer"], proof, [n for n in noise if len(n) == 2], rng)


def _twice(
    question: str, answer: str, proof: list[tuple[str, str]], noise: list[tuple[str, str]], rng: random.Random
) -> Iterator[Group]:
    """The question with all that proves its answer, and often once more without one of the articles."""
    titles = sorted({title for title, _ in proof})
    size = max(len(proof), rng.choice(SIZES))
    label_of = [i for i, (_, text) in enumerate(proof) if answer.lower() in text.lower()]
    yes_or_no = answer.lower() in ("yes", "no")
    if label_of or yes_or_no:
        chosen = [(t, s, i) for i, (t, s) in enumerate(proof)] + [(t, s, -1) for t, s in noise[: size - len(proof)]]
        chosen = _by_title(chosen, rng)
        wanted = label_of[-1] if label_of else 0
        label = next(n for n, (_, _, i) in enumerate(chosen, 1) if i == wanted)
        words = answer.capitalize() if yes_or_no else answer
        yield Group([Line(s, t) for t, s, _ in chosen], [Example(question, label, words, "hops")])
    if len(titles) > 1 and rng.random() < GONE:
        gone = rng.choice(titles)
        left = [(t, s, 0) for t, s in proof if t != gone] + [(t, s, -1) for t, s in noise if t != gone][:size]
        left = _by_title(left[:size], rng)
        if left:
            yield Group([Line(s, t) for t, s, _ in left], [Example(question, NO_ANSWER, "", "hop")])


def _by_title(lines: list[tuple[str, str, int]], rng: random.Random) -> list[tuple[str, str, int]]:
    titles = list(dict.fromkeys(t for t, _, _ in lines))
    rng.shuffle(titles)
    return [line for title in titles for line in lines if line[0] == title]


def dated(articles: Path, questions: Path, rng: random.Random) -> Iterator[Group]:
    """Groups from TimeQA: its questions about each article, over the evidence that the assistant would choose."""
    texts = {record["article"]: record["text"] for record in _records(articles)}
    asked: dict[int, list[dict[str, Any]]] = {}
    for record in _records(questions):
        asked.setdefault(record["article"], []).append(record)
    for number, records in asked.items():
        chunks = _chunks(texts[number])
        for record in records:
            hits = [Hit(Passage(str(start), start, start + len(t), t), 0.0, 1, None, None) for start, t in chunks]
            near = sorted(hits, key=lambda h: -_shared(record["question"], h.passage.text) - rng.random())[:8]
            near = [Hit(h.passage, -float(rank), rank, None, None) for rank, h in enumerate(near, 1)]
            chosen = select(record["question"], near, rng.choice(SIZES))
            label, words = NO_ANSWER, ""
            for place, evidence in enumerate(chosen, 1):
                for start, end in zip(record["from"], record["end"], strict=True):
                    if record["answerable"] and evidence.start <= start and end <= evidence.end and not label:
                        label, words = place, texts[number][start:end]
            if record["answerable"] and not label:
                continue
            kind = "dated" if label else "wrong date"
            yield Group(
                [Line(_spaced(e.text)) for e in chosen], [Example(record["question"], label, _spaced(words), kind)]
            )


def _chunks(text: str) -> list[tuple[int, str]]:
    found, start = [], 0
    while start < len(text):
        end = text.find(" . ", start + CHUNK)
        end = len(text) if end < 0 else end + 3
        found.append((start, text[start:end]))
        start = end
    return found


def _spaced(text: str) -> str:
    """``text`` without the blanks that a tokenizer left before punctuation."""
    return re.sub(r"\( ", "(", re.sub(r" ([.,;:!?)'’])", r"\1", text)).strip()


def _shared(question: str, sentence: str) -> int:
    return len(set(re.findall(r"\w{3,}", question.lower())) & set(re.findall(r"\w{3,}", sentence.lower())))


def _records(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
