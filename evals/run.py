"""Runs: the assistant answers the cases of some suites, and a log keeps every answer as soon as it is given."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from inspect_ai import Task, eval
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from evals import solver
from evals.assistant import Assistants
from evals.dataset import dataset
from evals.options import Options
from evals.record import Record
from evals.scorers import scorers
from evals.solver import SystemUnderTest
from evals.suite import Suite
from evals.suite_libraries import open_libraries
from index.embedder import Embedder
from index.errors import FootnoteError, Interrupted, UsageError
from index.library import Library

LOGS = "logs"
CACHE = "cache"  # libraries, kept between runs


def start(home: Path, options: Options, assistants: Assistants, embedder: Embedder) -> Path:
    """Runs ``options`` in a new folder below ``home`` and returns it.

    Raises UsageError for suites that can't be read or while another run goes on, Interrupted for one that is stopped.
    """
    folder = home / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}"
    with _alone(home):
        _go_on(folder, home, options, assistants, embedder, frozenset())
    return folder


def resume(folder: Path, assistants: Assistants, embedder: Embedder) -> None:
    """Goes on with the run in ``folder``; raises as ``start`` does, and UsageError when nothing is left."""
    with _alone(folder.parent):
        done = frozenset(record.id for record in records(folder))
        _go_on(folder, folder.parent, options_of(folder), assistants, embedder, done)


def newest(home: Path) -> Path:
    """The folder of the last run below ``home``; raises UsageError where there is none."""
    folders = sorted(path.parent for path in home.glob(f"*/{LOGS}") if any(path.iterdir()))
    if not folders:
        raise UsageError(f"There is no run in {home} to go on with: start one with rag eval.")
    return folders[-1]


def logs(folder: Path) -> list[EvalLog]:
    """The logs of a run, oldest first: one, and one more for each time it was resumed."""
    found = [read_eval_log(info) for info in list_eval_logs(str(folder / LOGS))]
    return sorted(found, key=lambda log: log.eval.created)


def options_of(folder: Path) -> Options:
    """The options that the run in ``folder`` was started with; raises UsageError where there is none."""
    found = logs(folder)
    if not found:
        raise UsageError(f"There is no run in {folder}.")
    return Options.model_validate(found[0].eval.metadata)


def records(folder: Path) -> list[Record]:
    """What is done of the run in ``folder``."""
    done = [sample for log in logs(folder) for sample in log.samples or [] if sample.scores and not sample.error]
    return [Record.of(sample) for sample in done]


def _go_on(
    folder: Path, home: Path, options: Options, assistants: Assistants, embedder: Embedder, done: frozenset[str]
) -> None:
    suites = options.load(home / CACHE)
    left = dataset(suites, done)
    if not len(left):
        raise UsageError(f"The run in {folder} is complete: there is nothing to go on with.")
    with ExitStack() as stack:
        libraries = open_libraries(suites, home / CACHE, embedder, stack)
        task = _task(suites, libraries, {name: assistants(library) for name, library in libraries.items()}, done)
        finished = eval(
            task,
            model="none",
            log_dir=str(folder / LOGS),
            metadata=options.model_dump(mode="json"),
            max_samples=1,
            log_buffer=1,
            display="plain",
        )
    if not finished or finished[0].status == "cancelled":  # by Ctrl-C, which inspect takes
        raise Interrupted(
            f"Interrupted after {len(records(folder))} of {len(done) + len(left)} cases, which are kept in {folder}: "
            "rag eval --resume goes on."
        )
    if error := finished[0].error:
        raise FootnoteError(f"The run in {folder} broke off: {error.message}")


def _task(
    suites: Sequence[Suite],
    libraries: Mapping[str, Library],
    assistants: Mapping[str, SystemUnderTest],
    done: frozenset[str],
) -> Task:
    return Task(
        name="footnote",
        dataset=dataset(suites, done),
        solver=solver.ask(assistants),
        scorer=scorers(libraries),
    )


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home / "lock", timeout=0):
            yield
    except Timeout as error:
        raise UsageError(f"Another run is going on in {home}: wait for it, or stop it.") from error
