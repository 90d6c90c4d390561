"""The lock: one process at a time changes what it guards, while any number read."""

import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOLCK, ENOSYS, ENOTSUP
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import FootnoteError

TIMEOUT = 30  # seconds to wait for another process
UNANNOUNCED = 1  # seconds of it that nothing is said

NO_LOCK_ERRORS = (ENOSYS, ENOLCK, ENOTSUP)  # what file systems say that have no locks, as some network shares
ADVICE = "it is on a file system that can't lock: keep the library on a local disk"

log = logging.getLogger(__name__)


class LockingUnsupported(OSError):
    """A lock on a file system that has none."""


def supports_locks(folder: Path) -> bool:
    """Whether the file system of ``folder`` has the locks that SQLite takes."""
    try:
        import fcntl

        with tempfile.TemporaryFile(dir=folder) as probe:
            fcntl.lockf(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # Windows, where every file system has them
        return True
    except OSError as error:
        return error.errno not in NO_LOCK_ERRORS
    return True


@contextmanager
def lock(file: Path, timeout: float | None = None) -> Iterator[None]:
    """Hold the lock in ``file``, which says who holds it; a kill lets go of it.

    Waits for another process, and says so; raises FootnoteError when that takes more than ``timeout`` seconds (30),
    LockingUnsupported where the file system has no locks, and OSError where the file can't be made.
    """
    timeout = TIMEOUT if timeout is None else timeout
    guard = FileLock(file, fallback_to_soft=False)  # a lock by mere existence outlives whoever is killed
    try:
        guard.acquire(timeout=UNANNOUNCED)
    except Timeout:
        log.warning("Waiting for %s, which is writing %s.", _holder(file), file.parent)
        try:
            guard.acquire(timeout=timeout - UNANNOUNCED)
        except Timeout as error:
            raise FootnoteError(
                f"{file.parent} is being written by {_holder(file)}: try again when that is done. Nothing was changed."
            ) from error
    except OSError as error:
        raise LockingUnsupported(error.errno, ADVICE) if error.errno in NO_LOCK_ERRORS else error from None
    try:
        with suppress(OSError):  # on a full disk nobody is told who, and that is all
            file.write_text(f"process {os.getpid()} (since {time.strftime('%H:%M:%S')})", encoding="utf-8")
        yield
    finally:
        guard.release()


def _holder(file: Path) -> str:
    with suppress(OSError):  # Windows lets nobody read what another process has locked
        return file.read_text(encoding="utf-8", errors="replace") or "another process"
    return "another process"
