"""A quote: what a footnote points at, and how it is cited elsewhere."""

from dataclasses import dataclass
from pathlib import Path

from rag.text import printable


@dataclass(frozen=True)
class Quote:
    """``article.text[start:end] == text``, under the number of its footnote; ``page`` is that of a PDF."""

    article: str
    start: int
    end: int
    text: str
    number: int
    title: str = ""
    source: str = ""
    page: int | None = None


def citation(quote: Quote) -> str:
    """The quote with title, page and file, to be pasted: “…” — Title, page 3 (file.pdf)."""
    page = f", page {quote.page}" if quote.page else ""
    return printable(f"“{' '.join(quote.text.split())}” — {quote.title}{page} ({Path(quote.source).name})")
