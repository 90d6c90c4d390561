"""Indexing on Ray: workers of a cluster read, split and embed files, and each writes to the library itself.

Only names travel, of files to the workers and of articles back: all nodes see the files at the same paths, and reach
the library. A worker that dies is started again, and its files are given out again; what it had stored is not
embedded again. In the end this process publishes what was found, as `index/sync.py` does without Ray.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import astuple, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.document import shown
from index.embedder import Embedder
from index.errors import FootnoteError, UsageError
from index.store import File
from index.sync import Ingester, located, stamp

if TYPE_CHECKING:
    from index.milvus.store import MilvusStore

LOCAL = "local"
SHORT = None if os.name == "nt" else "/tmp"  # noqa: S108  # a folder of its own is made there: the way to a socket of Ray's may not be long
SERVERS = ("milvus://", "milvus+tls://")
BATCH = 50_000  # bytes of the files that are given out together: about 64 passages, a second of one core
BATCHES = 10_000  # at most, larger ones then: each costs Ray a few milliseconds here
ATTEMPTS = 3  # to start Ray here: it gives itself seconds, too few where its 236 MB have to come from the disk
RETRIES = 2  # for a batch whose worker dies
TIMEOUT = 5  # seconds to reach a cluster
START = 60  # seconds for a process that imports Ray and joins a cluster
OBJECTS = 2**27  # bytes of shared memory, for names
QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
ENVIRONMENT = {  # of a Ray that is started here
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # on any system, "0" keeps it to the loopback address
    "RAY_worker_niceness": "0",  # else its workers give way to whatever else this machine does
}

Batch = list[str]  # places of files
Row = dict[str, Any]


def ingester(address: str, library: str) -> Callable[..., RayIngester]:
    """What takes files into the library called ``library`` by the workers of the cluster at ``address``.

    Raises UsageError for what is no address of a cluster, for a library that many processes can't write to at once,
    and when Ray is not installed.
    """
    if address != LOCAL and not re.fullmatch(r"[\w.-]+:\d+", address):
        raise UsageError(f"{address} is no address of a Ray cluster: say --ray=HOST:PORT, or --ray after the paths.")
    if not library.startswith(SERVERS):
        raise UsageError(
            f"--ray needs a library that many processes write to, --library milvus://HOST:PORT/NAME: {library} is not."
        )
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if address == LOCAL:
        os.environ.update(ENVIRONMENT)
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        raise UsageError("--ray needs Ray: pip install 'footnote-qa[ray]'.") from error
    return partial(RayIngester, address, library)


class RayIngester(Ingester):
    """An ingester that leaves the files to the workers of a cluster, in the end, all together."""

    def __init__(self, address: str, library: str, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._address = address
        self._library = library
        self._order: list[str] = []  # of places
        self._left: dict[str, tuple[Path, int]] = {}  # by place: file and size

    def ingest(self, place: str, file: Path) -> None:
        """Leave ``file`` to the workers, unless it is as it was indexed before."""
        self._order.append(place)
        try:
            stamped, size = stamp(file)
        except OSError:  # the worker says what is wrong
            stamped, size = None, 0
        if not self.unchanged(place, file, stamped, size):
            self._left[place] = file, size

    def flush(self) -> None:
        """Have the workers take in what is left to them.

        Files whose workers keep dying are tried again one by one, and the one that ends them becomes a problem.
        """
        if not self._left:
            return
        with _silence(), _cluster(self._address):
            self._work(_batches({place: size for place, (_, size) in self._left.items()}))
            if self._left:
                self._work([[place] for place in self._left])
        for place, (file, _) in self._left.items():
            self.skip(place, file, "every process that read it failed")
        self.found = {place: self.found[place] for place in self._order if place in self.found}

    def _work(self, batches: list[Batch]) -> None:
        for row in _rows(batches, self._library, self._embedder.name):
            if row["error"]:
                raise FootnoteError(row["error"])
            place = row["place"]
            file, size = self._left.pop(place)
            if row["file"] is None:
                self.skip(place, file, row["reason"])
            else:
                self.found[place] = replace(File(*row["file"]), source=shown(str(file)))
                self.notes += row["notes"]
            self._advance(size)


class Worker:
    """A process of the cluster that takes in one batch after another; it loads the embedder once."""

    def __init__(self, library: str, embedder: str) -> None:
        self._library = library
        self._embedder = Embedder(embedder)

    @cached_property
    def _store(self) -> MilvusStore:
        from index.milvus.address import Address
        from index.milvus.client import Client
        from index.milvus.store import MilvusStore

        return MilvusStore(Client(Address.parse(self._library), create=False))

    def __call__(self, row: Row) -> list[Row]:
        """For each file of a batch its place, and what was found or the reason why nothing was; or an error."""
        try:
            files = {place: located(place, self._store.home) for place in row["batch"]}
            ingester = Ingester(self._store, self._embedder, {}, lambda size: None)
            for place, file in files.items():
                ingester.ingest(place, file)
            ingester.flush()
        except FootnoteError as error:
            return [_row(error=str(error))]
        reasons = {problem.path: problem.reason for problem in ingester.problems}
        rows = [
            _row(
                place,
                list(astuple(ingester.found[place])) if place in ingester.found else None,
                reasons.get(shown(str(file))),
            )
            for place, file in files.items()
        ]
        rows[0]["notes"] = ingester.notes
        return rows


def _row(
    place: str | None = None, file: list[str] | None = None, reason: str | None = None, error: str | None = None
) -> Row:
    return {"place": place, "file": file, "reason": reason, "error": error, "notes": []}


def _batches(sizes: dict[str, int]) -> list[Batch]:
    """Places, by their files' ``sizes`` in batches of about the same number of bytes."""
    most = max(BATCH, sum(sizes.values()) / BATCHES)
    batches: list[Batch] = []
    held = 0.0
    for place, size in sizes.items():
        if not batches or held + size > most:
            batches.append([])
            held = 0
        batches[-1].append(place)
        held += size
    return batches


def _rows(batches: list[Batch], library: str, embedder: str) -> Iterator[Row]:
    """What workers make of ``batches``, in any order; nothing for one whose workers keep dying."""
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.max_errored_blocks = -1
    most = min(len(batches), int(ray.cluster_resources()["CPU"]))  # type: ignore[no-untyped-call]
    given = ray.data.from_items([{"batch": batch} for batch in batches], override_num_blocks=len(batches))
    made = given.flat_map(
        Worker,
        fn_constructor_args=(library, embedder),
        num_cpus=1,  # and as many threads
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=most, initial_size=most),
        max_task_retries=RETRIES,
    )
    yield from made.iter_rows()


@contextmanager
def _cluster(address: str) -> Iterator[None]:
    """Ray, found at ``address`` or started here; in the end, what was started is stopped."""
    import ray

    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    if address != LOCAL:
        _reach(address)
    with tempfile.TemporaryDirectory(prefix="ray-", dir=SHORT, ignore_cleanup_errors=True) as folder:
        try:
            if address == LOCAL:
                _start(folder)
            else:
                ray.init(address, **QUIET)
            yield
        except ray.exceptions.RayError as error:
            reason = str(error).strip().splitlines()[-1]
            raise FootnoteError(f"The workers of the cluster failed: {reason}. Is Footnote installed there?") from error
        finally:
            ray.shutdown()


def _start(folder: str, attempts: int = ATTEMPTS) -> None:
    import ray

    try:
        ray.init(LOCAL, include_dashboard=False, object_store_memory=OBJECTS, _temp_dir=folder, **QUIET)
    except Exception as error:  # Ray raises bare ones, as when this machine is too busy
        ray.shutdown()
        if attempts > 1:
            _start(folder, attempts - 1)
            return
        reason = next(iter(str(error).splitlines()), "").rstrip(".") or type(error).__name__
        raise FootnoteError(f"Ray can't be started here: {reason}.") from error


def _reach(address: str) -> None:
    """Raises FootnoteError when there is no cluster; another process tries, for Ray ends one that finds none."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), TIMEOUT).close()
        command = [sys.executable, "-c", "import sys, ray; ray.init(sys.argv[1])", address]
        environment = os.environ | {"RAY_gcs_rpc_server_reconnect_timeout_s": str(TIMEOUT)}
        tried = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=START)
    except (OSError, OverflowError, subprocess.TimeoutExpired) as error:
        raise FootnoteError(
            f"There is no Ray cluster at {address} that can be reached: is that the address?"
        ) from error
    if tried.returncode:
        found = re.search(r"^[\w.]*(?:Error|Exception): .{,200}", tried.stderr, re.MULTILINE)
        reason = found[0] if found else "it does not answer"
        raise FootnoteError(
            f"The Ray cluster at {address} can't be used from here ({reason}): this has to be one of its nodes, "
            "with the same versions of Ray and Python."
        )


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what Ray prints, in Python and in C++, from the terminal; our own messages still reach it."""
    with open(os.devnull, "w") as nowhere, os.fdopen(os.dup(2), "w") as kept:
        os.dup2(nowhere.fileno(), 2)
        try:
            with redirect_stdout(nowhere), redirect_stderr(kept), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Ray will take max_task_retries away, and has nothing in its place
                yield
        finally:
            os.dup2(kept.fileno(), 2)
