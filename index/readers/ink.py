"""Ink: which characters on a page of a PDF nobody sees, though a program can read them.

They are in the colour of what is below them, clear, drawn over, on a layer that is off, or written without ink. Where
a picture is in the same place they are the text of a scan, and stay.
"""

import ctypes
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

PALE = 200  # of 255, from which on all its colours make a character one that may not be seen
CLEAR = 250  # of 255, from which on nothing shines through
THIN = 3.5  # points: a lower shape is a line, and hides nothing
BAND = 20.0  # points: what is as high on a page is compared
DEEP = 3  # how deep forms within forms are looked into
MANY = 5000  # objects: a page with more is a drawing
SCALE = 2.0  # dots a point, at which a page is drawn
LARGEST = 4_000_000  # dots of a page
AROUND = 0.6  # points around a character that are its paper
CONTRAST = 24  # of 255, between a character and its paper at least
LAYER = "OC\0".encode("utf-16-le")


class Box(NamedTuple):
    """What something covers on a page, in points."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: "Box") -> bool:
        return self.left < other.right and other.left < self.right and self.low < other.high and other.low < self.high

    def bands(self) -> Iterable[int]:
        return range(int(max(self.low, 0) // BAND), int(min(self.high, 20_000) // BAND) + 1)


def unseen(sheet: Any, words: Any) -> frozenset[int]:
    """The places in ``words``, the text of a page, of the characters that are not seen on it."""
    import pypdfium2.raw as raw

    page = _Page(raw)
    page.read(sheet, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)
    width, height = sheet.get_size()
    if not page.doubtful or any(2 * (p.right - p.left) * (p.high - p.low) > width * height for p in page.pictures):
        return frozenset()
    asked = {place: box for place, box in _boxes(raw, words, page.doubtful) if not any(map(box.meets, page.pictures))}
    return frozenset(_blank(sheet, asked)) if asked else frozenset()


class _Page:
    """What stands on a page: ``doubtful`` texts, by their address, and ``pictures``."""

    def __init__(self, raw: Any) -> None:
        self.doubtful: set[int] = set()
        self.pictures: list[Box] = []
        self._raw = raw
        self._drawn: list[Any] = []  # texts so far, whose boxes nobody has asked for yet
        self._texts: defaultdict[int, list[tuple[Box, int]]] = defaultdict(list)  # by band: their boxes and addresses
        self._edges = [ctypes.c_float() for _ in range(4)]
        self._colours = [ctypes.c_uint() for _ in range(4)]
        self._bounds = [ctypes.byref(edge) for edge in self._edges]
        self._inks = [ctypes.byref(colour) for colour in self._colours]

    def read(self, whole: Any, count: Any, get: Any, outer: Box | None = None, depth: int = 0) -> None:
        """Take in the objects of a page, or of a form on it that covers ``outer``, in the order they are drawn in."""
        raw, amount = self._raw, count(whole)
        for place in range(amount if amount <= MANY else 0):
            part = get(whole, place)
            kind = raw.FPDFPageObj_GetType(part)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._drawn += [] if outer else [part]
                if self._is_pale(part) or self._is_layered(part):
                    self.doubtful.add(_address(part))
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                if not outer and self._is_filled(part) and (box := self._box(part)) and box.high - box.low > THIN:
                    self.doubtful |= set(self._below(box))
            elif kind == raw.FPDF_PAGEOBJ_IMAGE:
                self.pictures += filter(None, [outer or self._box(part)])
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEP and (box := outer or self._box(part)):
                self.read(part, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, box, depth + 1)

    def _below(self, shape: Box) -> Iterator[int]:
        """The texts that ``shape`` is drawn over."""
        for text in self._drawn:
            if box := self._box(text):
                for band in box.bands():
                    self._texts[band].append((box, _address(text)))
        self._drawn.clear()
        return (text for band in shape.bands() for box, text in self._texts[band] if shape.meets(box))

    def _box(self, part: Any) -> Box | None:
        found = self._raw.FPDFPageObj_GetBounds(part, *self._bounds)
        return Box(*(edge.value for edge in self._edges)) if found else None

    def _is_pale(self, text: Any) -> bool:
        if self._raw.FPDFTextObj_GetTextRenderMode(text) == self._raw.FPDF_TEXTRENDERMODE_INVISIBLE:
            return True
        if not self._raw.FPDFPageObj_GetFillColor(text, *self._inks):
            return False
        red, green, blue, cover = self._colours
        return cover.value < 255 - PALE or (red.value >= PALE and green.value >= PALE and blue.value >= PALE)

    def _is_layered(self, part: Any) -> bool:
        """Whether it is on a layer that may be off."""
        marks = self._raw.FPDFPageObj_CountMarks(part)
        return marks > 0 and any(
            self._name(self._raw.FPDFPageObj_GetMark(part, place)) == LAYER for place in range(marks)
        )

    def _name(self, mark: Any) -> bytes:
        memory, size = ctypes.create_string_buffer(2 * len(LAYER)), ctypes.c_ulong()
        pointer = ctypes.cast(memory, ctypes.POINTER(self._raw.FPDF_WCHAR))
        self._raw.FPDFPageObjMark_GetName(mark, pointer, len(memory), ctypes.byref(size))
        return memory.raw[: size.value] if size.value <= len(memory) else b""

    def _is_filled(self, shape: Any) -> bool:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        found = self._raw.FPDFPath_GetDrawMode(shape, ctypes.byref(mode), ctypes.byref(stroke))
        if not found or mode.value == self._raw.FPDF_FILLMODE_NONE:
            return False
        return bool(self._raw.FPDFPageObj_GetFillColor(shape, *self._inks)) and self._colours[3].value >= CLEAR


def _address(part: Any) -> int:
    return ctypes.addressof(part.contents)


def _boxes(raw: Any, words: Any, doubtful: set[int]) -> Iterator[tuple[int, Box]]:
    """The characters of ``doubtful`` texts, and what each covers."""
    for place in range(words.count_chars()):
        text = raw.FPDFText_GetTextObject(words, place)
        if text and _address(text) in doubtful:
            left, low, right, high = words.get_charbox(place)
            if right > left and high > low:
                yield place, Box(left, low, right, high)


def _blank(sheet: Any, asked: dict[int, Box]) -> Iterator[int]:
    """Those of the characters that look like the paper around them."""
    width, height = sheet.get_size()
    bitmap = sheet.render(scale=min(SCALE, (LARGEST / max(width * height, 1)) ** 0.5))
    dots, convert = bitmap.to_numpy(), bitmap.get_posconv(sheet)
    for place, box in asked.items():
        corners = [
            convert.to_bitmap(box.left - AROUND, box.low - AROUND),
            convert.to_bitmap(box.right + AROUND, box.high + AROUND),
        ]
        (left, right), (top, bottom) = (sorted(edge) for edge in zip(*corners, strict=True))
        seen = dots[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
        if seen.size and int((seen.max(axis=(0, 1)) - seen.min(axis=(0, 1))).max()) < CONTRAST:
            yield place
