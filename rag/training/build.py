"""Writes training rows: ``python -m rag.training.build --data DIR --models FILE.gguf … --out FOLDER``.

A file of rows holds tokens of one model, so that training needs neither its tokenizer nor the library's code.
``--held-out`` writes rows of the articles that are kept from training; ``--questions FILE`` those of any file in
SQuAD's layout, each paragraph with all of its sentences: the classic setting.
"""

import argparse
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rich.progress import track

from rag.language_model import LanguageModel
from rag.models import packaged_model
from rag.prompt import NO_ANSWER, Line
from rag.training.examples import groups
from rag.training.group import Example, Group
from rag.training.hops import dated, gold_only, multihop
from rag.training.row import Language, Row, row, save
from rag.training.squad import Paragraph, read

HELD_OUT = 14  # articles of squad2-uniform.json that are never trained on
HUMAN = "squad2-uniform.json"
ANSWERABLE = "squad1-rest.json"
ANSWERABLE_SHARE = 0.35  # how often a file is drawn from, against its paragraphs
OTHER_SHARE = 0.25
OTHERS = {"new_wiki.json": True, "reddit.json": False, "amazon_reviews.json": False}  # name: holds articles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the training files")
    parser.add_argument("--questions", type=Path, help="a file in SQuAD's layout instead")
    parser.add_argument("--models", type=Path, nargs="+", default=[packaged_model()])
    parser.add_argument("--out", type=Path, required=True, help="folder; the files are called as the models")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--rows", type=int, default=40000, help="at most")
    parser.add_argument("--longest", type=int, default=1100, help="tokens of a row at most")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    models = {file.stem: LanguageModel(file, file.stem) for file in options.models}
    spoken = {name: language(model) for name, model in models.items()}
    drawn = classic(options.questions) if options.questions else material(options.data, options.seed, options.held_out)
    rows: dict[str, list[Row]] = {name: [] for name in spoken}
    for group in track(islice(drawn, options.rows), "writing", total=options.rows):
        for name, one in spoken.items():
            rows[name].append(row(group, one))
    options.out.mkdir(parents=True, exist_ok=True)
    for name, written in rows.items():
        kept = [one for one in written if len(one.tokens) <= options.longest]
        save(kept, options.out / f"{name}.npz")


def language(model: LanguageModel) -> Language:
    """How ``model`` writes: without a chat template, for it is trained without."""
    return Language(model.tokens, model.begin, model.ends[0])


def material(data: Path, seed: int, held_out: bool = False) -> Iterator[Group]:
    """Groups of all files, mixed; those with human negatives come twice as often, with other evidence."""
    rng = random.Random(seed)
    words = _words(data / HUMAN)
    human = read(data / HUMAN)
    kept = set(rng.sample(sorted({p.article for p in human}), HELD_OUT))
    if held_out:
        yield from groups([p for p in human if p.article in kept], words, rng)
        return
    human = [p for p in human if p.article not in kept]
    answerable = [p for p in read(data / ANSWERABLE) if p.article not in kept]
    streams: list[tuple[float, Iterator[Group]]] = [
        (2 * len(human), _again(human, words, random.Random(seed + 1))),
        (ANSWERABLE_SHARE * len(answerable), groups(answerable, words, random.Random(seed + 2))),
        (1000, multihop(data / "multihop.jsonl", random.Random(seed + 3))),
        (2000, gold_only(data / "hotpot-gold-evidence.jsonl", random.Random(seed + 4))),
        (1500, dated(data / "timeqa-articles.jsonl", data / "timeqa-questions.jsonl", random.Random(seed + 5))),
    ]
    for name, articles in OTHERS.items():
        paragraphs = read(data / name)
        drawn = groups(paragraphs, words, random.Random(f"{seed} {name}"), articles)
        streams.append((OTHER_SHARE * len(paragraphs), drawn))
    while streams:
        weights = [weight for weight, _ in streams]
        chosen = rng.choices(range(len(streams)), weights)[0]
        try:
            yield next(streams[chosen][1])
        except StopIteration:
            del streams[chosen]


def classic(file: Path) -> Iterator[Group]:
    """Each paragraph of ``file`` with all of its sentences and all of its questions."""
    for paragraph in read(file):
        asked = [Example(q.text, q.sentence + 1, q.answer, "answered") for q in paragraph.questions]
        asked += [Example(text, NO_ANSWER, "", "human") for text in paragraph.unanswerable]
        for start in range(0, len(asked), 8):
            lines = [Line(s.text, paragraph.title) for s in paragraph.sentences]
            yield Group(lines, asked[start : start + 8])


def _again(paragraphs: list[Paragraph], words: set[str], rng: random.Random) -> Iterator[Group]:
    for _ in range(2):
        yield from groups(paragraphs, words, rng)


def _words(file: Path) -> set[str]:
    """The lower-case words of a file that stand in it ten times."""
    counts: dict[str, int] = {}
    for word in file.read_text(encoding="utf-8").split():
        if word.isascii() and word.isalpha() and word.islower() and len(word) > 2:
            counts[word] = counts.get(word, 0) + 1
    return {word for word, count in counts.items() if count >= 10}


if __name__ == "__main__":
    main()
