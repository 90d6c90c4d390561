"""Uploads: files that visitors add, read one after another in a thread of their own, whoever still looks on."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path, PurePosixPath
from queue import Queue
from threading import RLock, Thread
from time import monotonic
from typing import Any

from index.errors import FootnoteError
from index.folder import UNPORTABLE
from index.reader import READERS
from index.sync import Ingester
from ui.backend import Backend
from ui.source import text

LARGEST = 20 * 2**20  # bytes of an uploaded file
SLICE = 32  # passages between two looks at whether it was cancelled
KEPT = 200  # results that a visitor sees
DEEPEST = 4  # folders that are kept of a file's path


class CancelledError(Exception):
    """The visitor does not want the file any more."""


@dataclass(frozen=True)
class Upload:
    """A file that came from a visitor: ``state`` is waiting, reading, added, left-out or asks."""

    id: int
    owner: str
    file: Path
    name: str
    state: str = "waiting"
    says: str = "waits"
    share: float = 0.0
    since: float = 0.0


class Uploads:
    """What became of each visitor's files."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._lock = RLock()
        self._number = count(1)
        self._uploads: dict[int, Upload] = {}
        self._queue: Queue[tuple[int, bool]] = Queue()
        self._thread: Thread | None = None

    def add(self, owner: str, file: Path, name: str) -> None:
        """Read ``file``, which its owner calls ``name`` (a folder may stand before it), as soon as it is its turn.

        Where there is another file of this name already, its owner is asked first.
        """
        upload = Upload(next(self._number), owner, file, name_below(name))
        problem = _problem(upload)
        if problem:
            file.unlink(missing_ok=True)
            self._keep(replace(upload, state="left-out", says=f"is skipped: {problem}"))
        elif self._rival(upload):
            self._keep(replace(upload, state="asks", says="is there already, with another text."))
        else:
            self._keep(upload)
            self._read(upload.id, False)

    def resolve(self, owner: str, id: int, how: str) -> None:
        """What its owner wants with a file whose name is taken: ``how`` is replace, keep (both) or leave."""
        with self._lock:
            upload = self._uploads.get(id)
            if not upload or upload.owner != owner or upload.state != "asks":
                return
            if how == "leave":
                upload.file.unlink(missing_ok=True)
                self._keep(replace(upload, state="left-out", says="is left as it was"))
                return
            self._keep(replace(upload, state="waiting", says="waits"))
        self._read(id, how == "replace")

    def cancel(self, owner: str) -> None:
        """Give up all of the owner's files that are not read yet."""
        with self._lock:
            for upload in self._of(owner):
                if upload.state in ("waiting", "reading"):
                    self._keep(replace(upload, state="left-out", says="is skipped: you cancelled it"))

    def html(self, owner: str) -> str:
        """What has become of the owner's files."""
        uploads = self._of(owner)
        going = [u for u in uploads if u.state in ("waiting", "reading")]
        if not uploads:
            return ""
        lines = "".join(_line(u) for u in reversed(uploads[-KEPT:]))
        tools = '<button class="tool" data-do="cancel">Cancel</button>' if going else ""
        done = f"{len(uploads) - len(going)} of {len(uploads)} done" if going else ""
        return (
            f'<div class="uploads" data-going="{str(bool(going)).lower()}"><p class="done" role="status">{done}</p>'
            f'{tools}<ul class="results">{lines}</ul></div>'
        )

    def _of(self, owner: str) -> list[Upload]:
        with self._lock:
            return [u for u in self._uploads.values() if u.owner == owner]

    def _keep(self, upload: Upload) -> None:
        with self._lock:
            self._uploads[upload.id] = upload
            own = [u.id for u in self._uploads.values() if u.owner == upload.owner and u.state in ("added", "left-out")]
            for id in own[:-KEPT]:
                del self._uploads[id]

    def _read(self, id: int, over: bool) -> None:
        with self._lock:
            if not self._thread:
                self._thread = Thread(target=self._work, daemon=True)
                self._thread.start()
        self._queue.put((id, over))

    def _work(self) -> None:
        while True:
            id, over = self._queue.get()
            upload = self._uploads.get(id)
            if upload and upload.state == "waiting":
                self._keep(replace(upload, state="reading", says="is being read", since=monotonic()))
                state, says = self._index(upload, over)
                with self._lock:
                    if self._uploads[id].state == "reading":
                        self._keep(replace(upload, state=state, says=says))
            if upload:
                upload.file.unlink(missing_ok=True)
            if self._queue.empty():
                self._backend.refresh()

    def _index(self, upload: Upload, over: bool) -> tuple[str, str]:
        """Copy the file among the uploads and index it; a bad one is not kept."""
        copy = self._place(upload)
        if copy.exists() and not self._rival(upload):
            return "added", "is in the library already"
        copy = copy if over or not copy.exists() else _free(copy)
        before = copy.with_name(f".{copy.name}.before")
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            if copy.exists():
                copy.replace(before)
            shutil.copyfile(upload.file, copy)
            changes = self._backend.writer.sync([copy], ingester=self._ingester(upload.id))
            if changes.problems:
                raise FootnoteError(f"it {changes.problems[0].reason}")
            if changes.copies or not changes:
                return "added", "is in the library already"
            return "added", "is added in place of the one before" if before.exists() else "is added"
        except (FootnoteError, OSError, CancelledError) as error:
            copy.unlink(missing_ok=True)
            if before.exists():
                before.replace(copy)
            reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
            return "left-out", f"is skipped: {reason}"
        finally:
            before.unlink(missing_ok=True)

    def _ingester(self, id: int) -> Callable[..., Ingester]:
        def report(share: float) -> None:
            with self._lock:
                if self._uploads[id].state != "reading":
                    raise CancelledError("you cancelled it")
                self._keep(replace(self._uploads[id], share=share))

        return lambda store, embedder, known, advance: Ingester(store, _Watched(embedder, report), known, advance)  # type: ignore[arg-type]

    def _place(self, upload: Upload) -> Path:
        return self._backend.uploads / upload.name

    def _rival(self, upload: Upload) -> bool:
        """Whether another file has the name already, with another content."""
        place = self._place(upload)
        return place.exists() and place.read_bytes() != upload.file.read_bytes()


class _Watched:
    """An embedder that says how far it is, a few passages at a time."""

    def __init__(self, embedder: Any, report: Callable[[float], None]) -> None:
        self._embedder = embedder
        self._report = report

    def encode(self, texts: Sequence[str]) -> Any:
        import numpy as np

        parts = []
        for first in range(0, len(texts), SLICE):
            self._report(first / len(texts))
            parts.append(self._embedder.encode(texts[first : first + SLICE]))
        return np.concatenate(parts) if parts else self._embedder.encode(texts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)


def name_below(name: str) -> str:
    """``name``, which a visitor sent, as a path below the uploads: no way out of them, nothing hidden."""
    parts = [UNPORTABLE.sub("_", part.lstrip(". ")) for part in PurePosixPath(name).parts if part != "/"]
    kept = [part for part in parts if part]
    return "/".join(kept[-DEEPEST:]) or "file"


def _problem(upload: Upload) -> str:
    if Path(upload.name).suffix.lower() not in READERS:
        return "it is of a kind that can’t be read here"
    if upload.file.stat().st_size > LARGEST:
        return f"it is larger than {LARGEST // 2**20} MB"
    return ""


def _free(place: Path) -> Path:
    names = chain([place.name], (f"{place.stem}-{number}{place.suffix}" for number in count(2)))
    return next(p for p in (place.with_name(name) for name in names) if not p.exists())


def _line(upload: Upload) -> str:
    says, more = text(upload.says), ""
    if upload.state == "reading":
        passed = monotonic() - upload.since
        says = f"is being read, {upload.share:.0%}, {passed:.0f} s"
        more = f'<progress max="1" value="{upload.share:.2f}" aria-label="{text(upload.name)}"></progress>'
    if upload.state == "asks":
        more = "".join(
            f'<button class="tool" data-do="resolve" data-id="{upload.id}" data-how="{how}">{label}</button>'
            for how, label in (("replace", "Replace it"), ("keep", "Keep both"), ("leave", "Leave it"))
        )
    return f'<li class="{upload.state}"><b dir="auto">{text(upload.name)}</b> {says} {more}</li>'
