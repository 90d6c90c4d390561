"""Trains an adapter: ``python -m rag.training.train FILE.gguf ROWS.npz --out DIR``.

The loss is the cross-entropy of the answers' tokens of rows (`row.py`, written by `build.py`). The rate falls to
nothing by ``--minutes``. Watched on ``--held-out`` rows. On a GPU when there is one.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from rag.training.adapter_file import matrices, write
from rag.training.row import Row, load
from rag.training.transformer import Transformer

WARM_UP = 30  # steps
KEEP = 120  # seconds between two writings of the adapter


def main() -> None:
    options = _options()
    began = time.monotonic()
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = Transformer(options.model, device, torch.bfloat16)
    options.out.mkdir(parents=True, exist_ok=True)
    _say(options, "loaded", began)
    rows = load(options.rows)[: options.most]
    _say(options, f"{len(rows)} rows", began)
    trained = model.adapt(options.rank, options.alpha)
    if options.start:
        for name, value in matrices(options.start).items():
            trained[name].data.copy_(value)
    _train(model, trained, rows, options, began)
    _write(model, trained, options)
    for file in options.held_out:
        watched = watch(model, load(file))
        _say(options, f"{file.parent.name} {json.dumps(areas(watched))}", began)
        np.savez_compressed(options.out / f"scores-{file.parent.name}.npz", allow_pickle=False, **watched)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="the GGUF file that the rows were written for")
    parser.add_argument("rows", type=Path)
    parser.add_argument("--held-out", type=Path, nargs="*", default=[], help="rows to watch")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="an adapter to begin from")
    parser.add_argument("--minutes", type=float, default=60.0, help="from the start, for all but the last figures")
    parser.add_argument("--most", type=int, default=1_000_000, help="rows")
    parser.add_argument("--batch", type=int, default=16384, help="tokens a step, padding counted")
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--alpha", type=float, default=64)
    parser.add_argument("--rate", type=float, default=4e-4, help="peak learning rate")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _say(options: argparse.Namespace, text: str, began: float) -> None:
    with (options.out / "log.txt").open("a", encoding="utf-8") as log:
        print(f"{time.monotonic() - began:7.1f} s  {text}", file=log)
    print(f"{time.monotonic() - began:7.1f} s  {text}", flush=True)


def _train(
    model: Transformer, trained: dict[str, nn.Parameter], rows: list[Row], options: argparse.Namespace, began: float
) -> None:
    optimizer = torch.optim.AdamW(trained.values(), lr=options.rate, betas=(0.9, 0.98), weight_decay=0.0)
    device = next(iter(trained.values())).device
    prepared = [tensors(one) for one in rows]
    _say(options, "training begins", began)
    start, recent, step, kept = time.monotonic(), [], 0, time.monotonic()
    allowed = options.minutes * 60 - (start - began)
    sizes = [len(one.tokens) for one in rows]
    steps = options.epochs * sum(1 for _ in batches(sizes, options.batch, random.Random(0)))
    rng = random.Random(options.seed)
    for _ in range(options.epochs):
        for batch in batches(sizes, options.batch, rng):
            done = max((time.monotonic() - start) / allowed, step / steps)
            if done >= 1:
                return
            for group in optimizer.param_groups:
                group["lr"] = options.rate * min((step + 1) / WARM_UP, 1 - done)
            tokens, positions, part, weight = stacked([prepared[i] for i in batch], device)
            hidden = model(tokens, positions, part)
            at = weight > 0
            cross = functional.cross_entropy(model.logits(hidden[:, :-1][at[:, :-1]]), tokens[:, 1:][at[:, :-1]],
                                             reduction="none")  # fmt: skip
            counts = weight[:, :-1][at[:, :-1]]
            loss = (cross * counts).sum() / counts.sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(trained.values(), 1.0)
            optimizer.step()
            step += 1
            recent.append(loss.detach())
            if step % 50 == 0:
                _say(
                    options, f"step {step} of {steps}, {done:.2f} of the time: {torch.stack(recent).mean():.4f}", began
                )
                recent = []
            if time.monotonic() - kept > KEEP:
                kept = time.monotonic()
                _write(model, trained, options)


def _write(model: Transformer, trained: dict[str, nn.Parameter], options: argparse.Namespace) -> None:
    matrices = {name: value.data for name, value in trained.items()}
    write(matrices, options.model, options.out / "adapter.gguf", options.alpha, model.shape.architecture)


def batches(sizes: Sequence[int], budget: int, rng: random.Random) -> Iterator[list[int]]:
    """Numbers of rows in batches of up to ``budget`` tokens, rows of about one length together, in random order."""
    order = sorted(range(len(sizes)), key=lambda i: sizes[i] + rng.random() * 40)
    found: list[list[int]] = [[]]
    for i in order:
        if found[-1] and (len(found[-1]) + 1) * sizes[i] > budget:
            found.append([])
        found[-1].append(i)
    rng.shuffle(found)
    yield from found


def tensors(one: Row) -> list[Tensor]:
    """Tokens, positions, parts and weights of a row, each (t,)."""
    whole = [torch.tensor(values) for values in (one.tokens, one.positions(), one.part)]
    return [*whole, torch.tensor(one.weight, dtype=torch.float32)]


def stacked(rows: Sequence[list[Tensor]], device: torch.device) -> list[Tensor]:
    """The same of several rows, each (n, t), padded; the part of padding is -1."""
    columns = zip(zip(*rows, strict=True), (0, 0, -1, 0), strict=True)
    return [pad_sequence(list(c), batch_first=True, padding_value=fill).to(device) for c, fill in columns]


@torch.no_grad()
def watch(model: Transformer, rows: Sequence[Row]) -> dict[str, np.ndarray]:
    """For every question: its kind, its label, the log-odds that nothing answers, and whether the label is right."""
    kinds, labels, silent, right = [], [], [], []
    device = model.weights["output_norm.weight"].device
    for batch in batches([len(one.tokens) for one in rows], 16384, random.Random(0)):
        tokens, positions, part, _ = stacked([tensors(rows[i]) for i in batch], device)
        hidden = model(tokens, positions, part)
        for i, one in enumerate(rows[number] for number in batch):
            scores = model.logits(hidden[i, [a.predicts for a in one.asked]]).log_softmax(-1)
            for asked, score in zip(one.asked, scores, strict=True):
                first = one.tokens[asked.predicts + 1]
                none = _none(one, asked.predicts)
                kinds.append(asked.kind)
                labels.append(asked.label)
                right.append(int(score.argmax()) == first)
                silent.append(float(score[none]) if none is not None else 0.0)
    return {"kinds": np.array(kinds), "labels": np.array(labels), "silent": np.array(silent), "right": np.array(right)}


ZERO: dict[str, int] = {}


def _none(row: Row, predicts: int) -> int | None:
    """The token of label 0, learned from the rows themselves."""
    for asked in row.asked:
        if asked.label == 0:
            ZERO["token"] = row.tokens[asked.predicts + 1]
    return ZERO.get("token")


def areas(watched: dict[str, np.ndarray]) -> dict[str, float]:
    """The area under the curve of label 0's probability, for all questions and for each kind of silence."""
    answered = watched["silent"][watched["labels"] > 0]
    found = {"right": float(watched["right"][watched["labels"] > 0].mean())}
    for kind in ["all", *sorted(set(watched["kinds"][watched["labels"] == 0].tolist()))]:
        chosen = (watched["labels"] == 0) & ((watched["kinds"] == kind) | (kind == "all"))
        silent = watched["silent"][chosen]
        found[f"auc {kind}"] = float((silent[:, None] > answered[None]).mean())
        if kind in ("all", "human"):
            for budget in (0.05, 0.1, 0.15):
                found[f"{kind} declined at {budget}"] = float((silent > np.quantile(answered, 1 - budget)).mean())
    return found


if __name__ == "__main__":
    main()
