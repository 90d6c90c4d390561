"""Slides (.pptx): the texts of each from top to bottom, its tables, charts and diagrams, its notes. By python-pptx."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from index.document import PARAGRAPHS, Document, clean, damage, iso, needs, parts, title
from index.readers.drawing import drawn
from index.readers.formula import MATH, PARTS, formula, raised
from index.readers.grid import Cell, heads, joined, rows
from index.readers.ground import erase_unseen
from index.readers.numbering import shaped
from index.readers.package import Package, attribute, child, local
from index.readers.strict import usual

FORMS = {
    "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman",
    "circle": "decimalEnclosedCircle",
}  # fmt: skip
AROUND = {"Period": ("", "."), "ParenBoth": ("(", ")"), "ParenR": ("", ")")}


def slides(path: Path) -> Document:
    """A page for each slide that is not hidden."""
    with needs("python-pptx"):
        from pptx import Presentation
    with damage("PowerPoint"), Package(path) as package:
        for name in package.names:
            if name.endswith(".xml"):
                package.check(name)
        source = usual(path, package)
        show = Presentation(str(source) if isinstance(source, Path) else source)
        texts = []
        first = None
        for number, slide in enumerate(show.slides, 1):
            if slide._element.get("show") == "0":
                continue
            _alternatives(slide._element)
            erase_unseen(slide)
            seen = (shape for shape in slide.shapes if _is_on(shape, show.slide_width or 0, show.slide_height or 0))
            blocks = list(_blocks(seen, slide.shapes.title))
            if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
                blocks += [slide.notes_slide.notes_text_frame.text.strip()]
            heading = slide.shapes.title
            first = first or (heading.text_frame.text if heading is not None else None)
            texts.append((f"slide {number}", clean(PARAGRAPHS.join(filter(None, blocks)))))
        about = show.core_properties
        named, day = title(about.title, first), iso(about.created)
    text, pages, labels = parts(texts)
    return Document(text, named, day, pages, labels)


def _is_on(shape: Any, width: int, height: int) -> bool:
    """Whether some of it is on the slide; what stands beside it is not shown."""
    own = shape._element
    left, top = own.x, own.y
    if left is None or top is None:  # where its layout has it
        return True
    right, bottom = left + (own.cx or 0), top + (own.cy or 0)
    return bool(left < width and top < height and right >= 0 and bottom >= 0)


def _blocks(shapes: Iterable[Any], heading: Any = None) -> Iterator[str]:
    """The title first, then what stands higher, and of what stands beside each other the left one."""
    ordered = sorted(
        shapes, key=lambda s: (heading is None or s.shape_id != heading.shape_id, (s.top or 0) // 300_000, s.left or 0)
    )
    for shape in ordered:
        if _is_hidden(shape):
            continue
        if hasattr(shape, "shapes"):
            yield from _blocks(shape.shapes)
        elif getattr(shape, "has_table", False):
            grid = [[_cell(cell) for cell in line.cells if not cell.is_spanned] for line in shape.table.rows]
            yield "\n".join(rows(grid, heads(grid)))
        elif getattr(shape, "has_chart", False):
            yield from drawn(shape.chart_part._element)
        elif shape.has_text_frame:
            is_list = heading is None or shape.shape_id != heading.shape_id
            yield "\n".join(_items(shape.text_frame) if is_list else _paragraphs(shape.text_frame))
        else:
            yield from _diagram(shape)


def _is_hidden(shape: Any) -> bool:
    about = next((found for part in shape._element if (found := child(part, "cNvPr")) is not None), None)
    return about is not None and about.get("hidden") in ("1", "true")


def _diagram(shape: Any) -> Iterator[str]:
    """What is written in a diagram (SmartArt), which is a part of its own."""
    from pptx.oxml import parse_xml

    for part in shape._element.iter():
        if local(part) == "relIds" and (reference := attribute(part, "dm")):
            yield from drawn(parse_xml(shape.part.related_part(reference).blob))


def _alternatives(slide: Any) -> None:
    """Put what newer programs show in the place of alternatives, which python-pptx passes over."""
    for element in [part for part in slide.iter() if local(part) == "AlternateContent"]:
        shown = next((part for part in element if local(part) in ("Choice", "Fallback")), ())
        for part in list(shown):
            element.addprevious(part)
        element.getparent().remove(element)


def _paragraphs(frame: Any) -> Iterator[str]:
    lines = (" ".join(_inline(paragraph._p).split()) for paragraph in frame.paragraphs)
    return filter(None, lines)


def _items(frame: Any) -> Iterator[str]:
    """The paragraphs of a box with their numbers, and "-" before the others where it has several."""
    said = [(part, words) for part in frame.paragraphs if (words := " ".join(_inline(part._p).split()))]
    several = len(said) > 1
    counts: dict[int, int] = {}  # by level
    for paragraph, words in said:
        counts = {level: count for level, count in counts.items() if level <= paragraph.level}
        numbered = child(paragraph._p, "pPr", "buAutoNum")
        if numbered is None:
            counts.pop(paragraph.level, None)
            yield f"- {words}" if several else words
            continue
        first = int(numbered.get("startAt") or 1)
        counts[paragraph.level] = counts.get(paragraph.level, first - 1) + 1
        yield f"{_mark(numbered.get('type') or '', counts[paragraph.level])} {words}"


def _mark(kind: str, number: int) -> str:
    """A number as a list has it: "arabicPeriod" makes 3., "alphaLcParenBoth" (c)."""
    form = next((form for start, form in FORMS.items() if kind.startswith(start)), "decimal")
    before, after = next((signs for end, signs in AROUND.items() if kind.endswith(end)), ("", ""))
    return f"{before}{shaped(number, form)}{after}"


def _inline(element: Any) -> str:
    """The words of a paragraph, without the number of the slide."""
    found = []
    for part in element:
        name = local(part)
        if name == "t":
            found.append(part.text or "")
        elif name == "br":
            found.append(" ")
        elif name in PARTS and MATH in part.tag:
            found.append(formula(part, _inline))
        elif name == "r" and _is_raised(child(part, "rPr")):
            found.append(raised(_inline(part)))
        elif name and part.get("type") != "slidenum":
            found.append(_inline(part))
    return "".join(found)


def _is_raised(properties: Any | None) -> bool:
    return properties is not None and (properties.get("baseline") or "0")[0] in "123456789"


def _cell(cell: Any) -> Cell:
    words = joined(_paragraphs(cell.text_frame))
    return Cell(words, cell.span_height, cell.span_width) if cell.is_merge_origin else Cell(words)
