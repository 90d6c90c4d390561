"""Drawings: what is written in the text boxes, diagrams and charts of office documents."""

from typing import Any

from index.document import row
from index.readers.package import child, local


def drawn(root: Any | None) -> list[str]:
    """The paragraphs of a drawing, each once, and a row for each of a chart's series."""
    parts = list(root.iter()) if root is not None else []
    said = ["".join(t.text or "" for t in part.iter() if local(t) == "t") for part in parts if local(part) == "p"]
    series = [part for part in parts if local(part) == "ser"]
    lines = [row([*_points(one, "tx"), *_points(one, "val")]) for one in series]
    table = [row(["", *_points(series[0], "cat")]), *lines] if series else []
    return [*dict.fromkeys(filter(str.strip, said)), *(["\n".join(filter(None, table))] if table else [])]


def _points(series: Any, name: str) -> list[str]:
    """The name, the categories or the values of a chart's series, as they were last drawn."""
    part = child(series, name)
    return [point.text or "" for point in part.iter() if local(point) == "v"] if part is not None else []
