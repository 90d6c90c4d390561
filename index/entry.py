"""An entry: an article as a listing shows it, without its text."""

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
