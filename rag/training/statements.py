"""Statements for the checker to learn from: what the writer really writes about training questions.

A statement holds when the question has an answer in the evidence, and the statement holds the answer's words and cites
a sentence where they stand. What it writes about a question that nothing answers never holds.
"""

import re
import string
from collections.abc import Sequence

import torch
from torch import Tensor

from rag.training.row import Row
from rag.training.transformer import Transformer

LENGTH = 48  # tokens
CITED = re.compile(r"\[(\d+)\]")
PUNCTUATION = str.maketrans("", "", string.punctuation)


@torch.no_grad()
def written(model: Transformer, prompts: Sequence[Sequence[int]], end: int, known: Tensor) -> list[list[int]]:
    """What ``model`` writes after each of ``prompts`` by greedy choice: up to LENGTH tokens, the end left out.

    ``known`` (vocabulary,) says which tokens it may write.
    """
    device = model.weights["token_embd.weight"].device
    width = max(map(len, prompts))
    tokens = torch.zeros(len(prompts), width, dtype=torch.long, device=device)
    part = torch.full((len(prompts), width), -1, device=device)
    for i, prompt in enumerate(prompts):
        tokens[i, width - len(prompt) :] = torch.tensor(prompt, device=device)
        part[i, width - len(prompt) :] = 0
    positions = (part == 0).cumsum(1) - 1
    kept: list[tuple[Tensor, Tensor]] = []
    found: list[Tensor] = []
    done = torch.zeros(len(prompts), dtype=torch.bool, device=device)
    x, at = tokens, positions.clamp(min=0)
    seen = torch.ones(width, width, dtype=torch.bool, device=device).tril() & (part == 0)[:, None, :]
    for _ in range(LENGTH):
        hidden, kept = model.step(x, at, seen, kept)
        scores = model.logits(hidden[:, -1]).masked_fill(~known, -1e9)
        chosen = scores.argmax(-1)
        done |= chosen == end
        if done.all():
            break
        found.append(torch.where(done, end, chosen))
        x, at = chosen[:, None], at[:, -1:] + 1
        seen = torch.cat([seen[:, -1:], torch.ones(len(prompts), 1, 1, dtype=torch.bool, device=device)], dim=2)
    rows = torch.stack(found, dim=1).tolist() if found else [[]] * len(prompts)
    return [row[: row.index(end)] if end in row else row for row in rows]


def first_statement(text: str) -> tuple[str, list[int]] | None:
    """The first statement in ``text`` and the labels that it cites; None where it cites none."""
    labels: list[int] = []
    body = ""
    for found in re.finditer(r"(.*?)((?:\s*\[\d+\])+)", text.split("\n")[0]):
        body, labels = found[1].strip(), [int(d) for d in CITED.findall(found[2])]
        if body:
            break
    return (body, labels) if body and labels else None


def holds(statement: str, labels: Sequence[int], label: int, answer: str, sentences: Sequence[str]) -> bool | None:
    """Whether ``statement`` answers; None where that is not clear.

    ``label`` and ``answer`` are the right ones (label 0: nothing answers), ``sentences`` the evidence.
    """
    if label == 0:
        return False
    cited = [sentences[k - 1] for k in labels if 0 < k <= len(sentences)]
    said, gold = _words(statement), _words(answer)
    share = sum(word in said for word in gold) / max(1, len(gold))
    proven = label in labels or any(_plain(answer) in _plain(text) for text in cited)
    if share >= 0.99 and proven:
        return True
    return False if share < 0.4 or not proven else None


def _plain(text: str) -> str:
    return " ".join(_words(text))


def _words(text: str) -> list[str]:
    words = text.lower().translate(PUNCTUATION).split()
    return [word for word in words if word not in ("a", "an", "the")]


def prompts(rows: Sequence[Row], chosen: Sequence[tuple[int, int]], turn: Sequence[int]) -> list[list[int]]:
    """The writer's prompts for question ``k`` of row ``r``, for each (r, k) of ``chosen``."""
    found = []
    for r, k in chosen:
        one = rows[r]
        asked = one.asked[k]
        found.append([*one.tokens[: one.part.count(0)], *one.tokens[asked.start : asked.stop], *turn])
    return found
