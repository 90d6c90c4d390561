"""The source: an article as it is, with the quotes that an answer cites marked in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from index.article import Article
from rag.text import printable

AROUND = 100_000  # characters shown on either side of the chosen quote; the page stays quick with any article


@dataclass(frozen=True)
class Quote:
    """``article.text[start:end] == text``, under the number of its footnote."""

    article: str
    start: int
    end: int
    text: str
    number: int


def panel(article: Article, quotes: Sequence[Quote] = (), chosen: int = 0) -> str:
    """``article`` as HTML, all of ``quotes`` that stand in it marked, the one with the number ``chosen`` stronger."""
    own = [q for q in quotes if q.article == article.id and article.text[q.start : q.end] == q.text]
    quote = next((q for q in own if q.number == chosen), None)
    middle = quote.start if quote else 0
    first, last = max(0, middle - AROUND), min(len(article.text), middle + AROUND)
    if quote:
        place = f"characters {quote.start}–{quote.end}"
    else:
        place = "has changed since: the quote is gone" if chosen else f"{len(article.text):,} characters"
    return (
        '<button class="close" data-do="close" aria-label="Close the source">×</button>'
        f"<h2>{text(article.title)}</h2>"
        f'<p class="place"><span>{text(article.source)}</span> <span>{place}</span></p>'
        f'<div class="text" tabindex="0" role="document" aria-label="Text of the article">'
        f"{'<p>… the article begins before this.</p>' if first else ''}"
        f"{_marked(article.text, first, last, own, chosen)}"
        f"{'<p>… the article goes on after this.</p>' if last < len(article.text) else ''}</div>"
    )


def _marked(whole: str, first: int, last: int, quotes: Sequence[Quote], chosen: int) -> str:
    """The characters from ``first`` to ``last``, each stretch between two ends of quotes on its own."""
    ends = {end for q in quotes for end in (q.start, q.end) if first < end < last}
    parts = []
    for start, end in pairwise(sorted({first, last, *ends})):
        numbers = [q.number for q in quotes if q.start <= start and end <= q.end]
        part = text(whole[start:end])
        if numbers:
            strong = ' class="chosen"' if chosen in numbers else ""
            part = f'<mark{strong} data-notes="{" ".join(map(str, numbers))}">{part}</mark>'
        parts.append(part)
    return "".join(parts)


def text(data: str) -> str:
    """``data`` as inert HTML: whatever it holds is shown, nothing of it acts."""
    return escape(printable(data))
