"""The wheel: what somebody has who has Footnote from a package index and not its repository."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ("rag", "index", "ui", "evals", "seeds", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the repository."""
    copy, made = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy)
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(made), str(copy)]
    done = subprocess.run([sys.executable, "-m", "pip", *build], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (found,) = made.iterdir()
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment with the wheel, and with the packages here that it needs."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    places = {"base": str(folder), "platbase": str(folder)}
    purelib, scripts = (Path(sysconfig.get_path(name, "venv", places)) for name in ("purelib", "scripts"))
    (purelib / "needed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")  # its .pth files not followed
    python = str(scripts / Path(sys.executable).name)
    install = ["--python", python, "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    done = subprocess.run([sys.executable, "-m", "pip", *install], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return scripts


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=240)


def test_it_holds_all_that_is_read_at_run_time_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tracked = run(["git", "ls-files", "rag", "index", "ui", "evals"], ROOT).stdout.splitlines()
    wanted = {name for name in tracked if Path(name).name != "README.md"}
    assert wanted <= set(names), sorted(wanted - set(names))
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rag", "index", "ui", "evals", "footnote_qa"}


def test_it_answers_from_another_folder(installed: Path, tmp_path: Path) -> None:
    command, python = str(installed / "rag"), str(installed / "python")
    place = run([python, "-c", "import rag; print(rag.__file__)"], tmp_path).stdout.strip()
    assert Path(place).is_relative_to(installed.parent)
    refused = run([command, "ask", "Who signed it?"], tmp_path)
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and "rag demo" in refused.stderr
    shown = run([command, "demo", "--quick"], tmp_path)
    assert shown.returncode == 0 and "“Key elements of their" in shown.stdout, shown.stderr
    assert str(installed.parent) in shown.stdout and shown.stdout.count("Notice: ") == 5
    assert not list(tmp_path.iterdir())
