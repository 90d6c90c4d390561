"""ROUGE-L: how much of a reference a text says in the same order.

Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", section 3.1, with the tokens and the weight (β = 1)
of Google's rouge-score without stemming.
"""

import re
from collections.abc import Sequence

TOKEN = re.compile(r"[a-z0-9]+")


def rouge_l(text: str, references: Sequence[str]) -> float:
    """The best F1, from 0 to 1, of the longest common subsequence of tokens with one of ``references``."""
    said = TOKEN.findall(text.lower())
    return max(_f1(said, TOKEN.findall(reference.lower())) for reference in references)


def _f1(said: list[str], gold: list[str]) -> float:
    return 2 * _common(said, gold) / (len(said) + len(gold)) if said or gold else 0.0


def _common(a: list[str], b: list[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for token in a:
        previous = 0
        for column, other in enumerate(b, 1):
            previous, row[column] = row[column], previous + 1 if token == other else max(row[column], row[column - 1])
    return row[-1]
