"""Rows: a group's evidence once, then each of its questions, packed for one pass through the model."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from rag.prompt import completion, evidence_block, question_block
from rag.training.examples import Group

BOS, EOS = 1, 2  # of the packaged model
HIDDEN = -30000.0  # far below any score, and far from where bfloat16's exponentials turn slow
WIDTH = 128  # packed rows are filled up to a multiple, so that a kernel made for one length serves again
LABEL_WEIGHT = 2.0  # of the label's token in the loss, against 1 for a token of the answer

Encode = Callable[[str], list[int]]
Span = tuple[int, int, int, Tensor]  # where a row begins, where its queries begin and end, their mask (q, keys)


@dataclass(frozen=True)
class Row:
    """One group as tokens: shapes (t,); ``part`` is 0 for evidence, n for the n-th question; ``target`` is -100
    where no loss is taken, and ``weight`` what the token counts for."""

    tokens: list[int]
    positions: list[int]
    part: list[int]
    target: list[int]
    weight: list[float]


def row(group: Group, encode: Encode) -> Row:
    """``group`` as one row; every question sees the evidence and itself only."""
    tokens = [BOS, *encode(evidence_block(group.evidence))]
    shared = len(tokens)
    made = Row(tokens, list(range(len(tokens))), [0] * len(tokens), [-100] * len(tokens), [0.0] * len(tokens))
    for number, example in enumerate(group.examples, 1):
        asked = encode(question_block(example.question))
        answer = [*encode(completion(example.label, example.answer)), EOS]
        made.tokens.extend(asked + answer)
        made.positions.extend(range(shared, shared + len(asked) + len(answer)))
        made.part.extend([number] * (len(asked) + len(answer)))
        # the token before says the next one; the closing bracket is no choice
        made.target.extend([-100] * (len(asked) - 1) + answer + [-100])
        made.weight.extend([0.0] * (len(asked) - 1) + [LABEL_WEIGHT, 0.0] + [1.0] * (len(answer) - 2) + [0.0])
    return made


def packed_attention(
    module: Any, query: Tensor, key: Tensor, value: Tensor, _: Tensor, scaling: float, spans: list[Span], **__: Any
) -> tuple[Tensor, None]:
    """Attention in rows that are packed one after the other, each row's evidence and questions apart.

    What can't be seen (other rows, and the questions by the evidence) is not computed, and query heads that share a
    key head are multiplied with it at once. Shapes: query (1, h, t, d), key and value (1, g, t, d); returns
    (1, t, h, d). In bfloat16 on a CPU several times as fast as the eager attention of transformers.
    """
    h, d, g = query.shape[1], query.shape[3], key.shape[1]
    parts = []
    for first, start, end, mask in spans:
        asked = query[:, :, start:end].reshape(1, g, -1, d) * scaling
        scores = torch.matmul(asked, key[:, :, first:end].transpose(2, 3)).view(1, h, end - start, end - first)
        weights = functional.softmax(scores.add_(mask), dim=-1).view(1, g, -1, end - first)
        parts.append(torch.matmul(weights, value[:, :, first:end]).view(1, h, end - start, d))
    return torch.cat(parts, dim=2).transpose(1, 2), None


def spans(rows: list[Row], device: str, dtype: torch.dtype) -> list[Span]:
    """Two spans a row, its evidence and its questions, in the order of the packed tokens."""
    found: list[Span] = []
    first = 0
    for one in rows:
        part = torch.tensor(one.part, device=device)
        before = torch.ones(len(part), len(part), dtype=torch.bool, device=device).tril()
        seen = before & ((part[None, :] == 0) | (part[None, :] == part[:, None]))
        mask = torch.zeros(seen.shape, dtype=dtype, device=device).masked_fill(~seen, HIDDEN)
        shared = int((part == 0).sum())
        if shared:
            found.append((first, first, first + shared, mask[:shared, :shared]))
        found.append((first, first + shared, first + len(one.part), mask[shared:]))
        first += len(one.part)
    return found


def inputs(rows: list[Row], device: str, dtype: torch.dtype) -> dict[str, Any]:
    """What the model and the loss read: the rows packed into one, (1, t) each, and the spans of the attention."""
    fill = -sum(len(r.tokens) for r in rows) % WIDTH
    if fill:
        rows = [*rows, Row([EOS] * fill, list(range(fill)), [1] * fill, [-100] * fill, [0.0] * fill)]

    def packed(values: Iterable[list[Any]]) -> Tensor:
        return torch.tensor([[v for row in values for v in row]], device=device)

    return {
        "input_ids": packed(r.tokens for r in rows),
        "position_ids": packed(r.positions for r in rows),
        "attention_mask": torch.zeros(1, 1, 1, 1, device=device),  # a mask of four dimensions is passed on as it is
        "spans": spans(rows, device, dtype),
        "target": packed(r.target for r in rows),
        "weight": packed(r.weight for r in rows),
    }
