"""Options: what a run asks of whom. They stand in its log, so that it can be resumed."""

from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel

from evals import clapnq, multihop, squad, suite
from evals.suite import Suite
from index.errors import UsageError

DEFAULT = ("deal", "fiction", "composed")
GATE_SAMPLE = 12  # cases of each suite: eight minutes where an answer takes 13 seconds
DATA: dict[str, Callable[[Path, Path], list[Suite]]] = {  # suites of a data set, given its place and the cache
    "squad": squad.both,
    "clapnq": lambda folder, cache: [clapnq.load(folder, cache)],
    "multihop": multihop.load,
}


class Options(BaseModel):
    """``data`` is the place of a suite in DATA; ``sample`` the most cases of a suite, drawn by ``seed``.

    ``quick`` leaves the writer out.
    """

    suites: tuple[str, ...] = DEFAULT
    data: Path | None = None
    sample: int | None = None
    seed: int = 0
    model: str | None = None
    quick: bool = False
    threshold: float | None = None

    @property
    def standard(self) -> bool:
        """Whether this is the run that the gate was made for: its sample, answered by the assistant as it is."""
        return self == Options(sample=GATE_SAMPLE)

    def load(self, cache: Path) -> list[Suite]:
        """The suites, sampled; raises UsageError for one that is unknown or can't be read."""
        names = list(dict.fromkeys(self.suites))
        of_data = [name for name in names if name in DATA]
        if self.data and len(of_data) != 1:
            raise UsageError(f"--data belongs to one of the suites {', '.join(DATA)}: rag eval squad --data FILE.")
        if of_data and not self.data:
            raise UsageError(f"The suite {of_data[0]} needs a file or folder: rag eval {of_data[0]} --data PLACE.")
        loaded: list[Suite] = []
        for name in names:
            loaded += DATA[name](self.data, cache) if self.data and name in DATA else [suite.load(name)]
        return [one.sample(self.sample, self.seed) for one in loaded]
