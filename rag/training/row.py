"""Rows: a group's evidence once, then each of its questions, as tokens and what each token counts for.

The loss at token i is that of predicting token i + 1; a question sees the evidence and itself only (`transformer.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rag.prompt import ANSWER, completion, evidence_block, question_block
from rag.training.group import Example, Group

LABEL_WEIGHT = 2.0  # of a label's token in the loss, against 1 for a token of the answer

Encode = Callable[[str], list[int]]


@dataclass(frozen=True)
class Asked:
    """Where a question stands in its row: its first token, the one after its text, and the one that predicts."""

    kind: str
    label: int
    start: int
    stop: int
    predicts: int
    answer: str = ""


@dataclass
class Row:
    """One group as tokens: lists of one length; ``part`` is 0 for evidence and n for the n-th question, ``weight``
    what predicting the next token counts for."""

    tokens: list[int] = field(default_factory=list)
    part: list[int] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    evidence: int = 0  # sentences

    def positions(self) -> list[int]:
        """Each token's place: after the evidence every question begins at the same one."""
        shared = self.part.count(0)
        seen = [0] * (max(self.part, default=0) + 1)
        found = []
        for part in self.part:
            found.append(seen[part] + (shared if part else 0))
            seen[part] += 1
        return found


@dataclass(frozen=True)
class Language:
    """How a model writes: its tokenizer, the tokens before the evidence, and the one that ends an answer."""

    encode: Encode
    before: Sequence[int]
    end: int


def row(group: Group, language: Language) -> Row:
    """``group`` as one row."""
    made = Row([*language.before, *language.encode(evidence_block(group.evidence))], evidence=len(group.evidence))
    made.part, made.weight = [0] * len(made.tokens), [0.0] * len(made.tokens)
    for example in group.examples:
        _append(made, example, language)
    return made


def _append(made: Row, example: Example, language: Language) -> None:
    asked, answer = language.encode(question_block(example.question)), language.encode(ANSWER)
    said = language.encode(completion(example.label, example.answer))
    digits = len(str(example.label))
    start = len(made.tokens)
    tokens = [*asked, *answer, *said, language.end]
    closing = LABEL_WEIGHT if example.label == 1 and made.evidence > 9 else 0.0  # "1" might go on to "12"
    counts = [LABEL_WEIGHT] * digits + [closing] + [1.0 if example.label else 0.0] * (len(said) - digits)
    made.tokens += tokens
    made.part += [made.part[-1] + 1] * len(tokens)
    made.weight += [0.0] * (len(asked) + len(answer) - 1) + counts + [0.0]
    stop = start + len(asked)
    made.asked.append(Asked(example.kind, example.label, start, stop, stop + len(answer) - 1, example.answer))


def save(rows: Sequence[Row], file: Path) -> None:
    """Writes ``rows`` to ``file``, a compressed NumPy archive without pickles."""
    asked = [(n, a.kind, a.label, a.start, a.stop, a.predicts, a.answer) for n, r in enumerate(rows) for a in r.asked]
    columns = list(zip(*asked, strict=True))
    np.savez_compressed(
        file,
        sizes=np.array([len(r.tokens) for r in rows]),
        evidence=np.array([r.evidence for r in rows]),
        tokens=np.concatenate([np.array(r.tokens, dtype=np.uint32) for r in rows]),
        part=np.concatenate([np.array(r.part, dtype=np.uint8) for r in rows]),
        weight=np.concatenate([np.array(r.weight, dtype=np.float16) for r in rows]),
        numbers=np.array([columns[i] for i in (0, 2, 3, 4, 5)], dtype=np.int32),
        kinds=np.array(columns[1]),
        answers=np.array([a.encode() for a in columns[6]]),
    )


def load(file: Path) -> list[Row]:
    """The rows that ``save`` wrote."""
    with np.load(file) as kept:
        edges = np.cumsum(kept["sizes"])[:-1]
        parts = [np.split(kept[name], edges) for name in ("tokens", "part", "weight")]
        rows = [
            Row(t.tolist(), p.tolist(), w.astype(float).tolist(), [], int(e))
            for t, p, w, e in zip(*parts, kept["evidence"], strict=True)
        ]
        for kind, answer, (number, label, start, stop, predicts) in zip(
            kept["kinds"].tolist(), kept["answers"].tolist(), kept["numbers"].T.tolist(), strict=True
        ):
            rows[number].asked.append(Asked(kind, label, start, stop, predicts, answer.decode()))
    return rows
