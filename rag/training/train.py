"""Trains the adapter: ``python -m rag.training.train --data DIR --out DIR``.

Groups of questions over shared evidence (`examples.py`) become one row each (`row.py`). The loss is the cross-entropy
of the answers' tokens. Seeded; goes on from the last checkpoint in ``--out``, and keeps an adapter of each, for
`soup.py`; on a GPU when there is one. On a CPU ``OMP_PROC_BIND=true`` helps where other programs run beside it, and
jemalloc (by LD_PRELOAD) when hundreds of steps have left the C library's own heap in pieces: 2.7 seconds a step instead
of 4.5.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import track
from torch import Tensor, nn
from torch.nn import functional
from transformers import AttentionInterface, AutoModelForCausalLM, AutoTokenizer, GgufConfig

from rag.models import packaged_model
from rag.training.adapter_file import matrices, write
from rag.training.examples import Group, groups, without
from rag.training.fluency import fluency
from rag.training.lora import add_adapters
from rag.training.negatives import Fluency, Neighbours
from rag.training.row import Row, inputs, packed_attention, row
from rag.training.squad import Paragraph, read

FILES = {"new_wiki.json": True, "reddit.json": False, "amazon_reviews.json": False}  # name: holds articles
HELD_OUT = 60  # groups of articles that are not trained on, to watch the loss
WARM_UP = 40  # steps
EVERY = 100  # steps between checkpoints


@dataclass
class Progress:
    """What a checkpoint holds beside the matrices and the optimizer."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    recent: list[float] = field(default_factory=list)  # losses since the last checkpoint


def main() -> None:
    options = _options()
    torch.manual_seed(options.seed)
    device, dtype = "cuda" if torch.cuda.is_available() else "cpu", torch.bfloat16
    model, tokenizer = _model(device, dtype)
    encode = partial(tokenizer.encode, add_special_tokens=False)
    near = _neighbours(model, tokenizer)
    reads = fluency(_model(device, dtype)[0], encode, device, dtype)
    trained = add_adapters(model, options.rank, options.alpha)
    optimizer = torch.optim.AdamW(trained.values(), lr=options.rate, betas=(0.9, 0.99), weight_decay=0.0)
    options.out.mkdir(parents=True, exist_ok=True)
    checkpoint = options.out / "checkpoint.pt"
    if options.start:
        for name, value in matrices(options.start).items():
            trained[name].data.copy_(value)
    done = _resumed(checkpoint, trained, optimizer)
    training, held_out = material(options.data, near, reads, options.seed, options.shares, done.step)
    training = without(options.without, training)
    held = [row(group, encode) for group in held_out]
    started = time.monotonic() - done.seconds
    for step in track(range(done.step, options.steps), "training"):
        for group in optimizer.param_groups:
            group["lr"] = options.rate * max(min(1.0, (step + 1) / WARM_UP) * (1 - step / options.steps), 0.02)
        rows = [row(group, encode) for group in islice(training, options.groups)]
        done.recent.append(_step(model, inputs(rows, device, dtype), trained, optimizer))
        done.step, done.tokens = step + 1, done.tokens + sum(len(r.tokens) for r in rows)
        if done.step % EVERY == 0 or done.step == options.steps:
            done.seconds = time.monotonic() - started
            figures = {
                "step": done.step,
                "of": options.steps,
                "train": float(np.mean(done.recent)),
                "tokens": done.tokens,
            }
            figures |= {"seconds": done.seconds} | _watch(model, held, encode("[0]")[-2], device, dtype)
            with (options.out / "log.jsonl").open("a", encoding="utf-8") as log:
                print(json.dumps(figures), file=log)
            done.recent = []
            _save(checkpoint, trained, optimizer, done)
            write({n: v.data for n, v in trained.items()}, options.out / f"step-{done.step}.gguf", options.alpha)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the SQuAD-layout training files")
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the log")
    parser.add_argument("--shares", type=int, nargs=3, default=[2, 1, 1], help="how often each file is drawn from")
    parser.add_argument("--start", type=Path, help="an adapter file to begin from")
    parser.add_argument("--without", nargs="*", default=[], metavar="KIND", help="kinds of question to leave out")
    parser.add_argument("--steps", type=int, default=1800, help="default: about every paragraph once, articles twice")
    parser.add_argument("--groups", type=int, default=4, help="groups a step")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--alpha", type=float, default=64)
    parser.add_argument("--rate", type=float, default=6e-4, help="peak learning rate; it falls linearly to nothing")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _model(device: str, dtype: torch.dtype) -> tuple[Any, Any]:
    path = packaged_model()
    AttentionInterface.register("packed", packed_attention)
    where = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    tokenizer = AutoTokenizer.from_pretrained(**where)
    whole = GgufConfig(dequantize=True)
    model: Any = AutoModelForCausalLM.from_pretrained(
        **where, dtype=dtype, attn_implementation="packed", quantization_config=whole
    )
    return model.to(device), tokenizer


def _neighbours(model: Any, tokenizer: Any) -> Neighbours:
    """Lower-case words that are one token, by the model's own embeddings of them."""
    words = {i: t[1:] for t, i in tokenizer.get_vocab().items() if t[0] == "Ġ" and t[1:].isascii() and t[1:].islower()}
    chosen = [i for i in sorted(words) if words[i].isalpha() and len(words[i]) > 3]
    vectors = model.model.embed_tokens.weight[chosen].detach().float().cpu().numpy()
    return Neighbours([words[i] for i in chosen], vectors)


def material(
    data: Path, near: Neighbours, reads: Fluency, seed: int, shares: list[int], step: int = 0
) -> tuple[Iterator[Group], list[Group]]:
    """Groups to train on without end, and groups of the last articles of the first file, held out.

    A file is drawn from in proportion to its paragraphs times its share; all of its paragraphs come before the first
    one comes again, with other evidence. What is drawn depends on ``seed`` and on the ``step`` it begins at.
    """
    streams: list[Iterator[Group]] = []
    weights: list[int] = []
    held_out: list[Group] = []
    for number, ((name, articles), share) in enumerate(zip(FILES.items(), shares, strict=True)):
        paragraphs = read(data / name)
        if articles:
            last = set(sorted({p.article for p in paragraphs})[-3:])
            kept = [p for p in paragraphs if p.article in last]
            held_out = list(groups(kept, near, reads, random.Random(seed), articles))[:HELD_OUT]
            paragraphs = [p for p in paragraphs if p.article not in last]
        streams.append(_endless(paragraphs, near, reads, random.Random(f"{seed} {number} {step}"), articles))
        weights.append(len(paragraphs) * share)
    return _mixed(streams, weights, random.Random(f"{seed} {step}")), held_out


def _endless(
    paragraphs: list[Paragraph], near: Neighbours, reads: Fluency, draw: random.Random, articles: bool
) -> Iterator[Group]:
    while True:
        yield from groups(paragraphs, near, reads, draw, articles)


def _mixed(streams: list[Iterator[Group]], weights: list[int], draw: random.Random) -> Iterator[Group]:
    while True:
        yield next(draw.choices(streams, weights)[0])


def _step(model: Any, made: dict[str, Any], trained: dict[str, nn.Parameter], optimizer: Any) -> float:
    _, cross, weight, _ = _losses(model, made)
    loss = (cross * weight).sum() / weight.sum()
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(trained.values(), 1.0)
    optimizer.step()
    return float(loss.item())


def _losses(model: Any, made: dict[str, Any]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Logits (n, vocabulary), cross-entropy (n), weight (n) and target (n) at the answers' positions."""
    read = {k: made[k] for k in ("input_ids", "position_ids", "attention_mask", "spans")}
    hidden = model.model(**read, use_cache=False).last_hidden_state
    at = made["weight"] > 0
    logits = functional.linear(hidden[at], model.model.embed_tokens.weight).float()
    target = made["target"][at]
    return logits, functional.cross_entropy(logits, target, reduction="none"), made["weight"][at], target


@torch.no_grad()
def _watch(model: Any, rows: list[Row], zero: int, device: str, dtype: torch.dtype) -> dict[str, float]:
    """Held-out figures: loss a token, right labels, and the area under the curve of 1 - P([0])."""
    loss, right, scores = [], [], []
    for i in range(0, len(rows), 4):
        logits, cross, weight, target = _losses(model, inputs(rows[i : i + 4], device, dtype))
        loss.append((cross * weight).sum().item() / weight.sum().item())
        first = weight == weight.max()
        probability = logits[first].softmax(-1)
        right += (probability.argmax(-1) == target[first]).tolist()
        silent = probability[:, zero]
        scores += list(zip(silent.tolist(), (target[first] == zero).tolist(), strict=True))
    positive = np.array([s for s, none in scores if none])
    negative = np.array([s for s, none in scores if not none])
    auc = (positive[:, None] > negative[None]).mean()
    return {"loss": float(np.mean(loss)), "label": float(np.mean(right)), "auc": float(auc)}


def _resumed(checkpoint: Path, trained: dict[str, nn.Parameter], optimizer: Any) -> Progress:
    if not checkpoint.exists():
        return Progress()
    state = torch.load(checkpoint, weights_only=True)
    for name, value in state["trained"].items():
        trained[name].data.copy_(value)
    optimizer.load_state_dict(state["optimizer"])
    return Progress(state["step"], state["tokens"], state["seconds"])


def _save(checkpoint: Path, trained: dict[str, nn.Parameter], optimizer: Any, done: Progress) -> None:
    state = {"trained": {name: value.data for name, value in trained.items()}, "optimizer": optimizer.state_dict()}
    state |= {"step": done.step, "tokens": done.tokens, "seconds": done.seconds}
    part = checkpoint.with_suffix(".part")
    torch.save(state, part)
    part.replace(checkpoint)


if __name__ == "__main__":
    main()
