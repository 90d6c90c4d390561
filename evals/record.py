"""Records: one case, the answer to it and its scores, as a log and ``results.json`` hold them."""

from typing import Any

from inspect_ai.log import EvalSample
from pydantic import BaseModel

from evals.dataset import Asked
from evals.scorers import cited
from evals.solver import Answered


class Record(BaseModel):
    """A case that was asked. A score that does not apply to it is missing."""

    asked: Asked
    answer: dict[str, Any]
    scores: dict[str, float]

    @classmethod
    def of(cls, sample: EvalSample) -> "Record":
        answered = Answered.model_validate(sample.metadata)
        values = [score.value for score in (sample.scores or {}).values()]
        scores = {name: value for scored in values if isinstance(scored, dict) for name, value in scored.items()}
        return cls(asked=Asked.model_validate(sample.metadata), answer=answered.answer, scores=scores)

    @property
    def id(self) -> str:
        return self.asked.id

    @property
    def passed(self) -> bool:
        """Whether every fact is in the answer itself, or it abstained where there is none.

        Where a case has only whole answers to compare with, whether the answer cites a gold sentence.
        """
        if not self.asked.case.answerable:
            return self.scores["abstained"] == 1.0
        return self.scores.get("facts" if self.asked.case.contains else "gold_hit") == 1.0

    @property
    def verdict(self) -> str:
        """What went wrong, in a few words; empty when nothing did."""
        if self.passed:
            return ""
        if not self.asked.case.answerable:
            return "answered what the articles do not say"
        if self.answer["abstained"]:
            return "declined"
        return "right only in the cited sentence" if self.scores.get("facts_cited") == 1.0 else "wrong or incomplete"

    @property
    def said(self) -> str:
        """The answer, or why there is none."""
        return str(self.answer["answer"] or f"(abstained: {self.answer['reason']})")

    @property
    def expected(self) -> str:
        """What a right answer holds."""
        contains = "; ".join(" or ".join(alternatives) for alternatives in self.asked.case.contains)
        whole = " / ".join(self.asked.case.references)
        rest = " (and that the rest is left open)" if self.asked.case.unanswered else ""
        return f"{contains or whole or '(to abstain)'}{rest}"

    @property
    def evidence(self) -> list[str]:
        """The cited sentences."""
        return [citation["quote"] for citation in cited(self.answer)]
