"""Slides (.pptx): the texts of each slide from top to bottom, its tables, and its notes. By python-pptx."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.document import PARAGRAPHS, Document, clean, damage, iso, needs, parts, title
from index.readers.grid import Cell, heads, rows
from index.readers.package import Package


def slides(path: Path) -> Document:
    """A page for each slide that is not hidden."""
    with needs("python-pptx"):
        from pptx import Presentation
    with damage("PowerPoint"), Package(path) as package:
        for name in package.names:
            if name.endswith(".xml"):
                package.check(name)
        show = Presentation(str(path))
        texts = []
        first = None
        for number, slide in enumerate(show.slides, 1):
            if slide._element.get("show") == "0":
                continue
            blocks = list(_blocks(slide.shapes))
            if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
                blocks += [slide.notes_slide.notes_text_frame.text.strip()]
            heading = slide.shapes.title
            first = first or (heading.text_frame.text if heading is not None else None)
            texts.append((f"slide {number}", clean(PARAGRAPHS.join(filter(None, blocks)))))
        about = show.core_properties
        named, day = title(about.title, first), iso(about.created)
    text, pages, labels = parts(texts)
    return Document(text, named, day, pages, labels)


def _blocks(shapes: Any) -> Iterator[str]:
    """The title first, then what stands higher, and of what stands beside each other the left one."""
    heading = getattr(shapes, "title", None)
    ordered = sorted(
        shapes, key=lambda s: (heading is None or s.shape_id != heading.shape_id, (s.top or 0) // 300_000, s.left or 0)
    )
    for shape in ordered:
        if hasattr(shape, "shapes"):
            yield from _blocks(shape.shapes)
        elif getattr(shape, "has_table", False):
            grid = [[_cell(cell) for cell in line.cells if not cell.is_spanned] for line in shape.table.rows]
            yield "\n".join(rows(grid, heads(grid)))
        elif shape.has_text_frame:
            lines = [line.text.replace("\v", " ").strip() for line in shape.text_frame.paragraphs]
            kept = [line for line in lines if line]
            listed = len(kept) > 1 and (heading is None or shape.shape_id != heading.shape_id)
            yield "\n".join(f"- {line}" for line in kept) if listed else "\n".join(kept)


def _cell(cell: Any) -> Cell:
    return Cell(cell.text, cell.span_height, cell.span_width) if cell.is_merge_origin else Cell(cell.text)
