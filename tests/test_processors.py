"""Processors: a model takes as many as it may use, not as many as the machine has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index import processors as module
from index.processors import processors


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixteen processors, and a control group within another."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(16)), raising=False)
    monkeypatch.setattr(module, "GROUPS", tmp_path)
    monkeypatch.setattr(module, "OWN", tmp_path / "own")
    (tmp_path / "own").write_text("0::/team/me\n")
    (tmp_path / "team" / "me").mkdir(parents=True)
    (tmp_path / "team" / "me" / "cpu.max").write_text("max 100000\n")
    return tmp_path


def test_without_a_limit_all_that_it_is_bound_to(monkeypatch: pytest.MonkeyPatch) -> None:
    assert processors() == 16
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 7}, raising=False)
    assert processors() == 2


@pytest.mark.parametrize(("quota", "count"), [("200000 100000", 2), ("150000 100000", 2), ("20000 100000", 1)])
def test_a_container_has_what_its_groups_allow(machine: Path, quota: str, count: int) -> None:
    (machine / "team" / "cpu.max").write_text(quota)
    assert processors() == count


def test_control_groups_of_the_first_version_are_heeded_too(machine: Path) -> None:
    (machine / "own").write_text("9:memory:/team\n4:cpu,cpuacct:/team/me\n1:name=systemd:/team/me\n0::/\n")
    for group, quota in (("team", 350_000), ("team/me", -1)):
        (machine / "cpu" / group).mkdir(parents=True, exist_ok=True)
        (machine / "cpu" / group / "cpu.cfs_quota_us").write_text(f"{quota}\n")
        (machine / "cpu" / group / "cpu.cfs_period_us").write_text("100000\n")
    assert processors() == 4


def test_the_embedder_takes_no_more_than_is_allowed() -> None:
    code = "from index.embedder import Embedder; Embedder().load(); import torch; print(torch.get_num_threads())"
    own = os.environ | {"FOOTNOTE_THREADS": "1", "OMP_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True, timeout=240)
    assert done.stdout == "1\n", done.stderr


def test_a_setting_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_THREADS", "3")
    assert processors() == 3
