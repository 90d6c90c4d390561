"""Options: what a run asks of whom. They stand in its log, so that it can be resumed."""

from pathlib import Path

from pydantic import BaseModel

from evals import squad, suite
from evals.suite import Suite
from index.errors import UsageError

DEFAULT = ("deal", "fiction")


class Options(BaseModel):
    """``data`` is the file of the suite squad; ``sample`` the most cases of a suite, drawn by ``seed``."""

    suites: tuple[str, ...] = DEFAULT
    data: Path | None = None
    sample: int | None = None
    seed: int = 0
    model: str | None = None
    threshold: float | None = None

    @property
    def standard(self) -> bool:
        """Whether this is a run that the gate was made for: the embedded model as it is, every case."""
        return self.sample is None and self.model is None and self.threshold is None

    def load(self, cache: Path) -> list[Suite]:
        """The suites, sampled; raises UsageError for one that is unknown or can't be read."""
        if self.data and "squad" not in self.suites:
            raise UsageError("--data belongs to the suite squad: rag eval squad --data FILE.")
        if "squad" in self.suites and not self.data:
            raise UsageError("The suite squad needs a file: rag eval squad --data FILE.")
        loaded = [
            squad.load(self.data, cache) if name == "squad" and self.data else suite.load(name)
            for name in dict.fromkeys(self.suites)
        ]
        return [one.sample(self.sample, self.seed) for one in loaded]
