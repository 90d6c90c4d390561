"""Sets up .venv with Footnote and the extras that are named: ``python .install.py documents,writer``.

Needs nothing but Python. What pip says goes to .venv/install.log; here is a line for each stage of it, and on a
terminal how far it is. FOOTNOTE_WHEELS names an index or a folder with a built wheel of llama-cpp-python, which then
is not compiled.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG = VENV / "install.log"
CONSTRAINTS = HERE / ".constraints.txt"
COMPILED = "llama-cpp-python"
WHEELS = os.environ.get("FOOTNOTE_WHEELS", "")
VSWHERE = Path(os.environ.get("PROGRAMFILES(X86)", "C:/")) / "Microsoft Visual Studio/Installer/vswhere.exe"
UNITS = {"bytes": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}
ENVIRONMENT = os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
ANNOUNCEMENT = (
    "Footnote is set up in .venv: about 3 GB, 1.1 GB of them the model that writes the answers. {compiled}"
    "The first time takes several minutes; after that, seconds."
)
NO_COMPILER = (
    f"There is no C++ compiler here, and {COMPILED} has to be compiled. Install one (apt-get install g++, "
    "xcode-select --install, or the C++ build tools of Visual Studio), or name an index or a folder that has it "
    "built: FOOTNOTE_WHEELS=PLACE make ask. The image of the Dockerfile has it inside, too."
)


class Stages:
    """What pip is doing, told once a stage; on a terminal the line goes on counting."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = time.monotonic()
        self._alive = sys.stdout.isatty()
        self._packages = 0
        self._megabytes = 0.0

    def read(self, line: str) -> None:
        """Take in one line of pip's."""
        line = line.strip()
        if line.startswith(("Collecting ", "Obtaining ")):
            self._packages += 1
            self._begin("Finding and downloading the packages")
        elif size := re.match(r"(?:Downloading|Using cached) (?!.*\.metadata).*\(([\d.]+) (bytes|kB|MB|GB)\)", line):
            self._megabytes += float(size[1]) * UNITS[size[2]]
        elif line.startswith(f"Building wheel for {COMPILED}") and line.endswith("started"):
            self._begin(f"Compiling {COMPILED}, which takes minutes")
        elif line.startswith("Installing collected packages"):
            self._begin("Unpacking them")

    def end(self) -> None:
        """The last stage is over."""
        self._begin("")

    def tick(self) -> None:
        """Show how long the stage has taken; on a terminal only."""
        if self._alive and self._stage:
            print(f"\r\x1b[K  {self._said()} … {_minutes(time.monotonic() - self._began)}", end="", flush=True)

    def _begin(self, stage: str) -> None:
        if stage == self._stage:
            return
        if self._stage:
            took = _minutes(time.monotonic() - self._began)
            print(f"\r\x1b[K  {self._said()}: {took}" if self._alive else f"    {self._counted()}{took}", flush=True)
        self._stage, self._began = stage, time.monotonic()
        if stage and not self._alive:
            print(f"  {stage} …", flush=True)

    def _said(self) -> str:
        counted = self._counted().rstrip(", ")
        return f"{self._stage} ({counted})" if counted else self._stage

    def _counted(self) -> str:
        return f"{self._packages} packages, {self._megabytes:,.0f} MB, " if self._stage.startswith("Finding") else ""


def install(extras: str) -> int:
    """Install Footnote, editable, with ``extras``; the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036
        print("Footnote needs Python 3.11 or newer. Name one: make PYTHON=python3.12 …")
        return 1
    fresh = not PYTHON.exists()
    if fresh:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    compiles = not WHEELS and _version() != _pinned() and not _cached()
    if fresh:
        print(ANNOUNCEMENT.format(compiled=f"{COMPILED} is compiled here. " if compiles else ""), flush=True)
    options = ["--progress-bar", "off", "--constraint", str(CONSTRAINTS), "--editable", f".[{extras}]"]
    if WHEELS:
        place = "--find-links" if Path(WHEELS).is_dir() else "--extra-index-url"
        options += [place, WHEELS, "--only-binary", COMPILED]
    elif compiles and not _compiler():
        if not _built():
            print(NO_COMPILER)
            return 1
        options += ["--only-binary", COMPILED]
    began = time.monotonic()
    status = _run([*PIP, "install", *options])
    if status:
        print(f"Setting up .venv failed: {_reason()} All that pip said is in {LOG.relative_to(HERE)}.")
    else:
        print(f"  Ready after {_minutes(time.monotonic() - began)}.", flush=True)
    return status


def _run(command: list[str]) -> int:
    """Run pip; its output goes to the log, and is followed there."""
    stages = Stages()
    with (
        LOG.open("w", encoding="utf-8") as log,
        LOG.open(encoding="utf-8", errors="replace") as written,
        subprocess.Popen(command, cwd=HERE, stdout=log, stderr=subprocess.STDOUT, env=ENVIRONMENT) as pip,
    ):
        while True:
            ended = pip.poll() is not None
            while line := written.readline():
                stages.read(line)
            if ended:
                break
            stages.tick()
            time.sleep(0.2)
    stages.end()
    return pip.returncode


def _reason() -> str:
    """The last error that pip told, in one line."""
    said = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [error[1] for line in said if (error := re.match(r"\s*(?:.*Error|ERROR): (.+?)\.?$", line))]
    return f"{errors[-1]}." if errors else "pip did not say why."


def _compiler() -> bool:
    """Whether something here compiles C++; on a Mac the command is there before the compiler is."""
    if os.environ.get("CXX"):
        return shutil.which(os.environ["CXX"].split()[0]) is not None
    if sys.platform == "darwin":
        return subprocess.run(["xcode-select", "-p"], capture_output=True).returncode == 0  # noqa: S607  # where it is differs
    if os.name == "nt" and VSWHERE.exists():
        return True
    return any(map(shutil.which, ("c++", "g++", "clang++", "cl")))


def _pinned() -> str:
    found = re.search(r"^llama[-_]cpp[-_]python==(\S+)", CONSTRAINTS.read_text(encoding="utf-8"), re.M)
    return found[1] if found else ""


def _version() -> str:
    """The version that is installed in .venv, or ""."""
    code = f"from importlib.metadata import version; print(version('{COMPILED}'))"
    if not PYTHON.exists():
        return ""
    return subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True).stdout.strip()


def _cached() -> bool:
    """Whether pip compiled it before, and kept it."""
    done = subprocess.run([*PIP, "cache", "list", COMPILED.replace("-", "_")], capture_output=True, text=True)
    return f"-{_pinned()}-" in done.stdout


def _built() -> bool:
    """Whether pip's indexes have it built for this machine."""
    wanted = [f"{COMPILED}=={_pinned()}", "--no-deps", "--only-binary", COMPILED, "--dry-run", "--quiet"]
    return subprocess.run([*PIP, "install", *wanted], capture_output=True).returncode == 0


def _minutes(seconds: float) -> str:
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s" if seconds >= 60 else f"{seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(install(sys.argv[1]))
