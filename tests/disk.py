"""Where tests write: a folder in memory, and a disk of its own to be broken: read-only under way, or worn out.

Only root can make such a disk, on Linux, where there are loop devices.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # after a kill it holds what was written as a disk does
ROOM = 160  # MiB that there is for what the disk holds
SIZE = 128  # MiB of the disk
FAULT = Path("/sys/fs/ext4")


class Disk:
    """An ext4 file system at ``place``, in a file that stands in memory."""

    def __init__(self, folder: Path) -> None:
        """Make it below ``folder``; raises OSError where that is not possible."""
        self.place, self._memory = folder / "disk", folder / "memory"
        self._file, self._filler = self._memory / "image", self._memory / "filler"
        for made in (self.place, self._memory):
            made.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={ROOM}m,mode=700", "tmpfs", str(self._memory))
        try:
            with self._file.open("wb") as stream:
                stream.truncate(SIZE * 2**20)
            _run("mkfs.ext4", "-q", str(self._file))
            self._mount()
        except OSError:
            _run("umount", str(self._memory))
            raise

    def turn_read_only(self) -> None:
        """As the kernel does when it finds the file system in disorder, whoever is writing."""
        (FAULT / self._device() / "trigger_fs_error").write_text("1")

    def wear_out(self, room: int) -> None:
        """Fail whatever is written beyond ``room`` bytes of places that were never written before: EIO."""
        free = shutil.disk_usage(self._memory).free
        with suppress(OSError), self._filler.open("wb") as stream:  # the disk itself may be writing, too
            stream.write(bytes(max(0, free - room)))

    def repair(self) -> None:
        """Let it be as it is after the machine was started again: what was not written in time is lost."""
        self._filler.unlink(missing_ok=True)
        _run("umount", str(self.place))
        checked = subprocess.run(["fsck.ext4", "-fy", str(self._file)], capture_output=True, text=True)
        if checked.returncode > 1:
            raise OSError(checked.stdout + checked.stderr)
        self._mount()

    def close(self) -> None:
        """Take it away."""
        for place in (self.place, self._memory):
            _run("umount", "--lazy", str(place))  # a test that failed may hold a file open

    def _mount(self) -> None:
        _run("mount", "-o", "loop,errors=remount-ro", str(self._file), str(self.place))

    def _device(self) -> str:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
        (device,) = [line.split()[0] for line in mounts if line.split()[1] == str(self.place)]
        return Path(device).name


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """One for as long as it is needed; raises OSError where none can be made."""
    made = Disk(folder)
    try:
        yield made
    finally:
        made.close()


def _run(*command: str) -> None:
    if not shutil.which(command[0]):
        raise OSError(f"{command[0]} is not there")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
