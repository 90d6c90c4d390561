"""The measuring command."""

import json
from pathlib import Path

import pytest

from index.measure import figures, measure

PARAGRAPH = "The harbour of Brindle was built in 1742 by the engineer Anna Thorsen, who had studied in Bergen. " * 3
QUESTIONS = {
    "data": [
        {
            "title": title,
            "paragraphs": [
                {"context": PARAGRAPH.replace("Brindle", town), "qas": [
                    {"question": f"Who built the harbour of {town}?", "is_impossible": False,
                     "answers": [{"text": "Anna Thorsen", "answer_start": PARAGRAPH.replace("Brindle", town).index("Anna")}]},
                    {"question": "Who drained it?", "is_impossible": True, "answers": []},
                ]}
                for town in towns
            ],
        }
        for title, towns in (("Old_Ports", ["Brindle", "Ostra"]), ("New Ports", ["Sorrel"]))
    ]
}  # fmt: skip


def test_figures_count_ranks() -> None:
    assert figures([1, 2, None, 5]) == pytest.approx([0.25, 0.5, 0.75, (1 + 1 / 2 + 1 / 5) / 4])


def test_answerable_questions_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "questions.json").write_text(json.dumps(QUESTIONS))
    measure(tmp_path / "questions.json")
    first, _, dense, words, fused = capsys.readouterr().out.splitlines()
    assert "3 passages" in first and "3 questions" in first
    assert fused.split() == ["fused", "1.000", "1.000", "1.000", "1.000"]
    assert dense.split()[0] == "dense" and words.split()[0] == "BM25"
