"""What a web page holds besides its text: menus, banners, scripts, and what is not shown."""

import re
from typing import Any

from index.readers.unseen import is_unseen
from index.readers.xhtml import TYPED

SKIPPED = {
    "script", "style", "noscript", "template", "nav", "iframe", "object", "embed", "button", "annotation",
    "annotation-xml", "option", "datalist", "head", "link", "meta", "canvas", "audio", "video", "map", "del",
    "rt", "rp", "meter", "progress",
}  # fmt: skip
BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "frameset", "noframes", "frame", "br",
}  # fmt: skip
ROLES = {"navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog", "alertdialog"}
FURNITURE = re.compile(  # names of what is around a text, whatever it says
    r"(?:^|\s)(?:breadcrumbs?|cookies?|(?:cookie|consent)-?(?:banner|bar|notice|consent|popup)\S*|pagination|pager|"
    r"mw-editsection|catlinks|skip-?link|advert\S*|ads?|newsletter-?(?:form|signup|box|banner|popup)|toc)(?:\s|$)",
    re.IGNORECASE,
)
MENUS = re.compile(  # names of what is around a text if it is made of links, and may be a part of it otherwise
    r"(?:^|\s)(?:(?:main-?|site-?|top-?|side-?)?(?:nav|navbar|navigation|menu|sidebar|footer)|share\S*|social\S*|"
    r"newsletter)(?:\s|$)",
    re.IGNORECASE,
)
BLOCK = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt")
FEW = 20  # letters and digits: what has fewer says nothing: "© 2024 The Guild"


def is_block(element: Any) -> bool:
    """Whether it stands apart from the text around it."""
    return isinstance(element.tag, str) and (element.tag in BLOCKS or bool(BLOCK.search(element.get("style") or "")))


def is_boilerplate(element: Any) -> bool:
    """Whether a reader of the page does not see it, or it is part of the page and not of its text."""
    if not isinstance(element.tag, str) or element.tag in SKIPPED:
        return not _is_shown(element)
    if element.tag == "header" and not _is_inside(element):
        return element.find(".//h1") is None
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    named = element.tag in BLOCKS and element.tag not in ("body", "main", "article")
    kind = _kind(element)
    margin = element.tag in ("footer", "aside") and not _is_inside(element) and not kind
    around = margin or (named and bool(MENUS.search(names)))
    return (
        is_unseen(element)
        or "pagebreak" in kind
        or (element.tag == "dialog" and element.get("open") is None)
        or (element.get("aria-hidden") == "true" and element.tag in BLOCKS)
        or element.get("role") in ROLES
        or ((named or element.tag == "span") and bool(FURNITURE.search(names)))
        or (around and _is_of_links(element))
    )


def _is_shown(element: Any) -> bool:
    """Whether it is shown though others of its kind are not: a button in a heading, what is within a part of a page."""
    if element.tag == "button":
        return any(parent.tag in HEADINGS for parent in element.iterancestors())
    return element.tag == "template" and bool(element.get("shadowrootmode") or element.get("shadowmode"))


def _kind(element: Any) -> str:
    """What an element of a book is: "footnote", "pagebreak"."""
    role = element.get("role") or ""
    return element.get("epub:type") or element.get(TYPED) or (role if role.startswith("doc-") else "")


def _is_inside(element: Any) -> bool:
    """Whether it is part of a text, not of the page."""
    return any(parent.tag in ("article", "main", "blockquote", "section") for parent in element.iterancestors())


def _is_of_links(element: Any) -> bool:
    """Whether most of its letters can be clicked at, or it has hardly any."""
    linked = [part for part in element.iter("a", "button") if not any(p.tag == "a" for p in part.iterancestors())]
    letters, clicked = (sum(map(str.isalnum, text)) for text in (element.text_content(), "".join(_texts(linked))))
    return letters < FEW or 2 * clicked > letters


def _texts(elements: list[Any]) -> list[str]:
    return [element.text_content() for element in elements]
