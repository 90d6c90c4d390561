"""Recall: the command that measures it."""

import json
from pathlib import Path
from typing import Any

import pytest

from index.recall import figures, measure

PARAGRAPH = "The harbour of {0} was built in 1742 by the engineer Anna Thorsen, who came to {0} from Bergen. " * 3


def about(town: str) -> dict[str, Any]:
    context = PARAGRAPH.format(town)
    answer = {"text": "Anna Thorsen", "answer_start": context.index("Anna")}
    asked = {"question": f"Who built the harbour of {town}?", "is_impossible": False, "answers": [answer]}
    unanswerable = {"question": "Who drained it?", "is_impossible": True, "answers": []}
    return {"context": context, "qas": [asked, unanswerable]}


QUESTIONS = {
    "data": [
        {"title": "Old_Ports", "paragraphs": [about("Brindle"), about("Ostra")]},
        {"title": "New Ports", "paragraphs": [about("Sorrel")]},
    ]
}


def test_figures_count_ranks() -> None:
    assert figures([1, 2, None, 5]) == pytest.approx([0.25, 0.5, 0.75, (1 + 1 / 2 + 1 / 5) / 4])


def test_answerable_questions_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "questions.json").write_text(json.dumps(QUESTIONS))
    measure(tmp_path / "questions.json")
    first, _, dense, words, fused = capsys.readouterr().out.splitlines()
    assert "3 passages" in first
    assert "3 questions" in first
    assert fused.split() == ["fused", "1.000", "1.000", "1.000", "1.000"]
    assert dense.split()[0] == "dense"
    assert words.split()[0] == "BM25"
