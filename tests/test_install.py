"""Setting up: what a stranger sees whose machine lacks something."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What .install.py reads, without an environment yet."""
    for name in (".install.py", ".constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def install(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Without an index, so that pip fails at once; without what pip has compiled before."""
    own = {"PIP_NO_INDEX": "1", "PIP_CACHE_DIR": str(checkout / "cache"), "CXX": "nowhere", "FOOTNOTE_WHEELS": ""}
    command = [sys.executable, ".install.py", "documents"]
    return subprocess.run(
        command, cwd=checkout, env=os.environ | own | environment, capture_output=True, text=True, timeout=120
    )


def test_what_is_missing_is_said_in_one_line(checkout: Path) -> None:
    ahead, refused = install(checkout).stdout.splitlines()
    assert "about 3 GB" in ahead and "compiled here" in ahead
    assert "no C++ compiler" in refused and "FOOTNOTE_WHEELS" in refused
    assert not (checkout / ".venv" / "install.log").exists()
    done = install(checkout, FOOTNOTE_WHEELS=str(checkout))
    *stages, failed = done.stdout.splitlines()
    assert done.returncode == 1 and len(stages) < 5
    assert "setuptools" in failed and ".venv/install.log" in failed.replace(os.sep, "/")
    assert "setuptools" in (checkout / ".venv" / "install.log").read_text(encoding="utf-8")
