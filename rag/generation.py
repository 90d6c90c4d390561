"""Generation: the reader chooses a sentence of the evidence and the words of it that answer.

Decoding can't lie: the first tokens are the label of a sentence that exists (or 0, no answer), and what follows is a
run of whole words of that very sentence, or yes or no. Within that, the search is over spans, not tokens: for the
most probable beginnings every end is scored exactly, so that a span is not cut short by a greedy first choice.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.language_model import LanguageModel, Logprobs
from rag.prompt import NO_ANSWER, one_line
from rag.span import boundaries

LABELS = 3  # sentences whose spans are scored
BEGINNINGS = 4  # beginnings of spans that are followed
REACH = 10  # tokens that a beginning is followed at first; four times as many where that is not enough
UNLIKELY = math.log(0.05)  # against the best label
FAINTEST = -50.0  # log-odds of a sentence to the best one, at least
RETRIEVAL = 4.0  # weight of what retrieval makes of a sentence; anything from 2 to 6 measures within a point


@dataclass(frozen=True)
class Candidate:
    """Words of the evidence sentence ``label`` (counted from 1).

    ``logprob`` is the model's; ``score`` adds what retrieval makes of the sentence, and counts the same words in
    several sentences together.
    """

    label: int
    text: str
    logprob: float
    score: float = 0.0


@dataclass(frozen=True)
class Reading:
    """What the reader makes of the evidence.

    ``labels[k]`` is the probability of sentence k, ``labels[0]`` that none answers; they sum to 1. ``candidates``
    are sorted, the best score first. ``tokens`` is how many the model evaluated for it.
    """

    labels: tuple[float, ...]
    candidates: tuple[Candidate, ...]
    tokens: int = 0

    @property
    def answerable(self) -> float:
        return 1.0 - self.labels[NO_ANSWER]

    @property
    def odds(self) -> float:
        """Those of ``answerable``, as their logarithm."""
        held = min(max(self.answerable, 1e-6), 1 - 1e-6)
        return math.log(held / (1 - held))

    @classmethod
    def ranked(cls, answerable: float, weights: Sequence[float]) -> "Reading":
        """One that finds an answer with probability ``answerable``, in each sentence by its log-odds ``weights``, and
        no words of it."""
        odds = [math.exp(max(weight - max(weights), FAINTEST)) for weight in weights]
        shares = [answerable * one / sum(odds) for one in odds]
        found = [Candidate(label, "", math.log(share), math.log(share)) for label, share in enumerate(shares, 1)]
        return cls((1 - answerable, *shares), tuple(sorted(found, key=lambda c: (-c.score, c.label))))


def read(
    model: LanguageModel,
    prompt: Sequence[int],
    evidence: Sequence[str],
    closed: Sequence[str] = (),
    retrieval: Sequence[float] = (),
    edges: Sequence[int] = (),
    prior: Sequence[float] = (),
) -> Reading:
    """The best spans of ``evidence`` after ``prompt``, which ends where a label is to follow.

    With ``closed``, the answer is one of these words instead of a span. ``retrieval`` holds a score for each sentence,
    ``prior`` what speaks for or against it beforehand, in log-odds: it shifts probability among the sentences, and
    leaves how probable it is that any of them answers. ``edges`` are those of ``LanguageModel.next``.
    """
    written = [model.tokens(f"[{label}]")[1:-1] for label in range(len(evidence) + 1)]
    close = model.tokens("[0]")[-1]
    logprobs = _weighed(_labels(model, model.next(prompt, edges), written, close), prior)
    labels = sorted(range(1, len(written)), key=lambda k: -logprobs[k])[:LABELS]
    labels = [k for k in labels if logprobs[k] >= logprobs[labels[0]] + UNLIKELY]
    heads = {k: [*written[k], close] for k in labels}
    after = {k: rows[-1] for k, rows in zip(labels, model.continuations(list(heads.values())), strict=True)}
    found: list[Candidate] = []
    if closed:
        for k in labels:
            found += [Candidate(k, w, float(logprobs[k] + after[k][model.tokens(f" {w}")[0]])) for w in closed]
    else:
        begun = [
            (float(logprobs[k] + after[k][path.tokens[0]]), k, path)
            for k in labels
            for path in _paths(model, one_line(evidence[k - 1]))
        ]
        begun.sort(key=lambda b: (-b[0], b[1], b[2].start))
        found = _follow(model, begun[:BEGINNINGS], heads)
    found = _ranked(found, retrieval or [0.0] * len(evidence))
    return Reading(tuple(float(p) for p in np.exp(logprobs)), tuple(found))


def _labels(model: LanguageModel, first: Logprobs, written: Sequence[Sequence[int]], close: int) -> NDArray[np.float32]:
    """The log-probability of each label, of which those from 10 on are written with two digits."""
    found = np.array([first[digits[0]] for digits in written], dtype=np.float32)
    if len(written) > 10:
        rows = model.continuations([[digit] for digit in sorted({digits[0] for digits in written[10:]})])
        for digit, row in zip(sorted({digits[0] for digits in written[10:]}), rows, strict=True):
            for label, digits in enumerate(written):
                if digits[0] == digit:
                    found[label] += row[0][digits[1] if len(digits) > 1 else close]
    normal: NDArray[np.float32] = found - np.logaddexp.reduce(found)
    return normal


def _weighed(logprobs: NDArray[np.float32], prior: Sequence[float]) -> NDArray[np.float32]:
    """The labels' log-probabilities with the ``prior`` of each sentence, that of "no answer" as it was."""
    if not prior:
        return logprobs
    inside = logprobs[1:] + np.array(prior, dtype=np.float32)
    inside += np.logaddexp.reduce(logprobs[1:]) - np.logaddexp.reduce(inside)
    return np.concatenate([logprobs[:1], inside])


def _ranked(found: Sequence[Candidate], retrieval: Sequence[float]) -> list[Candidate]:
    own = {c: c.logprob + RETRIEVAL * (retrieval[c.label - 1] - max(retrieval)) for c in found}
    together: dict[str, float] = {}
    for c, score in own.items():
        together[c.text.lower()] = float(np.logaddexp(together.get(c.text.lower(), -math.inf), score))
    ranked = sorted(own, key=lambda c: (-together[c.text.lower()], -own[c], c.label, c.text))
    return [Candidate(c.label, c.text, c.logprob, together[c.text.lower()]) for c in ranked]


@dataclass(frozen=True)
class _Path:
    """A beginning in a sentence: the tokens from there on, and after which of them a span may end."""

    start: int
    text: str
    tokens: list[int]
    ends: dict[int, str]  # how many tokens → the words so far


def _paths(model: LanguageModel, sentence: str) -> list[_Path]:
    edges = boundaries(sentence)
    return [_path(model, sentence, start, edges.ends) for start in edges.starts]


def _path(model: LanguageModel, sentence: str, start: int, ends: Sequence[int]) -> _Path:
    tokens = model.tokens(" " + sentence[start:])
    lengths = np.cumsum([len(model.piece(token)) for token in tokens])
    whole = len(sentence[start:].encode())
    counts = {whole - int(lengths[-1] - length): count for count, length in enumerate(lengths, 1)}
    words = {}
    for end in ends:
        text = sentence[start:end]
        if end > start and (count := counts.get(len(text.encode()))):
            words[count] = text
    return _Path(start, sentence[start:], tokens, words)


def _follow(
    model: LanguageModel, begun: Sequence[tuple[float, int, _Path]], heads: dict[int, list[int]]
) -> list[Candidate]:
    """Every span that begins with one of ``begun`` (log-probability of the first token, label, path)."""
    found, unfinished = _scored(model, begun, heads, REACH)
    best = max((c.logprob for c in found), default=-math.inf)
    longer = [b for b, logprob in unfinished if logprob > best]
    if longer:
        more, _ = _scored(model, longer, heads, 4 * REACH)
        found += more
    return found


def _scored(
    model: LanguageModel, begun: Sequence[tuple[float, int, _Path]], heads: dict[int, list[int]], reach: int
) -> tuple[list[Candidate], list[tuple[tuple[float, int, _Path], float]]]:
    """Candidates within ``reach`` tokens, and the beginnings that go on after that, each with its log-probability."""
    branches = [heads[label] + path.tokens[:reach] for _, label, path in begun]
    found: list[Candidate] = []
    unfinished = []
    for (first, label, path), branch, rows in zip(begun, branches, model.continuations(branches), strict=True):
        head = len(heads[label])
        total = first
        for count in range(1, len(branch) - head + 1):
            if count > 1:
                total += float(rows[head + count - 2][path.tokens[count - 1]])
            if count in path.ends:
                found.append(Candidate(label, path.ends[count], total + _end(model, rows[head + count - 1])))
        if len(path.tokens) > reach:
            unfinished.append(((first, label, path), total))
    return found, unfinished


def _end(model: LanguageModel, row: Logprobs) -> float:
    """The log-probability that the answer is over."""
    return float(np.logaddexp.reduce(row[model.ends]))
