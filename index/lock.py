"""The lock: one process at a time changes what it guards, while any number read."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import FootnoteError

PATIENCE = 30  # seconds to wait for another process
PROMPT = 1  # seconds of it that nothing is said

log = logging.getLogger(__name__)


@contextmanager
def lock(file: Path, patience: float | None = None) -> Iterator[None]:
    """Hold the lock in ``file``, which says who holds it; a kill lets go of it.

    Waits for another process, and says so; raises FootnoteError when that takes more than ``patience`` seconds (30),
    and OSError where the file can't be made.
    """
    patience = PATIENCE if patience is None else patience
    guard = FileLock(file)
    try:
        guard.acquire(timeout=PROMPT)
    except Timeout:
        log.warning("Waiting for %s, which is writing %s.", _holder(file), file.parent)
        try:
            guard.acquire(timeout=patience - PROMPT)
        except Timeout as error:
            raise FootnoteError(
                f"{file.parent} is being written by {_holder(file)}: try again when that is done. Nothing was changed."
            ) from error
    try:
        with suppress(OSError):  # on a full disk nobody is told who, and that is all
            file.write_text(f"process {os.getpid()} (since {time.strftime('%H:%M:%S')})", encoding="utf-8")
        yield
    finally:
        guard.release()


def _holder(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") or "another process"
