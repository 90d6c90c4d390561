"""Invisible text of a web page: hidden by attributes, by styles, or written in the background's colour."""

import re
from collections.abc import Iterator
from typing import Any

ENDS = r"\s*(?:!important\s*)?(?:;|$)"
HIDING = re.compile(  # declarations of a style, whatever the parts of an element say
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse){ENDS}", re.IGNORECASE
)
FADING = re.compile(  # those that scripts take away once a page is there
    rf"opacity\s*:\s*0*\.?0*%?{ENDS}|(?:left|top|text-indent)\s*:\s*-(?:\d{{4,}}|999)", re.IGNORECASE
)
SHRINKING = re.compile(rf"font-size\s*:\s*0*\.?0*(?:px|pt|r?em|%)?{ENDS}", re.IGNORECASE)
SHOWING = re.compile(r"\b(?:display|visibility|opacity|left|top|text-indent|animation[\w-]*)\s*:", re.IGNORECASE)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")  # of a style sheet
CONDITION = re.compile(r"/\*.*?\*/|@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)  # for print, for small screens
INK = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
PAPER = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
TRIPLE = re.compile(r"rgba?\((\d+),(\d+),(\d+)")
COLOURS = {"white": "#ffffff", "black": "#000000"}


def hide(tree: Any) -> None:
    """Mark as hidden what is never shown: where a page has scripts, these may show it."""
    if tree.xpath("boolean(//script[not(contains(@type, 'json'))])"):
        return
    names = _unseen_names(tree)
    styled = bool(tree.xpath("boolean(//style | //link[contains(@rel, 'stylesheet')])"))
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        own = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
        style = element.get("style") or ""
        if own & names or FADING.search(style) or (_is_blank(element, style, styled) and not _has_styles(element)):
            element.set("hidden", "")


def is_unseen(element: Any) -> bool:
    """Whether it says of itself that it is not shown, or ``hide`` has found that."""
    return element.get("hidden") is not None or bool(HIDING.search(element.get("style") or ""))


def _unseen_names(tree: Any) -> set[str]:
    """The classes and ids that the page's own style sheets hide, and no other rule shows."""
    sheets = "".join(sheet.text or "" for sheet in tree.iter("style") if not sheet.get("media"))
    rules = [(names, style) for names, style in RULE.findall(CONDITION.sub("", sheets)) if SHOWING.search(style)]
    hides = {style: bool(HIDING.search(style) or FADING.search(style)) for _, style in rules}
    hidden = {name.strip() for names, style in rules if hides[style] for name in names.split(",")}
    shown = "".join(names for names, style in rules if not hides[style] or "animation" in style)
    return {name for name in hidden if re.fullmatch(r"[.#][\w-]+", name) and name not in shown}


def _has_styles(element: Any) -> bool:
    """Whether its parts may look different."""
    return any(part.get(name) for part in element.iterdescendants() for name in ("style", "class", "color", "size"))


def _is_blank(element: Any, style: str, styled: bool) -> bool:
    """Whether it is written in no size, or in the colour of what it is written on."""
    if SHRINKING.search(style):
        return True
    ink = INK.search(style)
    colour = _colour(ink[1] if ink else (element.tag == "font" and element.get("color")) or "")
    return bool(colour) and colour == next(_papers(element, styled), "")


def _papers(element: Any, styled: bool) -> Iterator[str]:
    """The colours on which it is written, its own first; "" where a style sheet may say another one."""
    for part in [element, *element.iterancestors()]:
        paper = PAPER.search(part.get("style") or "")
        if paper or part.get("bgcolor"):
            yield _colour(paper[1] if paper else part.get("bgcolor"))
        elif styled:
            yield ""
    yield COLOURS["white"]


def _colour(name: str) -> str:
    """A colour's one name: #ffffff for white, #fff and rgb(255, 255, 255)."""
    name = "".join(name.lower().split())
    if triple := TRIPLE.match(name):
        return "#" + "".join(f"{min(int(part), 255):02x}" for part in triple.groups())
    if re.fullmatch(r"#\w{3}", name):
        return "#" + "".join(2 * digit for digit in name[1:])
    return COLOURS.get(name, name)
