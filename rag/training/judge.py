"""Trains the judge: ``python -m rag.training.judge MODEL.gguf --data DIR --states FOLDER --out FOLDER``.

A low-rank adapter of some blocks of the model and a linear probe of the states that leave them learn to say of one
sentence whether it answers a question, asked as the assistant does (`LocalWriter.verdicts`). The blocks below stay as
they are: llama.cpp computes their states once, with the weights as they are quantised, and they are kept in
``--states``, so that a run that was ended goes on. What is in front of all examples, the instruction, keeps the keys
and values that it has without the adapter.

A sixth of the articles are kept back, and the area under the ROC curve on them is printed: of the probe alone, before
the adapter, and after it. On two cores the states take about 20 minutes for 6,000 examples, and training half an hour.
"""

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from rag.hidden_state import Tap
from rag.language_model import LanguageModel
from rag.local_writer import LocalWriter
from rag.probe import NAMED, Probe
from rag.training.adapter_file import write
from rag.training.judged import Judged, mixed, near_misses, twins
from rag.training.transformer import Keys, Transformer

SOURCES = (twins, near_misses, mixed)
AT_ONCE = 64  # examples whose states are written together
KEPT_BACK = 6  # one of so many articles
BATCH = 8
FITTED = 1200  # examples that the probe is fitted to before the adapter is trained
PENALTY = 0.1  # of its squared weights there, for states of unit variance
WARM_UP = 30  # steps
LEAST = 0.05  # the rate falls to so much of the peak
TEMPERATURE = 1.8  # set by hand: as widely spread as the log-odds that reranking.py's margins were chosen for
REPORTED = 100  # steps between two reports, at which the adapter is written


@dataclass(frozen=True)
class Sample:
    """An example as the blocks read it: ``states`` (tokens, width), of which the question's are the last ``count``."""

    states: Tensor
    count: int
    judged: Judged


def main() -> None:
    options = _options()
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    samples, prefix = collected(options)
    trained = [sample for sample in samples if not _kept_back(sample)]
    watched = [sample for sample in samples if _kept_back(sample)]
    model = Transformer(options.model, "cpu", torch.bfloat16, range(options.first, options.layer + 1))
    judge = Judge(model, model.keys(prefix))
    judge.fit(random.sample(trained, min(FITTED, len(trained))))
    print(f"{len(trained)} examples; the probe alone: {judge.areas(watched)}", flush=True)
    matrices = model.adapt(options.rank, 2 * options.rank)
    name = options.out / options.model.stem[-NAMED:]
    for said in _trained(judge, matrices, trained, options):
        print(said, flush=True)
        write(matrices, options.model, name.with_suffix(".gguf"), 2 * options.rank, model.shape.architecture)
        judge.probe(options.layer).save(name.with_suffix(".npz"))
    print(f"with the adapter: {judge.areas(watched)}", flush=True)


def _kept_back(sample: Sample) -> bool:
    """The same articles whatever the number of examples."""
    return crc32(sample.judged.article.encode()) % KEPT_BACK == 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="a GGUF file whose name ends with the first 12 digits of its sha256")
    parser.add_argument("--data", type=Path, required=True, help="folder with the training files")
    parser.add_argument("--states", type=Path, required=True, help="folder for the states")
    parser.add_argument("--out", type=Path, required=True, help="folder for the adapter and the probe")
    parser.add_argument("--first", type=int, default=12, help="the first block that is trained")
    parser.add_argument("--layer", type=int, default=17, help="the last one, whose states the probe reads")
    parser.add_argument("--examples", type=int, default=3584, help="of each source")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-4, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


class Judge:
    """The blocks after their prefix, and the probe of what leaves them."""

    def __init__(self, model: Transformer, prefix: list[Keys]) -> None:
        self.model = model
        self.prefix = prefix
        self.mean = self.scale = self.weights = self.bias = torch.zeros(0)

    def fit(self, samples: Sequence[Sample]) -> None:
        """Fits the probe by logistic regression, on states as they are."""
        states = self.states(samples)
        self.mean, self.scale = states.mean(0), states.std(0) + 1e-3
        regression = LogisticRegression(C=1 / (PENALTY * len(samples)), max_iter=1000)
        regression.fit(((states - self.mean) / self.scale).numpy(), [sample.judged.answers for sample in samples])
        self.weights = nn.Parameter(torch.tensor(regression.coef_[0], dtype=torch.float32))
        self.bias = nn.Parameter(torch.tensor(regression.intercept_[0], dtype=torch.float32))

    def logodds(self, samples: Sequence[Sample]) -> Tensor:
        """One for each of ``samples`` (n,), to be trained."""
        return (self._pooled(samples) - self.mean) / self.scale @ self.weights + self.bias

    @torch.no_grad()
    def states(self, samples: Sequence[Sample]) -> Tensor:
        """What the probe reads (n, width)."""
        found = torch.zeros(len(samples), samples[0].states.shape[1])
        for batch in batches(samples):
            found[batch] = self._pooled([samples[i] for i in batch])
        return found

    def areas(self, samples: Sequence[Sample]) -> str:
        """The area under the ROC curve, of all and by source."""
        scores = ((self.states(samples) - self.mean) / self.scale @ self.weights + self.bias).detach().numpy()
        answers = np.array([sample.judged.answers for sample in samples])
        source = np.array([sample.judged.source for sample in samples])
        found = [f"{name} {roc_auc_score(answers[source == name], scores[source == name]):.3f}" for name in set(source)]
        return ", ".join([f"all {roc_auc_score(answers, scores):.3f}", *sorted(found)])

    def probe(self, layer: int) -> Probe:
        """It as the assistant reads it, its log-odds divided by TEMPERATURE (Guo 2017, "On calibration of modern
        neural networks")."""
        weights = (self.weights / self.scale).detach()
        bias = float(self.bias.detach() - weights @ self.mean)
        return Probe(layer, (weights / TEMPERATURE).numpy().astype(np.float32), bias / TEMPERATURE)

    def _pooled(self, samples: Sequence[Sample]) -> Tensor:
        """As `LanguageModel.states`: that of the last token and the mean of the question's, added."""
        padded = pad_sequence([sample.states for sample in samples], batch_first=True).to(torch.bfloat16)
        left = self.model.continued(padded, self.prefix).float()
        lengths = [len(sample.states) for sample in samples]
        return torch.stack(
            [
                row[end - 1] + row[end - sample.count : end].mean(0)
                for row, end, sample in zip(left, lengths, samples, strict=True)
            ]
        )


def _trained(
    judge: Judge,
    matrices: dict[str, nn.Parameter],
    samples: Sequence[Sample],
    options: argparse.Namespace,
) -> Iterator[str]:
    """Trains once over ``samples``; now and then says how far it is, and is to be kept."""
    parameters = [*matrices.values(), judge.weights, judge.bias]
    optimizer = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=0.0)
    order = batches(samples)
    random.shuffle(order)
    began, losses = time.monotonic(), []
    for step, batch in enumerate(order, 1):
        for group in optimizer.param_groups:
            fallen = LEAST + (1 - LEAST) * (1 + math.cos(math.pi * step / len(order))) / 2
            group["lr"] = options.rate * min(step / WARM_UP, fallen)
        chosen = [samples[i] for i in batch]
        answers = torch.tensor([float(sample.judged.answers) for sample in chosen])
        loss = functional.binary_cross_entropy_with_logits(judge.logodds(chosen), answers)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        losses.append(loss.item())
        if step % REPORTED == 0 or step == len(order):
            spent = time.monotonic() - began
            yield f"step {step} of {len(order)}, {spent:.0f} s: loss {np.mean(losses[-REPORTED:]):.3f}"


def batches(samples: Sequence[Sample]) -> list[list[int]]:
    """Numbers of samples, those of about one length together."""
    order = sorted(range(len(samples)), key=lambda i: len(samples[i].states) + random.random() * 8)
    return [order[start : start + BATCH] for start in range(0, len(order), BATCH)]


def collected(options: argparse.Namespace) -> tuple[list[Sample], Tensor]:
    """The samples, and the states (1, tokens, width) of the instruction before them."""
    options.states.mkdir(parents=True, exist_ok=True)
    model = LanguageModel(options.model, options.model.stem, tap=Tap(options.first - 1))
    writer = LocalWriter(model)
    (instruction,) = model.token_states([writer.judging])
    samples: list[Sample] = []
    for source in SOURCES:
        examples = list(islice(source(options.data, options.seed), options.examples))
        for start in track(range(0, len(examples), AT_ONCE), source.__name__):
            some = examples[start : start + AT_ONCE]
            branches = [writer.branch(one.question, one.line) for one in some]
            file = options.states / f"{source.__name__}-{options.seed}-{options.first}-{start}.npz"
            if not file.exists():
                model.begin_with(writer.judging)
                states = model.token_states([tokens for tokens, _ in branches])
                np.savez(file, *(own.astype(np.float16) for own in states))
            with np.load(file) as held:
                states = [held[name] for name in held.files]
            for own, (_, count), one in zip(states, branches, some, strict=True):
                samples.append(Sample(torch.from_numpy(own), count, one))
    model.close()
    return samples, torch.from_numpy(instruction)[None].to(torch.bfloat16)


if __name__ == "__main__":
    main()
