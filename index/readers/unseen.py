"""Invisible text of a web page: hidden by attributes, by styles, or written in the background's colour."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

ENDS = r"\s*(?:!important\s*)?(?:;|$)"
HIDING = re.compile(  # declarations of a style, whatever the parts of an element say
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse){ENDS}", re.IGNORECASE
)
FADING = re.compile(  # those that scripts take away once a page is there
    rf"opacity\s*:\s*0*\.?0*%?{ENDS}|(?:left|top|text-indent)\s*:\s*-(?:\d{{4,}}|999)|"
    r"clip\s*:\s*rect\((?:0|1px)|clip-path\s*:\s*inset\((?:50|100)%|transform\s*:\s*scale\(0\)|"
    rf"(?<![-\w])(?:max-)?(?:height|width)\s*:\s*0+(?:px)?{ENDS}(?=.*overflow\s*:\s*hidden)|"
    rf"overflow\s*:\s*hidden(?=.*(?<![-\w])(?:max-)?(?:height|width)\s*:\s*0+(?:px)?{ENDS})",
    re.IGNORECASE | re.DOTALL,
)
SHRINKING = re.compile(rf"font-size\s*:\s*0*\.?0*(?:px|pt|r?em|%)?{ENDS}", re.IGNORECASE)
SHOWING = re.compile(
    r"\b(?:display|visibility|opacity|left|top|text-indent|animation[\w-]*|clip(?:-path)?|transform|height|width)\s*:",
    re.IGNORECASE,
)
SPOKEN = {"sr-only", "visually-hidden", "screen-reader-text"}  # classes of what only programs that read aloud have
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")  # of a style sheet
CONDITION = re.compile(
    r"/\*.*?\*/|@[^{};]*;|@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL
)  # for print, for small screens
INK = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
PAPER = re.compile(r"(?:^|;)\s*background(?:-\w+)?\s*:\s*([^;!]+)", re.IGNORECASE)
TRIPLE = re.compile(r"rgba?\((\d+),(\d+),(\d+)(?:,([\d.]+%?))?\)")
HEX = re.compile(r"#[\da-f]{6}")
COLOURS = {"white": "#ffffff", "black": "#000000"}
CLEAR = "transparent"
CONTRAST = 24  # of 255, between a letter and its paper at least, in one of the three colours


def hide(tree: Any) -> None:
    """Mark as hidden what is never shown: where a page has scripts, these may show it."""
    if tree.xpath("boolean(//script[not(contains(@type, 'json'))])"):
        return
    names, inks = _unseen_names(tree), _inks(tree)
    styled = inks is None
    for element in tree.iter("*"):
        if not element.keys():
            continue
        classes = (element.get("class") or "").split()
        own = {*(f".{name}" for name in classes), f"#{element.get('id')}"}
        style = "; ".join([*((inks or {}).get(name, "") for name in own), element.get("style") or ""])
        if (
            own & names
            or SPOKEN & {*classes}
            or FADING.search(style)
            or (_is_blank(element, style, styled) and not _has_styles(element))
        ):
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


def _inks(tree: Any) -> dict[str, str] | None:
    """The colours of letters by the classes and ids that the page's own style sheets give them to; None where a style
    sheet may say what they are written on."""
    sheets = "".join(sheet.text or "" for sheet in tree.iter("style") if not sheet.get("media"))
    if "background" in sheets or "@import" in sheets or tree.xpath("boolean(//link[contains(@rel, 'stylesheet')])"):
        return None
    found = ((names, INK.search(style)) for names, style in RULE.findall(CONDITION.sub("", sheets)))
    return {name.strip(): f"color: {ink[1]}" for names, ink in found if ink for name in names.split(",")}


def _has_styles(element: Any) -> bool:
    """Whether its parts may look different."""
    return any(part.get(name) for part in element.iterdescendants() for name in ("style", "class", "color", "size"))


def _is_blank(element: Any, style: str, styled: bool) -> bool:
    """Whether it is written in no size, or in the colour of what it is written on."""
    if SHRINKING.search(style):
        return True
    inks = INK.findall(style)
    colour = _colour(inks[-1] if inks else (element.tag == "font" and element.get("color")) or "")
    return colour == CLEAR or (bool(colour) and _is_like(colour, next(_papers(element, styled), "")))


def _is_like(colour: str, other: str) -> bool:
    """Whether nobody can tell two colours apart."""
    if not (HEX.fullmatch(colour) and HEX.fullmatch(other)):
        return colour == other
    return all(abs(int(colour[at : at + 2], 16) - int(other[at : at + 2], 16)) < CONTRAST for at in (1, 3, 5))


def _papers(element: Any, styled: bool) -> Iterator[str]:
    """The colours on which it is written, its own first; "" where a style sheet may say another one."""
    for part in [element, *element.iterancestors()]:
        paper = PAPER.search(part.get("style") or "")
        colour = _colour(paper[1] if paper else part.get("background") or part.get("bgcolor") or "")
        if colour not in ("", CLEAR):
            yield colour
        elif styled:
            yield ""
    yield COLOURS["white"]


@lru_cache(maxsize=256)
def _colour(name: str) -> str:
    """A colour's one name: #ffffff for white, #fff, rgb(255, 255, 255) and hsl(0, 0%, 100%)."""
    name = "".join(name.lower().split())
    if triple := TRIPLE.match(name):
        *parts, alpha = triple.groups()
        return CLEAR if alpha and not alpha.strip("0.%") else "#" + "".join(f"{min(int(p), 255):02x}" for p in parts)
    if re.match(r"hsla?\([\d.]+(?:deg)?,[\d.]+%,100%", name):
        return COLOURS["white"]
    if re.fullmatch(r"#[\da-f]{6}00", name):
        return CLEAR
    if re.fullmatch(r"#[\da-f]{3}", name):
        return "#" + "".join(2 * digit for digit in name[1:])
    return COLOURS.get(name, name)
