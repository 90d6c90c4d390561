"""Any file that people have: a folder of every kind and every fault, indexed in one run."""

import difflib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from corpus import Made, corpus
from indexer import CheapEmbedder
from reach import out_of_reach

from index.article import read
from index.library import Library
from index.unit import units


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Made]:
    return list(corpus(tmp_path_factory.mktemp("corpus") / "files"))


def test_each_file_is_read_as_it_says_or_named_with_its_reason(made: list[Made], tmp_path: Path) -> None:
    assert len(made) >= 150
    with Library.open(tmp_path / "library", CheapEmbedder()) as library:
        changes = library.sync([made[0].path.parent])
        texts = {Path(entry.source).name: library.article(entry.source).text for entry in library.entries()}
    reasons = {Path(problem.path).name: problem.reason for problem in changes.problems}
    assert set(reasons) == {file.path.name for file in made if file.reason}
    assert set(texts) == {file.path.name for file in made if not file.reason}
    for file in made:
        if file.reason:
            assert file.reason in reasons[file.path.name], file.path.name
            assert "\n" not in reasons[file.path.name]
            continue
        found = texts[file.path.name].split()
        matcher = difflib.SequenceMatcher(None, file.words, found, autojunk=False)
        right = sum(len("".join(file.words[b.a : b.a + b.size])) for b in matcher.get_matching_blocks())
        assert right >= 0.995 * len("".join(file.words)), (file.path.name, texts[file.path.name][:300])
        assert len("".join(found)) <= 1.05 * len("".join(file.words)) + 8, file.path.name


def test_nothing_that_is_read_is_out_of_reach(made: list[Made]) -> None:
    for file in (file for file in made if not file.reason):
        assert out_of_reach(read(file.path).text) == [], file.path


def test_rows_are_units_with_their_columns_in_every_kind(made: list[Made]) -> None:
    kinds = {file.path.suffix: file for file in made if not file.reason and "Aker" in file.words}
    for ending, file in kinds.items():
        (unit,) = [unit for unit in units(read(file.path).text) if "Rolf Aker" in unit.text]
        assert "Keeper" not in unit.text and "none" in unit.text, ending
        assert ending in (".csv", ".xlsx", ".ods") or "Keeper | From | Boats" in unit.context, ending


def test_the_same_file_always_gives_the_same_text(made: list[Made]) -> None:
    for file in {file.path.suffix: file for file in made if not file.reason}.values():
        assert read(file.path) == read(file.path)


def test_damaged_files_of_all_kinds_are_read_or_refused(tmp_path: Path) -> None:
    """A few hundred of what ``python tests/fuzz.py 10000`` tries."""
    tests = Path(__file__).parent
    command = [sys.executable, str(tests / "fuzz.py"), "300", "--seed", "7", "--folder", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(tests.parent)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["read"] + report["refused"] == 300
    assert report["slowest"] < 10 and report["memory"] < 1024
