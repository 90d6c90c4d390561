"""Multi-hop questions: supporting sentences are found where they stand, and one article of each can be removed."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals import multihop
from index.errors import UsageError

RECORD = {
    "source": "hotpotqa",
    "id": "q",
    "type": "bridge",
    "question": "Who wrote the book about Oslo?",
    "answer": "Ann",
    "articles": [
        {"title": "Book", "sentences": ["The book is about Oslo.", " It is by Ann."]},
        {"title": "Ann", "sentences": ["Ann writes.", " Ann lives in Bergen."]},
        {"title": "Rome", "sentences": ["Rome is old."]},
    ],
    "supporting": [["Book", 1], ["Ann", 0]],
}


def write(folder: Path, *records: dict[str, Any]) -> Path:
    file = folder / "hops.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def texts(folder: Path) -> dict[str, str]:
    return {path.stem.lower(): path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_supporting_sentences_are_the_parts_of_the_proof(tmp_path: Path) -> None:
    whole, _ = multihop.load(write(tmp_path, RECORD), tmp_path / "cache")
    found = texts(whole.articles[0])
    proofs = whole.proofs["q"]
    assert [found[p.article][p.start : p.end] for p in proofs] == ["It is by Ann.", "Ann writes."]
    assert [p.part for p in proofs] == [0, 1]
    assert whole.cases[0].answerable and whole.cases[0].contains == [["Ann"]]


def test_one_supporting_article_is_removed_and_nothing_else(tmp_path: Path) -> None:
    whole, removed = multihop.load(write(tmp_path, RECORD), tmp_path / "cache")
    gone = set(texts(whole.articles[0])) - set(texts(removed.articles[0]))
    assert len(gone) == 1 and gone < {"book", "ann"}
    assert not removed.cases[0].answerable and removed.cases[0].id == whole.cases[0].id
    assert not removed.proofs


def test_both_suites_ask_the_same_sample(tmp_path: Path) -> None:
    records = [RECORD | {"id": f"q{n}", "type": ("bridge", "comparison")[n % 2]} for n in range(12)]
    whole, removed = multihop.load(write(tmp_path, *records), tmp_path / "cache")
    assert [c.id for c in whole.sample(5, 3).cases] == [c.id for c in removed.sample(5, 3).cases]


def test_paragraphs_of_one_title_are_one_article_and_either_may_hold_the_sentence(tmp_path: Path) -> None:
    other = RECORD | {"id": "", "articles": [{"title": "Book", "sentences": ["Other.", "More."]}, *RECORD["articles"]]}
    whole, _ = multihop.load(write(tmp_path, RECORD, other), tmp_path / "cache")
    book = texts(whole.articles[0])["book"]
    assert book == "The book is about Oslo. It is by Ann.\n\nOther. More."
    spans = [(book[p.start : p.end], p.part) for p in whole.proofs["line-2"] if p.article == "book"]
    assert spans == [("More.", 0), ("It is by Ann.", 0)]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"supporting": [["Book", 7]]}, "question q: there is no sentence 7 of “Book”"),
        ({"answer": ""}, "line 1: answer: "),
    ],
)
def test_bad_records_are_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        multihop.load(write(tmp_path, RECORD | change), tmp_path / "cache")
