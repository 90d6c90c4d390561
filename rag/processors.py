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
    for place in _limits():
        with suppress(OSError, ValueError):
            quota, period = place.read_text().split()
            found.append(-(-int(quota) // int(period)))  # "max" is no figure
    return found


def _limits() -> list[Path]:
    """The files of limits of its own group and of those around it."""
    own = ""
    with suppress(OSError):
        own = next((line[3:] for line in OWN.read_text().splitlines() if line.startswith("0::")), "")
    group = GROUPS / own.strip().lstrip("/")
    return [folder / "cpu.max" for folder in (group, *group.parents) if folder.is_relative_to(GROUPS)]
