"""Trains the adapter: ``python -m rag.training.train --data DIR --out DIR``.

Groups of questions over shared evidence (`examples.py`) become one row each: the evidence once, then every question
with its answer, which sees the evidence and itself only. The loss is the cross-entropy of the answers' tokens.
Seeded; resumes from the last checkpoint in ``--out``; on a GPU when there is one.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import track
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface, AutoModelForCausalLM, AutoTokenizer, GgufConfig

from rag.prompt import completion, evidence_block, question_block
from rag.training.examples import Group, groups
from rag.training.lora import add_adapters
from rag.training.negatives import Neighbours
from rag.training.squad import read

FILES = {"new_wiki.json": True, "reddit.json": False, "amazon_reviews.json": False}  # name: holds articles
BOS, EOS = 1, 2
HIDDEN = -30000.0  # far below any score, and far from where bfloat16's exponentials turn slow
HELD_OUT = 60  # groups of articles that are not trained on, to watch the loss


@dataclass(frozen=True)
class Row:
    """One group as tokens: shapes (t,); ``part`` is 0 for evidence, n for the n-th question; ``target`` is -100
    where no loss is taken, and ``weight`` what the token counts for."""

    tokens: list[int]
    positions: list[int]
    part: list[int]
    target: list[int]
    weight: list[float]


def row(group: Group, encode: Any, label_weight: float) -> Row:
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
        made.weight.extend([0.0] * (len(asked) - 1) + [label_weight, 0.0] + [1.0] * (len(answer) - 2) + [0.0])
    return made


def packed_attention(
    module: Any, query: Tensor, key: Tensor, value: Tensor, _: Tensor, scaling: float, spans: list["Span"], **__: Any
) -> tuple[Tensor, None]:
    """Attention in rows that are packed one after the other, each row's evidence and questions apart.

    What can't be seen (other rows, and the questions by the evidence) is not computed, and query heads that share a
    key head are multiplied with it at once. Shapes: query (1, h, t, d), key and value (1, g, t, d); returns
    (1, t, h, d). In bfloat16 on a CPU several times as fast as the eager attention of transformers.
    """
    (_, h, _, d), g = query.shape, key.shape[1]
    parts = []
    for first, start, end, mask in spans:
        asked = query[:, :, start:end].reshape(1, g, -1, d) * scaling
        scores = torch.matmul(asked, key[:, :, first:end].transpose(2, 3)).view(1, h, end - start, end - first)
        weights = functional.softmax(scores.add_(mask), dim=-1).view(1, g, -1, end - first)
        parts.append(torch.matmul(weights, value[:, :, first:end]).view(1, h, end - start, d))
    return torch.cat(parts, dim=2).transpose(1, 2), None


Span = tuple[int, int, int, Tensor]  # where a row begins, where its queries begin and end, their mask (q, keys)


def spans(rows: list[Row], device: str, dtype: torch.dtype) -> list[Span]:
    """Two spans a row, its evidence and its questions, in the order of the packed tokens."""
    found: list[Span] = []
    first = 0
    for row in rows:
        part = torch.tensor(row.part, device=device)
        before = torch.ones(len(part), len(part), dtype=torch.bool, device=device).tril()
        seen = before & ((part[None, :] == 0) | (part[None, :] == part[:, None]))
        mask = torch.zeros(seen.shape, dtype=dtype, device=device).masked_fill(~seen, HIDDEN)
        shared = int((part == 0).sum())
        found.append((first, first, first + shared, mask[:shared, :shared]))
        found.append((first, first + shared, first + len(part), mask[shared:]))
        first += len(part)
    return found


def inputs(rows: list[Row], device: str, dtype: torch.dtype) -> dict[str, Any]:
    """What the model and the loss read: the rows packed into one, (1, t) each, and the spans of the attention."""

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


def losses(model: Any, made: dict[str, Any]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Logits (n, vocabulary), cross-entropy (n), weight (n) and target (n) at the answers' positions."""
    read = {k: made[k] for k in ("input_ids", "position_ids", "attention_mask", "spans")}
    hidden = model.model(**read, use_cache=False).last_hidden_state
    at = made["weight"] > 0
    logits = functional.linear(hidden[at], model.model.embed_tokens.weight).float()
    target = made["target"][at]
    return logits, functional.cross_entropy(logits, target, reduction="none"), made["weight"][at], target


def neighbours(model: Any, tokenizer: Any) -> Neighbours:
    words = {i: t[1:] for t, i in tokenizer.get_vocab().items() if t[0] == "Ġ" and t[1:].isascii() and t[1:].islower()}
    chosen = [i for i in sorted(words) if words[i].isalpha() and len(words[i]) > 3]
    return Neighbours([words[i] for i in chosen], model.model.embed_tokens.weight[chosen].detach().float().cpu().numpy())


def material(data: Path, near: Neighbours, seed: int, repeats: list[int]) -> tuple[list[Group], list[Group]]:
    """Groups to train on, shuffled, and groups of the last articles of the first file, held out."""
    training: list[Group] = []
    held_out: list[Group] = []
    for (name, articles), times in zip(FILES.items(), repeats, strict=True):
        paragraphs = read(data / name)
        if articles:
            last = set(sorted({p.article for p in paragraphs})[-3:])
            kept = [p for p in paragraphs if p.article in last]
            held_out = list(groups(kept, near, random.Random(seed), articles))[:HELD_OUT]
            paragraphs = [p for p in paragraphs if p.article not in last]
        for time_ in range(times):
            training += groups(paragraphs, near, random.Random(seed + 1 + time_), articles)
    random.Random(seed).shuffle(training)
    return training, held_out


@torch.no_grad()
def watch(model: Any, rows: list[Row], device: str, dtype: torch.dtype) -> dict[str, float]:
    """Held-out figures: loss a token, right labels, and the area under the curve of 1 - P([0])."""
    loss, right, scores = [], [], []
    for i in range(0, len(rows), 4):
        logits, cross, weight, target = losses(model, inputs(rows[i : i + 4], device, dtype))
        loss.append((cross * weight).sum().item() / weight.sum().item())
        first = weight == weight.max()
        probability = logits[first].softmax(-1)
        right += (probability.argmax(-1) == target[first]).tolist()
        zero = probability[:, ZERO]
        scores += list(zip(zero.tolist(), (target[first] == ZERO).tolist(), strict=True))
    positive = np.array([s for s, none in scores if none])
    negative = np.array([s for s, none in scores if not none])
    auc = (positive[:, None] > negative[None]).mean()
    return {"loss": float(np.mean(loss)), "label": float(np.mean(right)), "auc": float(auc)}


ZERO = -1  # the token of label 0, set when the tokenizer is known


def main() -> None:
    global ZERO
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the SQuAD-layout training files")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the adapter")
    parser.add_argument("--repeats", type=int, nargs=3, default=[2, 1, 1], help="draws of each file")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many (default: all groups once)")
    parser.add_argument("--groups", type=int, default=4, help="groups a step")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--alpha", type=float, default=64)
    parser.add_argument("--rate", type=float, default=6e-4, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.bfloat16

    from rag.models import packaged_model

    path = packaged_model()
    AttentionInterface.register("packed", packed_attention)
    where = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    tokenizer = AutoTokenizer.from_pretrained(**where)
    whole = GgufConfig(dequantize=True)
    model = AutoModelForCausalLM.from_pretrained(
        **where, dtype=dtype, attn_implementation="packed", quantization_config=whole
    ).to(device)
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)  # noqa: E731
    (ZERO,) = encode("0")[-1:]
    training, held_out = material(options.data, neighbours(model, tokenizer), options.seed, options.repeats)
    trained = add_adapters(model, options.rank, options.alpha)
    optimizer = torch.optim.AdamW(trained.values(), lr=options.rate, betas=(0.9, 0.99), weight_decay=0.0)
    total = math.ceil(len(training) / options.groups)
    steps = min(options.steps or total, total)
    held = [row(g, encode, 2.0) for g in held_out]

    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / "checkpoint.pt"
    first, seconds = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        for name, value in state["trained"].items():
            trained[name].data.copy_(value)
        optimizer.load_state_dict(state["optimizer"])
        first, seconds = state["step"], state["seconds"]
    log = (options.out / "log.jsonl").open("a", encoding="utf-8")
    started = time.monotonic() - seconds
    recent: list[float] = []
    tokens = 0
    for step in track(range(first, steps), "training"):
        rate = options.rate * min(1.0, (step + 1) / 40) * (1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = max(rate, options.rate * 0.02)
        chosen = training[step * options.groups : (step + 1) * options.groups]
        rows = [row(g, encode, 2.0) for g in chosen]
        tokens += sum(len(r.tokens) for r in rows)
        _, cross, weight, _ = losses(model, inputs(rows, device, dtype))
        loss = (cross * weight).sum() / weight.sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimizer.step()
        recent.append(loss.item())
        if step % 10 == 0: print(step, round(loss.item(), 3), round(tokens / (time.monotonic() - started)), flush=True)  # TEMP
        if (step + 1) % 50 == 0 or step + 1 == steps:
            seconds = time.monotonic() - started
            figures = {"step": step + 1, "of": steps, "train": float(np.mean(recent)), "tokens": tokens,
                       "seconds": seconds, **watch(model, held, device, dtype)}  # fmt: skip
            print(json.dumps(figures), file=log, flush=True)
            recent = []
            state = {"trained": {k: v.data for k, v in trained.items()}, "optimizer": optimizer.state_dict(),
                     "step": step + 1, "seconds": seconds}  # fmt: skip
            torch.save(state, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)


if __name__ == "__main__":
    main()
