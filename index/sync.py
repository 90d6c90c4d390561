"""Sync: make a library hold files and folders as they are now, touching only what differs.

New articles are embedded and stored a batch at a time, where nobody sees them yet; the last transaction publishes
them all at once. So a kill leaves the old state or the new one, what was embedded until then need not be embedded
again, and memory stays flat however much is indexed.
"""

import os
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.article import Article, Problem, UnreadableFile, read
from index.bar import bar
from index.document import shown
from index.embedder import Embedder
from index.errors import UsageError
from index.folder import regular, scan
from index.passage import Passage, split
from index.store import File, Plan, Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 256  # passages that are embedded and stored together; more, where an article has more
SAMPLE = 500  # characters of an article, to measure how well a question may be embedded without torch
SLICE = 512  # passages that are embedded before the bar moves on
SPLITTING = 10  # of so many parts of the bar, one is for reading a file and splitting it, the others for embedding
SURROGATE, PRIVATE = 0xDC80, 0xF780  # where Python puts bytes that are not UTF-8, and where a database can keep them
FEW = 3  # articles that go without a question, if some of their folder stay
SETTLED = 2.0  # seconds; what changed less than this ago may change again without its time of change telling


@dataclass(frozen=True)
class Changes:
    """What a sync did: ids of articles; files that could not be indexed, or hold the same text as another.

    ``notes`` are lines on what else was left out: parts of files that are damaged, files of other kinds.
    """

    added: list[str]
    changed: list[str]
    renamed: list[str]
    removed: list[str]
    unchanged: list[str]
    problems: list[Problem]
    copies: list[Problem]
    notes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether any article was touched."""
        return bool(self.added or self.changed or self.renamed or self.removed)


@dataclass(frozen=True)
class Draft:
    """An article that is yet to be embedded and stored; ``size`` is how far the bar moves on for that."""

    article: Article
    passages: list[Passage]
    size: int


def sync(
    store: Store,
    embedder: Embedder,
    paths: Iterable[str | Path],
    progress: bool,
    ingester: "Callable[..., Ingester] | None" = None,
    allow_empty: bool = False,
) -> Changes:
    """See ``Library.sync``; ``ingester`` is given what an Ingester is."""
    roots = [Path(path) for path in paths]
    found = scan(roots)
    files = {place(file, store.home): file for file in found.files}
    with store.changing():
        known = store.files()
        if not files and not found.problems and not _below(known, store.home, roots):
            others = f" ({found.left_out()})" if found.others else ""
            raise UsageError(f"There is no file that can be read in {', '.join(map(str, roots))}{others}: add one.")
        with bar("Indexing", sum(map(_size, files.values())), progress) as advance:
            ingesting = (ingester or Ingester)(store, embedder, known, advance)
            for where, file in files.items():
                ingesting.ingest(where, file)
            ingesting.flush()
        changes = publish(store, roots, known, ingesting.found, found.problems + ingesting.problems, allow_empty)
    changes.notes.extend(ingesting.notes)
    if found.others:
        changes.notes.append(f"left out {found.left_out()}")
    return changes


class Ingester:
    """Files on their way into the library: ``found`` by place, ``problems`` with those that can't be read, ``notes``
    on parts of files that can't.

    ``advance`` is told how many bytes of the files are done.
    """

    def __init__(
        self, store: Store, embedder: Embedder, known: dict[str, File], advance: Callable[[int], None]
    ) -> None:
        self.known = known
        self.found: dict[str, File] = {}
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._store = store
        self._embedder = embedder
        self._advance = advance
        self._drafts: dict[str, Draft] = {}  # by sha256

    def ingest(self, place: str, file: Path) -> None:
        """Find out which article is in ``file``; a new one is stored with the next batch."""
        try:
            stamped, size = stamp(file)
            if self.unchanged(place, file, stamped, size):
                return
            article = read(file)
        except (UnreadableFile, OSError, ValueError) as error:
            reason = f"can't be read: {error.strerror}".lower() if isinstance(error, OSError) else str(error)
            self.skip(place, file, reason)
            self._advance(_size(file))
            return
        self.notes += [f"{article.source}: {lost}" for lost in article.lost]
        self.found[place] = File(article.sha256, article.source, stamped, article.id, article.title)
        if article.sha256 not in self._drafts and not self._store.stored(article.sha256):
            self._draft(article, size)
        else:
            self._advance(size)

    def unchanged(self, place: str, file: Path, stamped: str | None, size: int) -> bool:
        """Whether ``file`` is, by its stamp, as it was indexed before; if so, it is done."""
        before = self.known.get(place)
        if not (before and stamped and stamped == before.stamp):
            return False
        self.found[place] = File(before.article, shown(str(file)), stamped)
        self._advance(size)
        return True

    def skip(self, place: str, file: Path, reason: str) -> None:
        """Leave ``file`` out, or as it was indexed before."""
        before = self.known.get(place)
        self.problems.append(Problem(shown(str(file)), reason + "; what was indexed before is kept" * bool(before)))
        if before:
            self.found[place] = before

    def flush(self) -> None:
        """Embed the drafts and store them, in one transaction."""
        if not self._drafts:
            return
        drafts = list(self._drafts.values())
        vectors = self._embedded(drafts)
        ends = list(accumulate((len(draft.passages) for draft in drafts), initial=0))
        self._store.add(
            [
                (draft.article, draft.passages, vectors[start:end])
                for draft, (start, end) in zip(drafts, pairwise(ends), strict=True)
            ],
            embedder=self._embedder.name,
            dimensions=str(self._embedder.dimensions),
            agreement=self._store.fact("agreement") or agreement(self._embedder, [d.article for d in drafts]),
        )
        self._drafts.clear()

    def _embedded(self, drafts: Sequence[Draft]) -> "NDArray[np.float32]":
        """The vectors of all passages of ``drafts``; the bar moves as they are made."""
        import numpy as np

        texts = [passage.text for draft in drafts for passage in draft.passages]
        size, done = sum(draft.size for draft in drafts), 0
        vectors = np.empty((len(texts), self._embedder.dimensions), dtype=np.float32)
        for start in range(0, len(texts), SLICE):
            end = min(start + SLICE, len(texts))
            vectors[start:end] = self._embedder.encode(texts[start:end])
            self._advance(size * end // len(texts) - done)
            done = size * end // len(texts)
        self._advance(size - done)
        return vectors

    def _draft(self, article: Article, size: int) -> None:
        """Split it, the bar moving meanwhile; what is ready is embedded and stored once it is enough."""
        passages, done = list[Passage](), 0
        for passage in split(article, self._embedder.count_tokens, self._embedder.window):
            passages.append(passage)
            ready = size // SPLITTING * passage.end // len(article.text)
            self._advance(ready - done)
            done = ready
        self._drafts[article.sha256] = Draft(article, passages, size - done)
        if sum(len(draft.passages) for draft in self._drafts.values()) >= BATCH:
            self.flush()


def publish(
    store: Store,
    roots: Sequence[Path],
    known: dict[str, File],
    found: dict[str, File],
    problems: list[Problem],
    allow_empty: bool = False,
) -> Changes:
    """Let the library hold what was ``found`` in ``roots``, where it knew of the files ``known``.

    Every article in ``found`` has been stored. Within a ``changing`` block. Raises UsageError where most of what was
    indexed from ``roots``, or all from one of them, would be removed, unless ``allow_empty``.
    """
    moved = {file.article for file in found.values()}
    below = _below(known, store.home, roots)
    gone = {place for place in _missing(store, known, found) if known[place].article in moved or place in below}
    plan, changes = _plan(store.live(), known, found, gone, problems)
    if changes.removed and not allow_empty:
        _check_removal(store, roots, known, found, changes)
    store.publish(plan)
    return changes


def _check_removal(
    store: Store, roots: Sequence[Path], known: dict[str, File], found: dict[str, File], changes: Changes
) -> None:
    """Raise UsageError for a removal that looks like a drive that is not there."""
    for root in roots:
        before = _below(known, store.home, [root])
        if root.is_dir() and before and not before.keys() & found.keys() and not _below(found, store.home, [root]):
            missing = f"{shown(str(root))} holds none of the {len(before)} files that were indexed from it"
            break
    else:
        articles = {file.article for file in _below(known, store.home, roots).values()}
        if len(changes.removed) < FEW or 2 * len(changes.removed) <= len(articles):
            return
        missing = f"{len(changes.removed)} of the {len(articles)} articles indexed from there are gone"
    raise UsageError(
        f"Nothing was changed: {missing}. If its drive is not connected, connect it; "
        "to remove them from the library, say rag index --allow-empty."
    )


def _plan(
    live: dict[str, tuple[str, str]],
    known: dict[str, File],
    found: dict[str, File],
    gone: set[str],
    problems: list[Problem],
) -> tuple[Plan, Changes]:
    """Which article goes, comes, or takes the place of another one; ``live`` holds ids and titles."""
    first: dict[str, str] = {}  # each article's first file names it
    for place, file in found.items():
        first.setdefault(file.article, place)
    before = {place: file.article for place, file in known.items()}
    held = {article for place, article in before.items() if place not in gone and place not in found} | first.keys()
    ids = {article: id for article, (id, _) in live.items() if article in held}
    orphans = {article: id for article, (id, _) in live.items() if article not in held}
    unclaimed = dict(orphans)
    heirs = {a: id for a, place in first.items() if a not in ids and (id := unclaimed.pop(before.get(place, ""), None))}
    newcomers = [article for article in first if article not in ids and article not in heirs]
    taken = {*ids.values(), *heirs.values(), *unclaimed.values()}
    names = heirs | {article: _unused(found[first[article]].id, taken) for article in newcomers}
    titles = {a: t for a, place in first.items() if (t := found[place].title) and live.get(a, ("", ""))[1] != t}
    first_before = {article: place for place, article in reversed(before.items())}
    renamed = [ids[a] for a in first if a in ids and first_before.get(a) in gone]
    changes = Changes(
        added=[names[article] for article in newcomers],
        changed=list(heirs.values()),
        renamed=renamed,
        removed=list(unclaimed.values()),
        unchanged=[ids[a] for a in first if a in ids and ids[a] not in renamed],
        problems=problems,
        copies=[
            Problem(file.source, f"the same text as {found[first[file.article]].source}")
            for place, file in found.items()
            if first[file.article] != place
        ],
    )
    return Plan(found, gone, names, titles, set(orphans)), changes


def _missing(store: Store, known: dict[str, File], found: Collection[str]) -> set[str]:
    return {place for place in known if place not in found and _is_gone(located(place, store.home))}


def _is_gone(file: Path) -> bool:
    """Whether there is no such file; one in a folder that can't be opened is not gone."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except (OSError, ValueError):
        return 0


def _below(files: dict[str, File], home: Path, roots: Sequence[Path]) -> dict[str, File]:
    """Those of ``files``, by place, that are in ``roots``."""
    folders = [root.resolve() for root in roots]
    paths = {place: Path(os.path.normpath(located(place, home))) for place in files}
    return {place: files[place] for place, path in paths.items() if any(map(path.is_relative_to, folders))}


def agreement(embedder: Embedder, articles: Sequence[Article]) -> str:
    """How well questions may be embedded without torch, measured on some of ``articles``."""
    return f"{embedder.agreement([article.text[:SAMPLE] for article in articles[:4]]):.6f}"


def place(file: Path, home: Path) -> str:
    """``file`` as seen from the library's folder: it stays the same when both are moved together.

    Bytes of its name that are not UTF-8 stand there as characters U+F780 to U+F7FF, which can be stored.
    """
    path = relative_path(file.parent.resolve() / file.name, home)
    return "".join(chr(ord(c) - SURROGATE + PRIVATE) if "\udc80" <= c <= "\udcff" else c for c in path)


def relative_path(path: Path, home: Path) -> str:
    """The way from ``home`` to ``path``, with "/" on all systems; from one drive of Windows to another, ``path``."""
    try:
        return os.path.relpath(path, home).replace(os.sep, "/")
    except ValueError:
        return str(path)


def located(place: str, home: Path) -> Path:
    """The file that is at ``place``."""
    name = "".join(chr(ord(c) - PRIVATE + SURROGATE) if "\uf780" <= c <= "\uf7ff" else c for c in place)
    return home / name


def stamp(file: Path) -> tuple[str | None, int]:
    """What tells, without reading it, that ``file`` is the same as before (None: nothing does), and its size."""
    status = regular(file)
    settled = time.time() - max(status.st_mtime, status.st_ctime) > SETTLED
    return (f"{status.st_size} {status.st_mtime_ns} {status.st_ino}" if settled else None), status.st_size


def _unused(id: str | None, taken: set[str]) -> str:
    """``id``, or the first of id-2, id-3 … that is not taken; it is taken then."""
    stem = id or "article"
    name = next(name for name in chain([stem], (f"{stem}-{n}" for n in count(2))) if name not in taken)
    taken.add(name)
    return name
