"""Questions that the evidence almost answers: one detail exchanged, so that it no longer does.

The kinds follow the taxonomy of unanswerable questions in SQuAD 2.0 (Rajpurkar et al. 2018, table 2):
entity swap, number swap, antonym, negation; a content word is exchanged for one of its neighbours in the
language model's own embedding space. In contrast sets the same is done to the evidence.
"""

import random
import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

ENTITY = re.compile(r"(?<!^)(?<![.?!]\s)\b[A-Z][\w’'-]+(?:\s+(?:of\s+|the\s+|de\s+)?[A-Z][\w’'-]+)*")
NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
WORD = re.compile(
    r"\b(?!(?:what|when|where|which|whom|whose|does|from|with|that|this|these|those|have|been|were|many|much|will"
    r"|would|could|should|into|about|there|their|they|them|than|also|other|some|such|being|between|because)\b)"
    r"[a-z]{4,}\b"
)
ANTONYMS = [
    ("first", "last"), ("before", "after"), ("largest", "smallest"), ("larger", "smaller"), ("large", "small"),
    ("highest", "lowest"), ("higher", "lower"), ("high", "low"), ("most", "least"), ("more", "fewer"),
    ("increase", "decrease"), ("increased", "decreased"), ("rise", "fall"), ("gain", "lose"), ("won", "lost"),
    ("win", "lose"), ("start", "end"), ("started", "ended"), ("begin", "end"), ("began", "ended"),
    ("north", "south"), ("northern", "southern"), ("east", "west"), ("eastern", "western"), ("early", "late"),
    ("earliest", "latest"), ("oldest", "youngest"), ("older", "younger"), ("old", "new"), ("best", "worst"),
    ("better", "worse"), ("good", "bad"), ("like", "dislike"), ("liked", "disliked"), ("love", "hate"),
    ("accepted", "rejected"), ("allowed", "forbidden"), ("above", "below"), ("inside", "outside"),
    ("buy", "sell"), ("bought", "sold"), ("open", "close"), ("opened", "closed"), ("strong", "weak"),
    ("stronger", "weaker"), ("cheap", "expensive"), ("easy", "difficult"), ("easier", "harder"),
    ("long", "short"), ("longest", "shortest"), ("male", "female"), ("father", "mother"), ("son", "daughter"),
    ("brother", "sister"), ("major", "minor"), ("public", "private"), ("positive", "negative"),
    ("attacked", "defended"), ("joined", "left"), ("supported", "opposed"), ("created", "destroyed"),
    ("built", "demolished"), ("found", "lost"), ("hired", "fired"), ("always", "never"), ("all", "none"),
    ("can", "cannot"), ("did", "did not"), ("does", "does not"), ("is", "is not"), ("was", "was not"),
    ("are", "are not"), ("were", "were not"), ("will", "will never"), ("has", "has never"), ("had", "had never"),
]  # fmt: skip
Exchange = tuple[re.Match[str], str]  # where in a question the detail stands, and what is put in its place
Fluency = Callable[[Sequence[str]], list[float]]  # texts → how probable each is, as a log-probability (`fluency.py`)
TRIES = 6  # exchanges of a question, to choose from
SYNONYMS = 6  # of a word's nearest neighbours, those that often mean the same
OPPOSITE = {**dict(ANTONYMS), **{b: a for a, b in ANTONYMS if " " not in b}}


class Neighbours:
    """Words near a word in an embedding matrix, without its own inflections.

    ``vectors`` has shape (n words, d); ``words`` are lower-case words, each one token.
    """

    def __init__(self, words: list[str], vectors: NDArray[np.float32]) -> None:
        self.row = {word: i for i, word in enumerate(words)}
        self.words = words
        self.vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        self.known: dict[str, list[str]] = {}

    def of(self, word: str) -> list[str]:
        if word not in self.row:
            return []
        if word not in self.known:
            nearness = self.vectors @ self.vectors[self.row[word]]
            order = np.argpartition(-nearness, 60)[:60]
            order = order[np.argsort(-nearness[order])][1:]
            self.known[word] = [self.words[i] for i in order if self.words[i][:4] != word[:4]][3:30]
        return self.known[word]


def exchanges(question: str, evidence: str, pool: str, near: Neighbours, rng: random.Random) -> list[str]:
    """``question`` with one detail exchanged, in up to TRIES ways of different kinds; none where it has no detail.

    ``evidence`` is the gold sentence: what is put in must not stand there. Entities and numbers that are put in
    come from ``pool``, the text around it, so that they look at home. Not all of them are good English
    (`fluency.py`).
    """
    kinds = [_entity, _number, _opposite, *[_neighbour] * (TRIES - 3)]
    found = [kind(question, evidence, pool, near, rng) for kind in kinds]
    made = [question[: m.start()] + new + question[m.end() :] for m, new in filter(None, found)]
    return sorted({text for text in made if text != question})


def contrast(question: str, evidence: str, pool: str, near: Neighbours, rng: random.Random) -> tuple[str, str] | None:
    """A detail that ``question`` and ``evidence`` share, and one that may take its place in both; None without one.

    Exchanged in one of the two, it makes a question without an answer; in both, the answer stands as before (contrast
    sets: Gardner et al. 2020, "Evaluating Models' Local Decision Boundaries via Contrast Sets").
    """
    kinds = [_entity, _number, _opposite, _neighbour]
    rng.shuffle(kinds)
    for kind in kinds:
        found = kind(question, evidence, pool, near, rng)
        if found and " not" not in found[1] and mentions(evidence, found[0].group()):
            return found[0].group(), found[1]
    return None


def mentions(text: str, detail: str) -> bool:
    """Whether ``detail`` stands in ``text`` as words of its own."""
    return bool(_alone(detail).search(text))


def replaced(text: str, old: str, new: str) -> str:
    """``text`` with the words ``old`` exchanged for ``new`` wherever they stand."""
    return _alone(old).sub(lambda _: new, text)


def _alone(detail: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?<!\d[.,]){re.escape(detail)}(?!\w|[.,]\d)")


def _entity(question: str, evidence: str, pool: str, near: Neighbours, rng: random.Random) -> Exchange | None:
    old = list(ENTITY.finditer(question))
    new = sorted({m.group() for m in ENTITY.finditer(pool)} - {m.group() for m in old})
    new = [name for name in new if name not in evidence and name not in question]
    return (rng.choice(old), rng.choice(new)) if old and new else None


def _number(question: str, evidence: str, pool: str, near: Neighbours, rng: random.Random) -> Exchange | None:
    old = list(NUMBER.finditer(question))
    if not old:
        return None
    match = rng.choice(old)
    others = sorted({m.group() for m in NUMBER.finditer(pool)} - {m.group() for m in NUMBER.finditer(evidence)})
    digits = match.group()
    at = rng.choice([i for i, c in enumerate(digits) if c.isdigit()])
    shifted = digits[:at] + str((int(digits[at]) + rng.randint(1, 8)) % 10) + digits[at + 1 :]
    return match, rng.choice(others) if others and rng.random() < 0.5 else shifted


def _opposite(question: str, evidence: str, pool: str, near: Neighbours, rng: random.Random) -> Exchange | None:
    old = [m for m in re.finditer(r"[a-z]+", question) if m.group() in OPPOSITE]
    if not old:
        return None
    match = rng.choice(old)
    return match, OPPOSITE[match.group()]


def _neighbour(question: str, evidence: str, pool: str, near: Neighbours, rng: random.Random) -> Exchange | None:
    old = list(WORD.finditer(question))
    rng.shuffle(old)
    for match in old:
        new = [word for word in near.of(match.group())[SYNONYMS:] if word not in evidence.lower()]
        if new:
            return match, rng.choice(new)
    return None
