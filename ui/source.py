"""The source: an article as it is, with the quotes that an answer cites marked in it."""

from base64 import b64encode
from bisect import bisect_right
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from index.article import Article
from rag.terminal import printable
from ui.page_image import PageImage, page_image
from ui.quote import Quote, citation

AROUND = 100_000  # characters shown on either side of the chosen quote; the page stays quick with any article
EMPTY = '<p class="empty">Choose a footnote: its source is shown here.</p>'
CLOSE = '<button class="close" data-do="close" aria-label="Close the source">×</button>'
GONE = "This article is no longer in the library."


def panel(
    article: Article, quotes: Sequence[Quote] = (), chosen: int = 0, turn: str = "", as_text: bool = False
) -> str:
    """``article`` as HTML, all of ``quotes`` that stand in it marked, the one with the number ``chosen`` stronger.

    A PDF is shown as the page that holds that one, unless ``as_text``; ``turn`` is the one whose footnotes they are.
    """
    own = [q for q in quotes if q.article == article.id and article.text[q.start : q.end] == q.text]
    quote = next((q for q in own if q.number == chosen), None)
    drawn = None if as_text or not quote else _page_image(article, quote)
    place = [f"<span>{text(Path(article.source).name)}</span>"]
    if quote and quote.place:
        place.append(f"<span>{text(quote.place)}</span>")
    if chosen and not quote:
        place.append("<span>has changed since: the quote is gone</span>")
    body = _page(article, quote, drawn) if quote and drawn else _text(article, own, quote)
    return (
        f'<div class="panel" data-turn="{text(turn)}" data-note="{chosen}">'
        f'{CLOSE}<h2 dir="auto">{text(article.title)}</h2><p class="place">{" ".join(place)}</p>'
        f"{_ways(quotes, chosen, quote, as_text, bool(drawn))}{body}</div>"
    )


def gone(quotes: Sequence[Quote] = (), chosen: int = 0, turn: str = "") -> str:
    """What is shown of an article that was removed; the way to the other footnotes stays."""
    return (
        f'<div class="panel" data-turn="{text(turn)}" data-note="{chosen}">{CLOSE}<p class="trouble">{GONE}</p>'
        f"{_ways(quotes, chosen, None, False, False)}</div>"
    )


def _ways(quotes: Sequence[Quote], chosen: int, quote: Quote | None, as_text: bool, drawn: bool) -> str:
    """The buttons: to the footnotes before and after, to copy the citation, to see page or text."""
    if not chosen:
        return ""
    parts = []
    if len(quotes) > 1:
        before, after = (chosen - 2) % len(quotes) + 1, chosen % len(quotes) + 1
        parts = [
            _way("cite", "‹", f'data-note="{before}" aria-label="Footnote before"'),
            f"<span>Footnote {chosen} of {len(quotes)}</span>",
            _way("cite", "›", f'data-note="{after}" aria-label="Footnote after"'),
        ]
    if quote:
        parts.append(_way("copy", "Copy citation", f'data-text="{text(citation(quote))}"'))
    if drawn:
        parts.append(_way("cite", "Show the text", f'data-note="{chosen}" data-as="text"'))
    elif as_text:
        parts.append(_way("cite", "Show the page", f'data-note="{chosen}"'))
    return f'<div class="ways">{"".join(parts)}</div>'


def _way(name: str, label: str, data: str) -> str:
    return f'<button class="tool" data-do="{name}" {data}>{label}</button>'


def _text(article: Article, quotes: Sequence[Quote], quote: Quote | None) -> str:
    middle = quote.start if quote else 0
    first, last = max(0, middle - AROUND), min(len(article.text), middle + AROUND)
    return (
        '<div class="text" tabindex="0" role="region" aria-label="Text of the article">'
        f"{'<p>… the article begins before this.</p>' if first else ''}"
        f"{_marked(article.text, first, last, quotes, quote.number if quote else 0)}"
        f"{'<p>… the article goes on after this.</p>' if last < len(article.text) else ''}</div>"
    )


def _page_image(article: Article, quote: Quote) -> PageImage | None:
    """The page of a PDF with the quote on it; None where it can't be drawn, or the quote is not found there."""
    if not article.source.lower().endswith(".pdf"):
        return None
    number = bisect_right(article.pages, quote.start)
    end = min(quote.end, *article.pages[number : number + 1])
    return page_image(Path(article.source), number, article.text[quote.start : end]) if number else None


def _page(article: Article, quote: Quote, drawn: PageImage) -> str:
    says = f"{article.title}, {quote.place}. Marked: {' '.join(quote.text.split())}"
    marks = "".join(
        f'<mark class="chosen" style="left:{b.left:.2%};top:{b.top:.2%};width:{b.width:.2%};height:{b.height:.2%}">'
        "</mark>"
        for b in drawn.boxes
    )
    return (
        '<div class="text" tabindex="0" role="region" aria-label="Page of the article"><div class="page-image">'
        f'<img src="data:image/png;base64,{b64encode(drawn.png).decode()}" width="{drawn.width}" '
        f'height="{drawn.height}" alt="{text(says)}">{marks}</div></div>'
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
