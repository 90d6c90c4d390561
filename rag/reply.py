"""Replies: what a served model wrote, held against the evidence that it was shown.

A server can't score every span, as `generation.py` does: the model writes one reply, as JSON or as ``[2] words``. What
comes of it is the same `Generation`, of words that stand in the sentence that they name, or of none.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.generation import MISFIT, Candidate, Generation
from rag.prompt import NO_ANSWER, one_line
from rag.question import WHOLE, YES_OR_NO, Kind
from rag.span import CLOSING, OPENING, boundaries

JSON = re.compile(r'"sentence"\s*:\s*(?P<label>\d+)(?:\s*,\s*"words"\s*:\s*"(?P<words>(?:[^"\\]|\\.)*)")?')
PLAIN = re.compile(r"\[(?P<label>\d+)\][ \t]*(?P<words>[^\n]*)")
TYPED = str.maketrans("‘’“”–—\u00a0", "''\"\"-- ")  # what models write for what articles hold; lengths stay


@dataclass(frozen=True)
class Token:
    """A token that was written, its log-probability, and those of what might have stood in its place."""

    text: str
    logprob: float
    others: dict[str, float] = field(default_factory=dict)


@dataclass
class Reply:
    """What was written so far; ``tokens`` stays empty where the server gives no log-probabilities."""

    text: str = ""
    tokens: list[Token] = field(default_factory=list)
    evaluated: int = 0  # tokens, those of the prompt with them

    def generation(
        self, evidence: Sequence[str], wanted: Kind, answer_type: re.Pattern[str] | None = None
    ) -> Generation:
        """What the reply makes of ``evidence``; no candidate where it names no sentence, or words of another one.

        Without log-probabilities, what is written is held to be certain.
        """
        found = _parsed(self.text)
        label = int(found["label"]) if found else NO_ANSWER
        if not found or label > len(evidence):
            return Generation((1.0, *[0.0] * len(evidence)), (), self.evaluated)
        labels = self._labels(label, len(evidence))
        candidates: list[Candidate] = []
        if label != NO_ANSWER:
            sentence = one_line(evidence[label - 1])
            said = {sentence: 0.0} if wanted in WHOLE else self._words(found, sentence, wanted)
            for text, logprob in said.items():
                misfit = MISFIT if answer_type and wanted is Kind.SPAN and not answer_type.search(text) else 0.0
                candidates.append(Candidate(label, text, math.log(labels[label]) + logprob - misfit))
        return Generation(labels, tuple(sorted(candidates, key=lambda c: -c.logprob)), self.evaluated)

    def _labels(self, label: int, count: int) -> tuple[float, ...]:
        """The probability of each sentence, of none first; what is known of none but ``label`` counts for none."""
        token = self._token("label")
        known: dict[int, float] = {}
        for text, logprob in (token.others | {token.text: token.logprob} if token else {str(label): 0.0}).items():
            digit = re.search(r"\d", text)
            if digit and int(digit.group()) <= count:
                known[int(digit.group())] = known.get(int(digit.group()), 0.0) + math.exp(logprob)
        if len(known) == 1:
            known[NO_ANSWER] = known.get(NO_ANSWER, 0.0) + max(0.0, 1.0 - sum(known.values()))
        known[label] = max(known.get(label, 0.0), 1e-6)
        return tuple(known.get(k, 0.0) / sum(known.values()) for k in range(count + 1))

    def _words(self, found: re.Match[str], sentence: str, wanted: Kind) -> dict[str, float]:
        """The words of the reply as they stand in ``sentence``, or yes and no, each with its log-probability."""
        words = _unescaped(found)
        if wanted is Kind.POLAR:
            return self._yes_or_no(words)
        text = located(words, sentence)
        return {text: self._logprob()} if text else {}

    def _yes_or_no(self, words: str) -> dict[str, float]:
        said = next((w for w in YES_OR_NO if re.match(rf"\W*{w}\b", words, re.I)), None)
        if said is None:
            return {}
        token = self._token("words")
        others = token.others if token else {}
        known = {w: p for text, p in others.items() for w in YES_OR_NO if text.strip(' "').lower() == w.lower()}
        return known | {said: token.logprob if token else 0.0}

    def _token(self, group: str) -> Token | None:
        """The token that ``group`` of the reply begins with."""
        return next(iter(self._within(group)), None)

    def _logprob(self) -> float:
        return sum(token.logprob for token in self._within("words"))

    def _within(self, group: str) -> list[Token]:
        found = _parsed("".join(token.text for token in self.tokens))
        if not found:
            return []
        start, end = found.span(group)
        place, inside = 0, []
        for token in self.tokens:
            if place < end and place + len(token.text) > start:
                inside.append(token)
            place += len(token.text)
        return inside


def located(words: str, sentence: str) -> str | None:
    """``words`` as they stand in ``sentence``: a run of whole words, capitals and kinds of quotes aside; else None."""
    wanted = one_line(words).translate(TYPED).strip(OPENING + CLOSING)
    if not wanted:
        return None
    edges = boundaries(sentence)
    typed = sentence.translate(TYPED)
    for found in re.finditer(re.escape(wanted), typed, re.I):
        start, end = found.span()
        ends = [e for e in edges.ends if end <= e and not sentence[end:e].strip(CLOSING)]
        if start in edges.starts and ends:
            return sentence[start : ends[0]]
    return None


def _parsed(text: str) -> re.Match[str] | None:
    return JSON.search(text) or PLAIN.search(text)


def _unescaped(found: re.Match[str]) -> str:
    words = found["words"] or ""
    if found.re is not JSON:
        return words
    try:
        return str(json.loads(f'"{words}"', strict=False))
    except json.JSONDecodeError:
        return ""
