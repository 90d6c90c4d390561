"""No command reaches out: run where there is no network, with every call of the system that could leave it watched."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOWHERE = ["unshare", "--map-root-user", "--net"]  # a network namespace without any network
WATCHED = ["strace", "-f", "-q", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o"]
LOCAL = re.compile(r'sa_family=AF_(UNIX|NETLINK|UNSPEC)|inet_addr\("127\.|"::1"')
NAMES = "htons(53)"  # who asks for the address of a name sends it away, be it by a server on this machine
ONLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")  # what a user does not set


@cache
def runs(*command: str) -> bool:
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True).returncode == 0


def reached(place: Path, *command: str) -> tuple[int, list[str]]:
    """The exit status of ``command``, and what it tried to reach that is not this machine."""
    trace = place / "trace"
    if not runs(*WATCHED, str(trace), "true"):
        pytest.skip("strace is not there, or may not be used")
    nowhere = NOWHERE if runs(*NOWHERE, "true") else []
    environment = {name: value for name, value in os.environ.items() if name not in ONLINE} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*nowhere, *WATCHED, str(trace), *command], cwd=place, env=environment, capture_output=True, timeout=240
    )
    calls = [line for line in trace.read_text(encoding="utf-8", errors="replace").splitlines() if "sa_family" in line]
    return done.returncode, [call for call in calls if NAMES in call or not LOCAL.search(call)]


def test_what_reaches_out_is_seen(tmp_path: Path) -> None:
    code = "import socket; s = socket.socket(); s.settimeout(0.1); print(s.connect_ex(('192.0.2.1', 9)))"
    (call,) = reached(tmp_path, sys.executable, "-c", code)[1]
    assert "192.0.2.1" in call


def test_indexing_asking_searching_and_forgetting_reach_nothing(tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    rag = [sys.executable, "-m", "rag.cli"]
    question = "Until what year are the key elements of the agreement intact?"
    article = "openai-broadens-its-cloud-beyond-microsoft"
    for command in (["ask", "--quick", question], ["search", question], ["articles"], ["forget", article]):
        assert reached(tmp_path, *rag, *command) == (0, []), command
