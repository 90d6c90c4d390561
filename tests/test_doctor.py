"""The doctor: what works here, on a screen that tells nothing private."""

import getpass
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from indexer import CheapEmbedder

from index.library import Library
from rag.commands import doctor
from rag.commands.doctor import MISSING, WORKS, Finding


def rag(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rag.cli", *arguments]
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=240
    )


def test_it_tries_the_whole_way_and_tells_nothing_private(tmp_path: Path) -> None:
    folder = tmp_path / "secret-client"
    folder.mkdir()
    (folder / "takeover.txt").write_text("The mayor of Brindle is Ada Thorne.", encoding="utf-8")
    library = str(folder / "library")
    with Library.open(library, CheapEmbedder()) as opened:
        opened.sync([folder])
    own = {"FOOTNOTE_TIMEOUT": "90", "http_proxy": "http://ada:secret@proxy:1"}
    own |= {f"XDG_{name}_HOME": str(folder / name) for name in ("CACHE", "CONFIG")}
    done = rag(folder, "doctor", "--library", library, **own)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "question answered" in done.stdout and "articles 1" in done.stdout and "FOOTNOTE_TIMEOUT is set" in done.stdout
    )
    private = [str(Path.home()), "secret", "takeover", str(tmp_path), *({getpass.getuser()} - {"root"})]
    assert [word for word in private if word in done.stdout] == []


def test_what_is_broken_is_named_and_ends_with_status_1(tmp_path: Path) -> None:
    library = tmp_path / "acme" / "library.db"
    library.parent.mkdir()
    library.write_bytes(b"no database at all" * 100)
    sitecustomize = "import os, sys; 'rag.commands.doctor' in sys.orig_argv and os.kill(os.getpid(), 4)"
    (tmp_path / "sitecustomize.py").write_text(sitecustomize, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = rag(tmp_path, "doctor", "--json", "--library", str(library.parent), PYTHONPATH=path)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    broken = {each["name"]: each["text"] for each in found["findings"] if each["state"] == "broken"}
    assert found["sound"] is False and broken.keys() == {"trial", "library"}
    assert "SIGILL" in broken["trial"] and "is damaged" in broken["library"] and "acme" not in broken["library"]


def test_an_extra_that_is_not_there_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        doctor, "requires", lambda name: ["numpy>=2", 'nowhere>=1; extra == "far"', "click; extra=='near'"]
    )
    here, missing = doctor._extras()
    assert here == Finding("extras", WORKS, "near")
    assert missing.state == MISSING and "far" in missing.text and "pip install" in missing.text
