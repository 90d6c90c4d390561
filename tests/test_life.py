"""Shares of ``python tests/life.py`` and ``python tests/states.py``, the former in a process of its own: it forks, and
models' threads don't survive that."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import states

HERE = Path(__file__).parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes can't be forked here")
def test_whatever_befalls_a_library_nothing_is_lost() -> None:
    command = [sys.executable, str(HERE / "life.py"), "12", "--seed", "24"]
    ended = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, timeout=240)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_whichever_commands_follow_one_another_a_library_is_as_it_should_be() -> None:
    states.live(8)
