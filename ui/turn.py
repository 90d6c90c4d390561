"""A turn: one question of a conversation and what came of it."""

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

from rag.exchange import Exchange
from ui.quote import Quote
from ui.scope import ALL_ARTICLES, Scope


@dataclass(frozen=True)
class Turn:
    """On its way while ``stage`` says where; then ``record`` holds the answer, or ``trouble`` says what prevented one.

    ``parent`` is the turn before it: a question that is asked again, or edited, has the same parent as the one whose
    place it takes. ``record`` is ``Answer.as_json`` with what the page shows beside it (`record.py`); while the
    question is on its way it holds the statements accepted so far. ``next`` are questions to go on with.
    """

    question: str
    parent: str | None = None
    scope: Scope = ALL_ARTICLES
    quick: bool = False
    stage: str = ""
    trouble: str = ""
    record: dict[str, Any] = field(default_factory=dict)
    good: bool | None = None
    commented: bool = False
    next: tuple[str, ...] = ()
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def answered(self) -> bool:
        """Whether there is an answer, be it an abstention."""
        return "abstained" in self.record

    @property
    def exchange(self) -> Exchange:
        """It as a later question may lean on it."""
        return Exchange(self.record.get("asked") or self.question, self.record.get("answer") or "")

    @property
    def statements(self) -> list[dict[str, Any]]:
        return list(self.record.get("statements", ()))

    @cached_property
    def quotes(self) -> list[Quote]:
        """What the footnotes point at: the citations, or for an abstention the nearest passages."""
        cited = [c for s in self.statements for c in s["citations"]] or self.record.get("related", [])
        unique = {(c["article"], c["start"], c["end"]): c for c in cited}.values()
        return [
            Quote(c["article"], c["start"], c["end"], c["quote"], n, c["title"], c["source"], _place(c))
            for n, c in enumerate(unique, 1)
        ]

    def number(self, citation: dict[str, Any]) -> int:
        """The number of the footnote for ``citation``."""
        place = (citation["article"], citation["start"], citation["end"])
        return next(q.number for q in self.quotes if (q.article, q.start, q.end) == place)

    def dumps(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def loads(cls, line: str) -> "Turn":
        """The turn that ``dumps`` wrote."""
        data = json.loads(line)
        return cls(**data | {"scope": Scope.of(data["scope"]), "next": tuple(data["next"])})


def _place(citation: dict[str, Any]) -> str:
    """What the page or chapter of a citation is called; records of older versions know its number alone."""
    page = citation.get("page")
    return citation.get("place") or (f"page {page}" if page else "")
