"""A lexical reading: scores by shared words, in place of the reader's, for languages that it was not trained on.

How much of a question's words a sentence holds (`evidence.py`) says how probable it is as the answer, and the best
sentence of all whether there is an answer. No words of it are picked out: the sentence is the answer. Where there is a
judge, its verdicts choose among the sentences (`assistant.py`).
"""

import math
from collections.abc import Sequence

from index.language import ENGLISH
from index.term import is_unspaced
from rag.evidence import Evidence
from rag.generation import Reading

BY_WORDS = 13.3, -3.9  # slope and bias, fitted on half of XQuAD's questions, with and without the article that answers
BY_PAIRS = 29.5, -4.5  # the same where pairs of characters are compared, of which fewer stand in an answer
SHARPNESS = 8.0  # of the sentences' probabilities, fitted alike


def unread(evidence: Sequence[Evidence]) -> bool:
    """Whether what fits best is in a language that the reader does not read."""
    return bool(evidence) and max(evidence, key=lambda e: e.score).language != ENGLISH


def lexical_reading(question: str, evidence: Sequence[Evidence]) -> Reading:
    """The reading of ``evidence`` by its scores, the best sentence first."""
    slope, bias = BY_PAIRS if is_unspaced(question) else BY_WORDS
    answerable = 1 / (1 + math.exp(-(slope * max(e.score for e in evidence) + bias)))
    return Reading.ranked(answerable, [SHARPNESS * e.score for e in evidence])
