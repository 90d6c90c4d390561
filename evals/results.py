"""Results: a run's records and what they come to, as ``results.json`` holds them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from evals.figures import Measured, measure
from evals.options import Options
from evals.record import Record
from index.errors import UsageError

FILE = "results.json"


class Results(BaseModel):
    """``figures`` holds the figures of each suite by suite and name; ``seconds`` is what all answers took."""

    name: str
    options: Options
    model: str
    seconds: float
    figures: dict[str, dict[str, Measured]]
    records: list[Record]

    @classmethod
    def of(cls, name: str, options: Options, records: Sequence[Record]) -> "Results":
        """The results of ``records``; raises UsageError when there are none."""
        if not records:
            raise UsageError(f"The run {name} has no answers yet.")
        figures = {suite: measure(ones) for suite, ones in by_suite(records).items()}
        seconds = sum(record.scores["seconds"] for record in records)
        model = str(records[0].answer["model"])
        return cls(name=name, options=options, model=model, seconds=seconds, figures=figures, records=list(records))

    @classmethod
    def read(cls, place: Path) -> "Results":
        """The results in the folder of a run, or in a ``results.json``; raises UsageError where there are none."""
        file = place / FILE if place.is_dir() else place
        try:
            return cls.model_validate_json(file.read_bytes())
        except OSError as error:
            raise UsageError(f"{file} can't be read: {(error.strerror or str(error)).lower()}.") from error
        except ValidationError as error:
            raise UsageError(f"{file} holds no results of rag eval.") from error

    @property
    def failures(self) -> list[Record]:
        return [record for record in self.records if not record.passed]


def by_suite(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.asked.suite, []).append(record)
    return found
