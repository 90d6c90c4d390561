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
ALONE = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]  # with itself
WATCHED = ["strace", "-f", "-q", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o"]
LOCAL = re.compile(r'sa_family=AF_(UNIX|NETLINK|UNSPEC)|inet_addr\("127\.|"::1"')
NAMES = "htons(53)"  # who asks for the address of a name sends it away, be it by a server on this machine
ARTICLE = "openai-broadens-its-cloud-beyond-microsoft"
QUESTION = "Until what year are the key elements of the agreement intact?"
ONLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")  # what a user does not set


@cache
def runs(*command: str) -> bool:
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True).returncode == 0


def reached(place: Path, *command: str) -> tuple[int, list[str], str]:
    """The exit status of ``command``, what it tried to reach that is not this machine, and what it said."""
    trace = place / "trace"
    if not runs(*WATCHED, str(trace), "true"):
        pytest.skip("strace is not there, or may not be used")
    alone = ALONE if runs(*ALONE, "true") else []
    environment = {name: value for name, value in os.environ.items() if name not in ONLINE} | {"PYTHONPATH": str(ROOT)}
    watched = [*alone, *WATCHED, str(trace), *command]
    done = subprocess.run(watched, cwd=place, env=environment, capture_output=True, text=True, timeout=240)
    calls = [line for line in trace.read_text(encoding="utf-8", errors="replace").splitlines() if "sa_family" in line]
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, [call for call in calls if NAMES in call or not LOCAL.search(call)], done.stdout


def test_what_reaches_out_is_seen(tmp_path: Path) -> None:
    code = "import socket; s = socket.socket(); s.settimeout(0.1); print(s.connect_ex(('192.0.2.1', 9)))"
    (call,) = reached(tmp_path, sys.executable, "-c", code)[1]
    assert "192.0.2.1" in call


COMMANDS = f"""
import json, sys
from pathlib import Path
from click.testing import CliRunner
from rag.cli import main

ARTICLE, QUESTION = {ARTICLE!r}, {QUESTION!r}
CASE = {{"id": "year", "category": "fact", "question": QUESTION, "answerable": True, "references": ["2030"]}}
Path("suite.yaml").write_text(json.dumps({{"articles": "seeds", "cases": [CASE]}}))
for line in (
    ["index", "seeds"], ["ask", "--quick", "--json", QUESTION], ["search", QUESTION],
    ["articles"], ["show", ARTICLE], ["library"], ["library", "--check"], ["models"], ["doctor"],
    ["chat", "--quick"], ["verify", "answer.json"], ["eval", "--quick", "suite.yaml"], ["feedback", "export", "out"],
    ["remove", ARTICLE], ["index", "seeds"], ["forget", ARTICLE],
):
    done = CliRunner().invoke(main, line, input=QUESTION + "\\n\\n")
    if "--json" in line:
        Path("answer.json").write_text(done.stdout)
    print(done.exit_code, *line[:1], done.stderr.strip()[-200:])
"""
PAGE = f"""
from concurrent.futures import Future
from pathlib import Path
import httpx
from index.library import Library
from ui.address import Address
from ui.backend import Backend
from ui.command import launch
from ui.measure import _port

with Library.open("library") as library:
    library.sync(["seeds"])
    backend, at = Backend(library, library, Path("library"), "none"), Address(port=_port())
    backend.start()
    page = launch(backend, at, None)
    backend.loaded.result()
    call = f"{{at}}/gradio_api/call/ask"
    event = httpx.post(call, json={{"data": [{QUESTION!r}, [], True]}}).json()["event_id"]
    assert "2030" in httpx.get(f"{{call}}/{{event}}", timeout=60).text
    asked = {{"model": "footnote", "messages": [{{"role": "user", "content": {QUESTION!r}}}]}}
    assert "2030" in httpx.post(f"{{at}}/v1/chat/completions", json=asked, timeout=60).text
    for path in ("", "/config", "/gradio_api/info", "/theme.css"):
        assert httpx.get(f"{{at}}{{path}}").status_code == 200, path
    page.close()
"""


def test_no_command_reaches_anything(tmp_path: Path) -> None:
    """But for those that are told to: a model on the hub, a server, ``--ray`` and Milvus."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    status, calls, said = reached(tmp_path, sys.executable, "-c", COMMANDS)
    statuses = {name: int(status) for status, name, *_ in map(str.split, said.splitlines())}
    assert (status, calls) == (0, []) and len(statuses) == 14, said
    assert statuses.pop("feedback") == 2, "nobody rated anything"
    assert set(statuses.values()) == {0}, said


def test_the_page_reaches_nothing(tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    assert reached(tmp_path, sys.executable, "-c", PAGE)[:2] == (0, [])
