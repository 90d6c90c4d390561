"""A control group: processes that may hold no more than so much memory, beyond which the kernel kills them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OLD = GROUPS / "memory"  # of the first version


@contextmanager
def limited(limit: int) -> Iterator[Path]:
    """The file to which a process writes its number to enter a group of ``limit`` bytes; OSError where none can be."""
    group = (OLD if OLD.is_dir() else GROUPS) / f"footnote-{os.getpid()}"
    group.mkdir()
    try:
        (group / ("memory.limit_in_bytes" if OLD.is_dir() else "memory.max")).write_text(str(limit))
        yield group / "cgroup.procs"
    finally:
        group.rmdir()


def possible() -> bool:
    """Whether there can be one."""
    try:
        with limited(2**30):
            return True
    except OSError:
        return False
