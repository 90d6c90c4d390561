"""Averages adapters of one lineage: ``python -m rag.training.soup TARGET ADAPTER ADAPTER …``.

Of models that were trained on from one another, the mean of their weights is often better than any of them, and costs
nothing when it is used: Wortsman et al. 2022, "Model soups". Here the mean is taken of the low-rank matrices.
"""

import argparse
from pathlib import Path

import torch

from rag.models import packaged_model
from rag.training.adapter_file import matrices, write


def average(adapters: list[Path]) -> dict[str, torch.Tensor]:
    """The mean of each matrix over ``adapters``, which must be of one rank."""
    read = [matrices(adapter) for adapter in adapters]
    return {name: torch.stack([one[name] for one in read]).mean(dim=0) for name in read[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("adapters", type=Path, nargs="+", help="adapter files, trained on from one another")
    parser.add_argument("--base", type=Path, default=packaged_model(), help="the model that they were trained for")
    parser.add_argument("--architecture", default="llama")
    parser.add_argument("--alpha", type=float, default=64)
    options = parser.parse_args()
    write(average(options.adapters), options.base, options.target, options.alpha, options.architecture)


if __name__ == "__main__":
    main()
