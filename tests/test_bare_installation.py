"""What ``make ask`` installs is enough to read every kind of file: the packages of the developers are kept away."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from corpus import corpus
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pypdf import PdfReader, PdfWriter

ROOT = Path(__file__).parent.parent
ALGORITHMS = ("RC4-128", "AES-128", "AES-256")
READ = """
import json, sys
from pathlib import Path
for name in json.load(sys.stdin):
    sys.modules[name] = None  # importing it fails
from index.article import UnreadableFile, read
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        print(json.dumps([path.name, read(path).text]))
    except UnreadableFile as error:
        print(json.dumps([path.name, "", str(error)]))
"""


def installed_by_make_ask() -> set[str]:
    """The names of all packages that the extras which the Makefile names for it bring, and of those that these need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (extras,) = re.findall(r"^\.venv/asks:.*\n.*\.install\.py (\S+)", makefile, re.M)
    wanted = [*project["dependencies"]]
    for extra in extras.split(","):
        wanted += project["optional-dependencies"][extra]
    found: set[tuple[str, str]] = set()
    left = [Requirement(line) for line in wanted]
    while left:
        needed = left.pop()
        for extra in ("", *needed.extras):
            key = (canonicalize_name(needed.name), extra)
            if key not in found:
                found.add(key)
                inner = _needs(needed.name)
                left += [one for one in inner if not one.marker or one.marker.evaluate({"extra": extra})]
    return {name for name, _ in found}


def _needs(name: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:  # of another system
        return []


def test_all_kinds_and_pdfs_with_an_owner_password_are_read(tmp_path: Path) -> None:
    made = list(corpus(tmp_path / "files"))
    plain = next(file for file in made if file.path.suffix == ".pdf" and not file.reason)
    for algorithm in ALGORITHMS:
        writer = PdfWriter(clone_from=PdfReader(plain.path))
        writer.encrypt("", "owner", algorithm=algorithm)
        writer.write(tmp_path / "files" / f"{algorithm}.pdf")
    kept = installed_by_make_ask()
    away = [
        module
        for module, packages in packages_distributions().items()
        if not kept & {canonicalize_name(package) for package in packages} and module != "index"
    ]
    assert {"cryptography", "docx", "pypdf", "reportlab"} <= set(away)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "files")], input=json.dumps(away), capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "FOOTNOTE_OCR": "0"}, timeout=120,
    )  # fmt: skip
    assert not done.returncode, done.stderr
    texts = {name: text for name, text, *_ in map(json.loads, done.stdout.splitlines())}
    assert {texts[f"{algorithm}.pdf"] for algorithm in ALGORITHMS} == {texts[plain.path.name]} != {""}
    assert {file.path.name for file in made if not texts[file.path.name]} == {f.path.name for f in made if f.reason}
