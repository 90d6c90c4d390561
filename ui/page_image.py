"""Page images: a page of a PDF as an image, and where on it a sentence stands. By PDFium (extra ``documents``)."""

import logging
import unicodedata
from collections.abc import Sequence
from ctypes import byref, c_int
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

WIDTH = 1000  # pixels
LARGEST = 4000  # pixels of height: what is longer is no page that anybody reads

log = logging.getLogger(__name__)
_lock = Lock()  # PDFium works for one thread at a time


@dataclass(frozen=True)
class Box:
    """A rectangle on a page, each number a share of its width or height."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class PageImage:
    """A page of ``width`` and ``height`` pixels, and the boxes around the lines of what was looked for."""

    png: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]


def page_image(file: Path, number: int, quote: str) -> PageImage | None:
    """Page ``number``, from 1, of the PDF in ``file``, with the lines of ``quote`` on it.

    None where PDFium is not installed, the file is not what it was, or ``quote`` does not stand on the page.
    """
    try:
        import pypdfium2
    except ImportError:
        return None
    with _lock:
        try:
            document = pypdfium2.PdfDocument(file)
            try:
                return _drawn(document[number - 1], quote)
            finally:
                document.close()
        except Exception as error:  # whatever is wrong with the file, its text is shown instead
            log.info("Page %s of %s can't be drawn: %s", number, file, error)
            return None


def _drawn(page: Any, quote: str) -> PageImage | None:
    scale = WIDTH / page.get_width()
    size = WIDTH, min(LARGEST, round(page.get_height() * scale))
    places = _places(page, quote, size)
    if not places:
        return None
    image, png = page.render(scale=scale).to_pil(), BytesIO()
    image.convert("P", palette=1, colors=64).save(png, "PNG", optimize=True)
    wide, high = image.size
    return PageImage(png.getvalue(), wide, high, _lines(places, size))


def _places(page: Any, quote: str, size: tuple[int, int]) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom, in pixels, of each letter of ``quote`` on ``page``, found without its blanks."""
    from pypdfium2 import raw

    letters = page.get_textpage()
    found: list[tuple[str, int]] = []  # each letter and figure on the page, and its place
    for index in range(letters.count_chars()):
        found += [(c, index) for c in _plain(chr(raw.FPDFText_GetUnicode(letters.raw, index)))]
    wanted = "".join(_plain(quote))
    start = "".join(c for c, _ in found).find(wanted) if wanted else -1
    if start < 0:
        return []
    places = []
    for index in sorted({index for _, index in found[start : start + len(wanted)]}):
        left, bottom, right, top = letters.get_charbox(index, loose=True)
        corners = [_pixels(raw, page, size, x, y) for x, y in ((left, top), (right, bottom))]
        (x1, x2), (y1, y2) = (sorted(axis) for axis in zip(*corners, strict=True))
        places.append((x1, y1, x2, y2))
    return places


def _pixels(raw: Any, page: Any, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    across, down = c_int(), c_int()
    raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, byref(across), byref(down))
    return across.value, down.value


def _lines(places: Sequence[tuple[float, float, float, float]], size: tuple[int, int]) -> tuple[Box, ...]:
    """The letters joined to lines: those that follow each other at about the same height."""
    lines: list[list[float]] = []
    for left, top, right, bottom in places:
        last = lines[-1] if lines else None
        if last and min(bottom, last[3]) - max(top, last[1]) > 0.5 * (bottom - top) and left >= last[0]:
            lines[-1] = [last[0], min(top, last[1]), max(right, last[2]), max(bottom, last[3])]
        else:
            lines.append([left, top, right, bottom])
    wide, high = size
    return tuple(Box(x1 / wide, y1 / high, (x2 - x1) / wide, (y2 - y1) / high) for x1, y1, x2, y2 in lines)


def _plain(data: str) -> list[str]:
    """The letters and figures of ``data`` alone, ligatures apart: what two readers of a PDF agree on."""
    return [c for c in unicodedata.normalize("NFKC", data).casefold() if c.isalnum()]
