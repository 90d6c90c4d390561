"""Outlines: what stands above a place in a text and has to be known to understand it."""

from dataclasses import dataclass, field

from index.language import ENGLISH
from index.markup import plain

CONTEXT = 240  # characters of context, at most
BELOW = " › "  # between what stands above a place, outermost first
PLAIN = 7  # the level of a heading without a mark, below all that have one


@dataclass
class Outline:
    """The headings above a place in a text, each with its level, the lead-in of a list, and a question right before."""

    language: str = ENGLISH
    headings: list[tuple[int, str]] = field(default_factory=list)
    lead: str = ""
    question: str = ""

    def enter(self, level: int, words: str) -> None:
        """Begin the section under a heading."""
        self.headings = [*(h for h in self.headings if h[0] < level), (level, plain(" ".join(words.split())))]
        self.lead = self.question = ""

    def context(self, *more: str) -> str:
        """The innermost headings that there is room for, then ``more``."""
        room, kept = CONTEXT - sum(map(len, more)), list[str]()
        for _, words in reversed(self.headings):
            room -= len(words)
            if room < 0 and kept:
                break
            kept.insert(0, words)
        return BELOW.join(filter(None, [*kept, *more]))
