"""A progress bar for long work: on a terminal, and nowhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(task: str, total: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where ``shown`` and that is a terminal; it is told how much more of ``total`` is done."""
    if not (shown and sys.stderr.isatty()):
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        number = progress.add_task(task, total=total)
        yield lambda done: progress.advance(number, done)
