"""Grounds: what the text of a slide is written on, and whether it can be seen on that."""

from typing import Any

from index.readers.package import child, local

FILLS = {"solidFill", "gradFill", "blipFill", "pattFill", "grpFill"}
COLOURS = {"srgbClr", "schemeClr", "sysClr", "blip", "gs"}
PAPER = {"bg1", "lt1", "FFFFFF", "ffffff", "window"}  # names of white, where the theme has it for its paper
PLAIN = ("0", "1001")  # of the backgrounds of a theme, those that are one colour

Box = tuple[int, int, int, int]  # left, top, right, bottom, in the units of the slide


def erase_unseen(slide: Any) -> None:
    """Take the letters out of ``slide`` that are white on white paper, or of no colour.

    What lies on or below a shape with a colour, a picture, a table or a group may be seen.
    """
    for shape in slide.shapes:
        if not shape.has_text_frame:
            continue
        runs = [run for run in shape._element.iter() if local(run) in ("r", "fld")]
        white = [run for run in runs if _is_paper(_fill(run, "solidFill"))]
        clear = [run for run in runs if _fill(run, "noFill") is not None]
        for run in clear + (white if white and _is_on_paper(shape, slide) else []):
            run.getparent().remove(run)


def _fill(run: Any, kind: str) -> Any | None:
    """That fill of its letters, where they have no outline and nothing is marked behind them."""
    properties = child(run, "rPr")
    marked = {local(part) for part in properties} & {"ln", "highlight"} if properties is not None else set()
    return child(properties, kind) if properties is not None and not marked else None


def _is_paper(fill: Any | None) -> bool:
    """Whether a fill is white, as it is and of one colour."""
    colours = [part for part in fill.iter() if local(part) in COLOURS] if fill is not None else []
    return len(colours) == 1 and colours[0].get("val") in PAPER and not len(colours[0])


def _is_on_paper(shape: Any, slide: Any) -> bool:
    """Whether the paper is white, and nothing else lies where ``shape`` does, itself included."""
    layout, master = slide.slide_layout, slide.slide_layout.slide_master
    layers = [slide, layout, master]
    names = child(master._element, "clrMap")
    grounds = (child(layer._element, "cSld", "bg") for layer in layers)
    ground = next((found for found in grounds if found is not None), None)
    if (names is not None and names.get("bg1") != "lt1") or not (ground is None or _is_plain(ground)):
        return False
    place = _box(shape)
    others = [_box(other) for layer in layers for other in layer.shapes if _is_filled(other)]
    return place is not None and not any(other is None or _touch(place, other) for other in others)


def _is_plain(ground: Any) -> bool:
    """Whether a background is white all over."""
    theme = child(ground, "bgRef")
    return _is_paper(ground) and (theme is None or theme.get("idx") in PLAIN)


def _is_filled(shape: Any) -> bool:
    """Whether it may have a colour, or show something else than text."""
    element = shape._element
    if local(element) != "sp":
        return local(element) != "cxnSp"  # a line
    properties, style = child(element, "spPr"), child(element, "style", "fillRef")
    own = {local(part) for part in properties} if properties is not None else set()
    return bool(own & FILLS) or (style is not None and style.get("idx") != "0" and "noFill" not in own)


def _box(shape: Any) -> Box | None:
    """Where it is; None where that is not known."""
    if None in (shape.left, shape.top, shape.width, shape.height):
        return None
    return shape.left, shape.top, shape.left + shape.width, shape.top + shape.height


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
