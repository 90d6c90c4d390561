"""The front README: what it shows works."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_read_in_a_few_minutes() -> None:
    assert len(README.splitlines()) < 180


@pytest.mark.parametrize("room", ["rag", "index", "ui", "evals"])
def test_a_rooms_readme_names_each_of_its_files(room: str) -> None:
    said = (ROOT / room / "README.md").read_text(encoding="utf-8")
    files = [file.name for file in (ROOT / room).glob("*.py") if file.name != "__init__.py"]
    assert [name for name in files if f"`{name}`" not in said] == []


def test_each_promise_of_security_names_tests_that_exist() -> None:
    promised = (ROOT / ".github" / "SECURITY.md").read_text(encoding="utf-8")
    file, missing = "", []
    for named, test in re.findall(r"`([\w/]*\.py)?::(\w+)`", promised):
        file = named or file
        if f"def {test}(" not in (ROOT / "tests" / file).read_text(encoding="utf-8"):
            missing.append(f"{file}::{test}")
    assert file and not missing


def test_the_python_example_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [example] = re.findall(r"```python\n(.*?)```", README, re.S)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mill.txt").write_text("The mill\n\nIda Brandt signed the agreement about the mill of Oss.\n")
    monkeypatch.chdir(tmp_path)
    exec(example, {})  # noqa: S102 - it is our own
    assert "Ida Brandt signed the agreement" in capsys.readouterr().out
