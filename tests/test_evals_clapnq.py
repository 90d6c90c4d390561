"""CLAPNQ: passages become articles, selected sentences the proof, answers the references."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals import clapnq
from evals.options import Options
from index.errors import UsageError

SKY, SEA = "The sky is blue . It is high .", "The sea is wet . It is deep ."


def record(id: str, title: str, text: str, *outputs: tuple[str, list[str]]) -> dict[str, Any]:
    return {
        "id": id,
        "input": f"what about {title}",
        "passages": [{"title": title, "text": text, "sentences": []}],
        "output": [{"answer": answer, "selected_sentences": selected} for answer, selected in outputs],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    two = (("The sky is high.", ["It is high ."]), ("A blue sky.", ["The sky is blue .", "It is high ."]))
    answerable = [record("1", "Sky", SKY, *two), record("2", "Sky", SEA, ("Deep.", ["It is deep ."]))]
    write(tmp_path / "a-answerable.jsonl", answerable)
    write(tmp_path / "a-unanswerable.jsonl", [record("3", "Moon", "It shines .", ("", []))])
    return tmp_path


def write(file: Path, records: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def test_passages_of_one_title_are_one_article(folder: Path, tmp_path: Path) -> None:
    loaded = clapnq.load(folder, tmp_path / "cache")
    (articles,) = loaded.articles
    assert sorted(path.name for path in articles.iterdir()) == ["Moon.txt", "Sky.txt"]
    text = (articles / "Sky.txt").read_text(encoding="utf-8")
    (deep,) = loaded.proofs["2"]
    assert deep.article == "sky" and text[deep.start : deep.end] == "It is deep ."


def test_what_any_annotator_selected_is_a_part_of_the_proof(folder: Path, tmp_path: Path) -> None:
    loaded = clapnq.load(folder, tmp_path / "cache")
    sky, sea, moon = loaded.cases
    assert sky.references == ["The sky is high.", "A blue sky."] and not sky.contains
    assert sky.parts == [["It is high ."], ["The sky is blue ."]]
    assert [proof.part for proof in loaded.proofs["1"]] == [0, 1]
    assert [case.answerable for case in (sky, sea, moon)] == [True, True, False]


def test_bad_input_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file \*-answerable"):
        clapnq.load(tmp_path / "nowhere", tmp_path)
    with pytest.raises(UsageError, match="clapnq needs a file or folder"):
        Options(suites=("clapnq",)).load(tmp_path)
    write(folder / "a-answerable.jsonl", [record("1", "Sky", SKY, ("High.", ["It is low ."]))])
    with pytest.raises(UsageError, match=r"question 1: “It is low \.” does not stand in its passages"):
        clapnq.load(folder, tmp_path / "cache")
    (folder / "a-answerable.jsonl").write_text('{"id": "1"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"a-answerable.jsonl, line 1: input: field required"):
        clapnq.load(folder, tmp_path / "cache")
