"""An entry: an article as a listing shows it, without its text."""

import re
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """The fields are those of ``Article``; ``characters`` is the length of its text.

    ``added`` is when it was added or last changed, with its time zone.
    """

    id: str
    title: str
    source: str
    sha256: str
    date: str | None
    characters: int
    added: datetime

    @property
    def order(self) -> tuple[tuple[str | int, ...], str]:
        """Where it stands in a list by title, "Part 2" before "Part 10"."""
        pieces = re.split(r"(\d+)", self.title.casefold())
        return tuple(int(piece) if place % 2 else piece for place, piece in enumerate(pieces)), self.id
