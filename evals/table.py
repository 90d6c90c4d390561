"""The table: the scores of a run's records by column, which figures are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.record import Record

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Scores by column, one row a record, NaN where a score does not apply; ``rows`` are those looked at."""

    columns: dict[str, Column]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, records: Sequence[Record]) -> "Table":
        names = {name for record in records for name in record.scores}
        columns = {name: np.array([r.scores.get(name, np.nan) for r in records], dtype=float) for name in names}
        columns["answerable"] = np.array([r.asked.case.answerable for r in records], dtype=float)
        return cls(columns, np.arange(len(records)))

    def __getitem__(self, name: str) -> Column:
        column = self.columns.get(name)
        return np.full(len(self.rows), np.nan) if column is None else column[self.rows]

    def take(self, rows: NDArray[np.intp]) -> "Table":
        return Table(self.columns, rows)

    def split(self, name: str) -> tuple[Column, Column]:
        """Column ``name`` of the answerable and of the unanswerable rows."""
        answerable = self["answerable"] == 1
        return self[name][answerable], self[name][~answerable]
