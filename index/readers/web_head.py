"""What a web page says of itself: its title and its date."""

import re
from typing import Any

from index.document import iso, title

STYLES = {"title", "MsoTitle"}  # classes of titles, as Google Docs and Word write them
DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.created", "pubdate",
    "publish-date", "citation_publication_date", "og:published_time",
)  # fmt: skip


def named(tree: Any) -> str | None:
    """The title that a page is shared under, its only first heading, the title of its window, or its first heading."""
    headings = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    lower = (" ".join(h.text_content().split()) for h in tree.iter("h2"))
    only = headings if len(headings) == 1 else []
    styled = (" ".join(p.text_content().split()) for p in tree.iter("p") if STYLES & {*(p.get("class") or "").split()})
    return title(_meta(tree, "og:title"), *only, _title(tree), next(styled, None), *headings, next(lower, None))


def published(tree: Any, source: str) -> str | None:
    """Its day, from its metadata, its linked data or its first time."""
    linked = re.search(r'"datePublished"\s*:\s*"([^"]{10,40})"', source)
    times = [element.get("datetime") for element in tree.xpath("//article//time[@datetime] | //time[@pubdate]")]
    found = [_meta(tree, name) for name in DATES] + ([linked[1]] if linked else []) + times[:1]
    return next((day for value in found if (day := iso((value or "").replace("/", "-")))), None)


def _meta(tree: Any, *names: str) -> str | None:
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if name.lower() in names and element.get("content"):
            return str(element.get("content"))
    return None


def _title(tree: Any) -> str | None:
    """The page's title; a drawing may have one of its own."""
    found = (element for element in tree.iter("title") if next(element.iterancestors("svg"), None) is None)
    return next((element.text for element in found), None)
