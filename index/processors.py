"""Processors: how many this process may keep busy."""

import os
from contextlib import suppress
from pathlib import Path

SETTING = "FOOTNOTE_THREADS"  # of the environment: as many, whatever the system allows
GROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def processors() -> int:
    """Those that it is bound to, as by taskset, and no more than its control groups allow, as in a container."""
    if (wanted := os.environ.get(SETTING, "")).isdigit():
        return max(1, int(wanted))
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([bound, *_quotas()]))


def _quotas() -> list[int]:
    """What the control groups of this process allow, whole processors; none where they allow all."""
    found = []
    for group in _groups():
        with suppress(OSError, ValueError):
            quota, period = _limit(group)
            if quota > 0:  # the first version writes -1 for no limit
                found.append(-(-quota // period))
    return found


def _groups() -> list[Path]:
    """The folders of its own group and of those around it, in either version of control groups."""
    found = []
    with suppress(OSError):
        for line in OWN.read_text().splitlines():
            _, controllers, own = line.split(":", 2)
            if not controllers or "cpu" in controllers.split(","):
                home = GROUPS / "cpu" if controllers else GROUPS
                group = home / own.lstrip("/")
                found += [folder for folder in (group, *group.parents) if folder.is_relative_to(home)]
    return found


def _limit(group: Path) -> tuple[int, int]:
    """The microseconds that it may compute within a period, and how long that is.

    Raises OSError where no limit can be read, and ValueError where it is "max", which is no figure.
    """
    try:
        quota, period = (group / "cpu.max").read_text().split()
    except FileNotFoundError:  # version 1
        quota, period = ((group / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
    return int(quota), int(period)
