"""A quote: what a footnote points at, and how it is cited elsewhere."""

from dataclasses import dataclass
from pathlib import Path

from rag.terminal import printable


@dataclass(frozen=True)
class Quote:
    """``article.text[start:end] == text``, under the number of its footnote; ``place`` names the
    page, sheet or chapter."""

    article: str
    start: int
    end: int
    text: str
    number: int
    title: str = ""
    source: str = ""
    place: str = ""


def citation(quote: Quote) -> str:
    """The quote with title, page and file, to be pasted: “…” — Title, page 3 (file.pdf)."""
    place = f", {quote.place}" if quote.place else ""
    return printable(f"“{' '.join(quote.text.split())}” — {quote.title}{place} ({Path(quote.source).name})")
