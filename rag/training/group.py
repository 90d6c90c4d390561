"""Groups: questions over one numbered piece of evidence."""

from dataclasses import dataclass

from rag.prompt import Line


@dataclass(frozen=True)
class Example:
    """A question with its label (0: not answered by the evidence) and the answer's words."""

    question: str
    label: int
    answer: str
    kind: str


@dataclass(frozen=True)
class Group:
    evidence: list[Line]
    examples: list[Example]
