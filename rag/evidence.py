"""Evidence: the best sentences of the best passages, in the order in which the articles say them."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexical import terms
from index.passage import HEADING, Passage
from index.search import Hit
from index.sentence import Sentence, sentences
from rag.answer_type import expected
from rag.prompt import MAX_EVIDENCE

FUSED = 0.1  # weight of a passage's fused score, against 1 for all of the question's words
FITS = 0.2  # weight of a match of the expected answer type
AKIN = 4  # letters: words that begin with the same ones are akin ("proclaimed", "proclamation") and count for KINSHIP
KINSHIP = 0.6
TELLING = re.compile(r"[\d:]")  # "Open: 9 to 5" stands alone like a heading, but says something
LONG = 600  # characters; what is longer is no sentence that anyone wants to read as evidence


@dataclass(frozen=True)
class Evidence:
    """A sentence of an article: ``article.text[start:end] == text``."""

    article: str
    start: int
    end: int
    text: str
    score: float


def select(question: str, hits: Sequence[Hit], count: int = MAX_EVIDENCE) -> list[Evidence]:
    """The ``count`` sentences that fit ``question`` best, grouped by passage, best passage first.

    A sentence scores the weight of the question's words in it, each word weighted by how few of the candidates hold
    it (inverse document frequency), what its passage's fused score lacks to the best one, and whether it holds the
    expected answer type.
    """
    candidates = [(rank, hit, sentence) for rank, hit in enumerate(hits) for sentence in statements(hit.passage.text)]
    stems = [set(terms(s.text)) for _, _, s in candidates]
    asked = dict.fromkeys(terms(question))
    spread = Counter(stem for found in stems for stem in found)
    weight = {s: math.log(1 + len(candidates) / (1 + spread[s])) for s in asked}
    whole = sum(weight.values()) or 1.0
    wanted = expected(question)
    scored = []
    for (rank, hit, sentence), found in zip(candidates, stems, strict=True):
        akin = {s[:AKIN] for s in found}
        overlap = sum(w if s in found else KINSHIP * w for s, w in weight.items() if s in found or s[:AKIN] in akin)
        score = overlap / whole + FUSED * (hit.score - hits[0].score)
        if wanted and wanted.search(sentence.text):
            score += FITS
        start = hit.passage.start + sentence.start
        place = (rank, start)
        scored.append(
            (place, Evidence(hit.passage.article_id, start, start + len(sentence.text), sentence.text, score))
        )
    chosen = sorted(scored, key=lambda s: (-s[1].score, s[0]))[:count]
    return [evidence for _, evidence in sorted(chosen, key=lambda s: s[0])]


def statements(text: str) -> list[Sentence]:
    """The sentences of ``text`` that can prove something: no headings, nothing of more than LONG characters."""
    return [s for s in sentences(text) if len(s.text) <= LONG and not _is_heading(s, text)]


def _is_heading(sentence: Sentence, text: str) -> bool:
    line = text[text.rfind("\n", 0, sentence.start) + 1 :].partition("\n")[0]
    alone = line.strip("# \t\r") == sentence.text
    return alone and bool(HEADING.fullmatch(sentence.text)) and not TELLING.search(sentence.text)


def lead(passages: Sequence[Passage], count: int) -> list[Evidence]:
    """The first real sentences of up to ``count`` passages, spread evenly over an article: what a summary draws on."""
    step = max(1, math.ceil(len(passages) / count))
    found = []
    for passage in passages[::step]:
        whole = [s for s in statements(passage.text) if s.text[-1:] in '.!?”"']
        if whole:
            start = passage.start + whole[0].start
            found.append(Evidence(passage.article_id, start, start + len(whole[0].text), whole[0].text, 0.0))
    return found[:count]
