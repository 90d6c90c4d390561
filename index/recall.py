"""Recall: how often search finds the passage that answers, in SQuAD's layout: ``python -m index.recall FILE``.

Each title is one article, its paragraphs joined by blank lines; every answerable question is asked of
all articles together. A passage is right when it overlaps an answer's characters in that article.
Recall@k is the share of questions with a right passage among the first k; MRR is the mean of
1/rank of the first right passage (0 where there is none among the candidates).
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index import squad
from index.article import slug
from index.library import Library
from index.search import CANDIDATES, Hit

CUTOFFS = (1, 3, 5)
SIDES: dict[str, Callable[[Hit], int | None]] = {
    "dense": lambda hit: hit.dense_rank,
    "BM25": lambda hit: hit.lexical_rank,
    "fused": lambda hit: hit.rank,
}


@dataclass(frozen=True)
class Question:
    """A question, and the spans of its answers in the article whose file has the stem ``article``."""

    text: str
    article: str
    answers: list[tuple[int, int]]

    def answered_by(self, hit: Hit) -> bool:
        """Whether the passage overlaps an answer."""
        passage = hit.passage
        return passage.article_id == self.article and any(
            passage.start < end and start < passage.end for start, end in self.answers
        )


def unpack(file: Path, folder: Path) -> list[Question]:
    """Write the article of each title in ``file`` to ``folder`` and return the answerable questions."""
    questions = []
    for title in squad.read(file):
        name = slug(title.title)
        (folder / f"{name}.txt").write_text(title.text, encoding="utf-8", newline="")
        for start, paragraph in title.placed():
            for asked in paragraph.qas:
                if asked.answerable:
                    starts = [(start + gold.answer_start, len(gold.text)) for gold in asked.answers]
                    questions.append(Question(asked.question, name, [(at, at + length) for at, length in starts]))
    return questions


def figures(ranks: list[int | None]) -> list[float]:
    """Recall at each cutoff, then the mean reciprocal rank, of the right passages' ranks."""
    recalls = [sum(rank is not None and rank <= k for rank in ranks) / len(ranks) for k in CUTOFFS]
    return [*recalls, sum(1 / rank for rank in ranks if rank) / len(ranks)]


def measure(file: Path) -> None:
    """Print the table for the questions in ``file``."""
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder, "articles")
        articles.mkdir()
        questions = unpack(file, articles)
        with Library.open(Path(folder, "library")) as library:
            began = time.perf_counter()
            library.sync([articles], progress=True)
            indexed = time.perf_counter()
            answers = library.search_all([question.text for question in questions], k=2 * CANDIDATES)
            asked = time.perf_counter()
            count = sum(len(library.passages(article.id)) for article in library.entries())
    print(f"{count} passages indexed in {indexed - began:.1f} s, {len(questions)} questions in {asked - indexed:.1f} s")
    print(f"{'':8}" + "".join(f"recall@{k:<4}" for k in CUTOFFS) + "MRR")
    for side, rank in SIDES.items():
        ranks = [
            min((r for hit in hits if (r := rank(hit)) and question.answered_by(hit)), default=None)
            for question, hits in zip(questions, answers, strict=True)
        ]
        print(f"{side:8}" + "".join(f"{figure:<11.3f}" for figure in figures(ranks)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m index.recall", description=measure.__doc__)
    parser.add_argument("file", type=Path, help="questions in SQuAD's JSON layout")
    measure(parser.parse_args().file)
