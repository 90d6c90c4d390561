"""The dataset: the cases of suites as inspect samples."""

from collections.abc import Iterable

from inspect_ai.dataset import MemoryDataset, Sample
from pydantic import BaseModel

from evals.case import Case, Proof, Span
from evals.suite import Suite


class Asked(BaseModel):
    """What a sample's metadata holds before the solver: the case, its suite and where its proofs stand.

    ``paragraph`` is where the case is to be read from, alone; None for one that is asked of the whole library.
    """

    suite: str
    case: Case
    proofs: list[Proof]
    paragraph: Span | None = None

    @property
    def id(self) -> str:
        return f"{self.suite}/{self.case.id}"


def dataset(suites: Iterable[Suite], without: frozenset[str] = frozenset()) -> MemoryDataset:
    """A sample for each case of ``suites`` whose id (``suite/case``) is not in ``without``."""
    asked = [
        Asked(
            suite=suite.name,
            case=case,
            proofs=suite.proofs.get(case.id, []),
            paragraph=suite.paragraphs.get(case.id),
        )
        for suite in suites
        for case in suite.cases
    ]
    return MemoryDataset([_sample(a) for a in asked if a.id not in without], name="footnote")


def _sample(asked: Asked) -> Sample:
    expected = [alternatives[0] for alternatives in asked.case.contains] or asked.case.references
    return Sample(
        id=asked.id,
        input=asked.case.question,
        target=expected or "(no answer)",
        metadata=asked.model_dump(),
    )
