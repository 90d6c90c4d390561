"""Styles of Word: which of them keep text from being seen, by hiding it or by writing it in white on white paper."""

from collections.abc import Iterable
from typing import Any

from index.readers.package import attribute, child, local

WHITE = "FFFFFF"
PLACEHOLDER = "Placeholder Text"  # a style, called so in every Word


class Styles:
    """The styles of one document, by their ids; ``root`` holds them."""

    def __init__(self, root: Iterable[Any]) -> None:
        self._styles = {attribute(e, "styleId"): e for e in root if local(e) == "style"}
        self._chains: dict[str, list[Any]] = {}  # by id, the style and those that it is made of
        self._hidden = {id for id in self._styles if self._hides(id or "")}

    def name(self, id: str) -> str:
        """The name of a style, which is English in every Word; "" for one that is not there."""
        return value(child(self._styles.get(id), "name"))

    def hides(self, id: str) -> bool:
        """Whether text in this style is not shown."""
        return id in self._hidden

    def hides_run(self, run: Any, is_coloured: bool) -> bool:
        """Whether the words of a run are not shown: hidden, white on white, or what a form asks for.

        ``is_coloured`` says that the page is not white.
        """
        properties = child(run, "rPr")
        style = value(child(properties, "rStyle"))
        if _is_hidden(properties) or self.hides(style) or (not is_coloured and self._is_white(run)):
            return True
        return self.name(style) == PLACEHOLDER and _is_unfilled(run)

    def _is_white(self, run: Any) -> bool:
        """Whether it is written in white, and not on the ground of a cell, a box or a style."""
        own = child(run, "rPr")
        above = list(run.iterancestors())
        paragraph = child(next((part for part in above if local(part) == "p"), None), "pPr")
        styles = [*self._made_of(value(child(own, "rStyle"))), *self._made_of(value(child(paragraph, "pStyle")))]
        colours = (child(part, "color") for part in (own, *(child(style, "rPr") for style in styles)))
        colour = next((found for found in colours if found is not None), None)
        if colour is None or not _is_paper(colour):
            return False
        grounds = [own, paragraph, *(child(style, name) for style in styles for name in ("pPr", "rPr"))]
        return not any(map(_is_ground, grounds)) and not any(local(part) in ("tc", "txbxContent") for part in above)

    def _hides(self, id: str) -> bool:
        """Whether a style, or the first that it is made of and that says so, keeps its text from being shown."""
        said = (child(part, "rPr") for part in self._made_of(id))
        return _is_hidden(next((part for part in said if child(part, "vanish") is not None), None))

    def _made_of(self, id: str) -> list[Any]:
        """The style with this id, and those that it is made of, each after the one that it changes."""
        if id not in self._chains:
            found: list[Any] = []
            based: str | None = id
            while (style := self._styles.get(based)) is not None and style not in found:
                found.append(style)
                based = value(child(style, "basedOn"))
            self._chains[id] = found
        return self._chains[id]


def value(element: Any | None) -> str:
    """What a property says; "" for one that is not there."""
    return attribute(element, "val") or "" if element is not None else ""


def _is_hidden(properties: Any) -> bool:
    vanish = child(properties, "vanish")
    return vanish is not None and attribute(vanish, "val") not in ("0", "false", "off")


def _is_paper(colour: Any) -> bool:
    """Whether it is white, or whatever the paper's is."""
    changed = attribute(colour, "themeShade") or attribute(colour, "themeTint")
    themed = attribute(colour, "themeColor") in ("background1", "light1") and not changed
    return themed or value(colour).upper() == WHITE


def _is_ground(properties: Any | None) -> bool:
    """Whether what is written so stands on a colour."""
    mark, shade = child(properties, "highlight"), child(properties, "shd")
    if mark is not None and value(mark) not in ("none", "white"):
        return True
    plain = value(shade) in ("", "clear", "nil") and (attribute(shade, "fill") or "") if shade is not None else ""
    return shade is not None and plain not in ("", "auto", WHITE)


def _is_unfilled(run: Any) -> bool:
    """Whether it stands in a content control that says what to write there: "Click or tap here to enter text"."""
    controls = (part for part in run.iterancestors() if local(part) == "sdt")
    return any(child(control, "sdtPr", "showingPlcHdr") is not None for control in controls)
