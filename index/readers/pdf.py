"""PDF: the text of each page as it is read, values of forms, tables as rows. By pdfium, Chromium's own library."""

import ctypes
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median, mode
from typing import Any

from index.document import NO_TEXT, Document, UnreadableFile, damage, iso, needs, title
from index.readers import initial, ocr, right_to_left
from index.readers.ink import unseen
from index.readers.layout import paragraphs
from index.readers.pages import Page, drop_running, faults, joined, largest
from index.readers.paragraph import Paragraph
from index.readers.piece import Piece, close_up
from index.readers.rules import ruled
from index.readers.stream import is_bomb

BLANK = 0.17  # heights of the text between two characters that are in different words
JUMP = 0.8  # heights of the text between two characters, from which on they are in different pieces
SAMPLE = 300  # characters of a page, to see whether they are known
UNKNOWN = 0.3  # the share of a page's characters without a Unicode value from which on it is unreadable
SMALL, RAISED = 0.85, 0.1  # of the height of the characters before: so high, and so far up, are raised ones
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
POWER = re.compile(r"(?:^|[^\w.,])(?:[a-zA-Z]|[kcdm]m|ft|10)[⁰¹²³⁴⁵⁶⁷⁸⁹⁻−-]*$")  # what is raised to a power
LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "ft", "st"), strict=True))
CHECKS, WORDS = (2, 3), (4, 5, 6)  # pdfium's types of form fields
ASKEW, LARGE = 0.3, 2.0  # the sine of twice the angle of a watermark, and times the height of the text, at least
FIELD = 40.0  # points: what stands in a higher field begins at its top


def pdf(path: Path) -> Document:
    """The text of all pages. Pages that can't be read are ``lost``; pages that are pictures are read by OCR, where
    tesseract is installed.

    Raises UnreadableFile where no page holds text.
    """
    with needs("pypdfium2"):
        import pypdfium2
    if is_bomb(path.read_bytes()):
        raise UnreadableFile("holds a part that unpacks to more than there is memory for")
    with damage("PDF"):
        try:
            file = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise UnreadableFile("is encrypted: save it without a password") from error
            raise
        try:
            file.init_forms()
            pages = [_page(file, number) for number in range(len(file))]
            named, created = (file.get_metadata_value(name) for name in ("Title", "CreationDate"))
        finally:
            file.close()
    drop_running(pages)
    heading = largest(pages)
    text, offsets = joined(pages)
    lost = faults(pages)
    if not text.strip():
        raise UnreadableFile(lost[0] if lost else "holds no text")
    date = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", created or "")
    day = iso("-".join(date.groups())) if date else None
    return Document(text, title(named, heading), day, offsets, tuple(page.label for page in pages), tuple(lost))


def _page(file: Any, number: int) -> Page:
    counted = printed = str(number + 1)
    with suppress(Exception):
        printed = file.get_page_label(number) or counted
    page = Page(f"page {printed}" + f", sheet {counted}" * (printed != counted), number + 1)
    try:
        sheet = file[number]
        pieces, fault = _pieces(file, sheet)
        words = ocr.page(sheet) if fault == "no text" else []
    except Exception:  # whatever a damaged page makes pdfium raise, the others can be read
        page.fault = "damaged"
        return page
    if words:
        page.label += ", by OCR"
        page.paragraphs = [
            Paragraph(block.split("\n"), 1.0, left=0.0, bottom=0.0, right=1.0, top=1.0) for block in words
        ]
    elif fault:
        page.fault = fault
    else:
        upright = not any(piece.angle for piece in pieces)
        _, low, _, high = sheet.get_cropbox() if upright else (0, 0, 0, 0)
        page.top = high if upright else max(piece.top for piece in pieces)
        page.bottom = low if upright else min(piece.bottom for piece in pieces)
        rules = ruled(sheet, mode(piece.angle for piece in pieces))
        if upright and right_to_left.is_right_to_left("".join(piece.text for piece in pieces)):
            words = sheet.get_textpage()
            letters = _written(words, unseen(sheet, words), together=False)
            page.paragraphs = right_to_left.paragraphs(letters, list(_values(file, sheet)), rules)
        else:
            page.paragraphs = paragraphs(pieces, rules)
    return page


def _pieces(file: Any, sheet: Any) -> tuple[list[Piece], str]:
    """The pieces of text on a page, turned upright, and its fault ("" for none)."""
    import pypdfium2.raw as raw

    words = sheet.get_textpage()
    count = words.count_chars()
    sample = range(0, count, 1 + count // SAMPLE)
    if sum(raw.FPDFText_HasUnicodeMapError(words, place) == 1 for place in sample) > UNKNOWN * max(len(sample), 1):
        return [], "no text" if _is_embedded(sheet) else "no map"
    shown = [*_written(words, unseen(sheet, words)), *_values(file, sheet)]
    found = [piece for piece in shown if NO_TEXT.sub("", piece.text)]
    found = _without_watermark(found)
    found = initial.joined(_on_sheet(found, sheet.get_cropbox()) or found)
    if not found:
        return [], "no text" if raw.FPDFPage_CountObjects(sheet) else "blank"
    return found, ""


def _on_sheet(pieces: list[Piece], box: tuple[float, float, float, float]) -> list[Piece]:
    """Without what is written beyond the edges of the page, where nobody sees it."""
    left, low, right, high = box
    return [p for p in pieces if p.angle or (p.right > left and p.left < right and p.top > low and p.bottom < high)]


def _without_watermark(pieces: list[Piece]) -> list[Piece]:
    """Without what stands askew in large letters behind others: "DRAFT"."""
    usual = median(piece.height for piece in pieces) if pieces else 0.0
    kept = [p for p in pieces if abs(math.sin(2 * p.angle)) < ASKEW or p.height < LARGE * usual]
    return kept or pieces


def _is_embedded(sheet: Any) -> bool:
    """Whether the page brings the fonts that it is written in, so that a picture of it shows the right letters."""
    import pypdfium2.raw as raw

    fonts = [raw.FPDFTextObj_GetFont(part) for part in sheet.get_objects((raw.FPDF_PAGEOBJ_TEXT,))]
    return bool(fonts) and all(font and raw.FPDFFont_GetIsEmbedded(font) == 1 for font in fonts)


def _written(words: Any, unseen: frozenset[int], together: bool = True) -> list[Piece]:
    """The characters of a page but the ``unseen``, those ``together`` that follow each other closely on a line, or
    each on its own."""
    import pypdfium2.raw as raw

    handle, unicode, corners = words.raw, raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    found: list[Piece] = []
    box = raw.FS_RECTF()
    pointer = ctypes.byref(box)
    current: Piece | None = None
    angle, blank, typed, beginning, height, gap = 0.0, False, False, 0.0, 1.0, 0.0
    base, tall, floor = 0.0, 1.0, 0.0  # of the piece: its baseline; of its first character: how high it is, and where
    for place in range(words.count_chars()):
        code = unicode(handle, place) if place not in unseen else 10
        if code in (10, 13):
            current, blank = None, False
            continue
        sign = chr(code) if code < 0xD800 else _sign(raw, words, place, code)
        if code == 32 or not sign or sign.isspace() or sign == "\0":
            typed = code == 32 and raw.FPDFText_IsGenerated(words, place) != 1  # not guessed by pdfium from a gap
            blank = True
            continue
        if not corners(handle, place, pointer):
            continue
        if current is None or place % 16 == 0:
            turned = raw.FPDFText_GetCharAngle(words, place)
            if abs(turned - angle) > 0.02:
                current, angle = None, turned
        left, bottom, right, top = _upright(box, angle) if angle else (box.left, box.bottom, box.right, box.top)
        middle = (top + bottom) / 2
        if not together:
            current = None
        if current is not None:
            gap = left - current.right
            same = abs(middle - beginning) < 0.6 * height and top - bottom < 2.5 * height
            if not same or gap > JUMP * height or right < current.left - height:
                current = None
        if current is None:
            base, height = _baseline(raw, words, place, angle, (bottom, top))
            current = Piece(sign, left, base - 0.2 * height, right, base + 0.8 * height, angle)
            height, beginning = current.height, middle
            tall, floor = top - bottom, bottom
            found.append(current)
        else:
            if blank or gap > BLANK * height:
                current.loose += not typed
                current.text += " "
                current.words.append((len(current.text), left, gap))
            small = top - bottom < SMALL * tall and bottom > floor + RAISED * tall
            if small and "0" <= sign <= "9" and _stands_up(raw, words, place, angle, base + RAISED * height):
                sign = _raised(sign, current.text)
            current.text += sign
            if left < current.left:
                current.left = left
            if right > current.right:
                current.right = right
        blank = typed = False
    for piece in found:
        close_up(piece)
    return found


def _stands_up(raw: Any, words: Any, place: int, angle: float, least: float) -> bool:
    """Whether a character begins above the line: its box says so of small ones, too, where boxes fit their letters."""
    base, _ = _baseline(raw, words, place, angle, (least, least))
    return base >= least


def _raised(digit: str, before: str) -> str:
    """A raised digit as it is read: that of a unit or a power stays one, the number of a note is none of the text."""
    return digit.translate(SUPERSCRIPTS) if POWER.search(before) else ""


def _baseline(raw: Any, words: Any, place: int, angle: float, edges: tuple[float, float]) -> tuple[float, float]:
    """The height at which the line of a character is, upright, and the size of its font, in points."""
    across, up = ctypes.c_double(), ctypes.c_double()
    turned = raw.FS_MATRIX()
    size = raw.FPDFText_GetFontSize(words, place)
    if raw.FPDFText_GetMatrix(words, place, ctypes.byref(turned)):
        size *= math.hypot(turned.c, turned.d)
    if not raw.FPDFText_GetCharOrigin(words, place, ctypes.byref(across), ctypes.byref(up)) or not 1 < size < 1000:
        return edges[0], max(edges[1] - edges[0], 1.0)
    return up.value * math.cos(angle) - across.value * -math.sin(angle), size


def _sign(raw: Any, words: Any, place: int, code: int) -> str:
    """The letters of a ligature, or a character beyond the first 65,536, which pdfium gives in two halves."""
    if 0xD800 <= code < 0xE000:
        low = raw.FPDFText_GetUnicode(words, place + 1) if code < 0xDC00 else 0
        return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)) if 0xDC00 <= low < 0xE000 else ""
    sign = chr(code) if code < 0x110000 else ""
    return LIGATURES.get(sign, sign)


def _upright(box: Any, angle: float) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a character, on a page that is turned so that it stands upright."""
    cosine, sine = math.cos(angle), -math.sin(angle)
    points = [(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
    corners = [(x * cosine + y * sine, -x * sine + y * cosine) for x, y in points]
    across, up = zip(*corners, strict=True)
    return min(across), min(up), max(across), max(up)


def _values(file: Any, sheet: Any) -> Iterator[Piece]:
    """What is filled into the fields of a form, where the fields are, and what is typed onto the page."""
    import pypdfium2.raw as raw

    for place in range(raw.FPDFPage_GetAnnotCount(sheet)):
        note = raw.FPDFPage_GetAnnot(sheet, place)
        if not note:
            continue
        try:
            words = " ".join(_value(file, note).split())
            box = raw.FS_RECTF()
            if words and raw.FPDFAnnot_GetRect(note, ctypes.byref(box)):
                top, bottom = max(box.top, box.bottom), min(box.top, box.bottom)
                middle = (top + bottom) / 2 if top - bottom < FIELD else top - FIELD / 4
                half = min(top - bottom, FIELD / 3) / 2
                yield Piece(words, min(box.left, box.right), middle - half, max(box.left, box.right), middle + half)
        finally:
            raw.FPDFPage_CloseAnnot(note)


def _value(file: Any, note: Any) -> str:
    import pypdfium2.raw as raw

    kind = raw.FPDFAnnot_GetSubtype(note)
    if kind == raw.FPDF_ANNOT_FREETEXT:
        return _string(raw.FPDFAnnot_GetStringValue, note, b"Contents")
    if kind == raw.FPDF_ANNOT_WIDGET and file.formenv:
        field = raw.FPDFAnnot_GetFormFieldType(file.formenv, note)
        if field in CHECKS:
            return "☒" if raw.FPDFAnnot_IsChecked(file.formenv, note) else "☐"
        if field in WORDS:
            return _string(raw.FPDFAnnot_GetFormFieldValue, file.formenv, note)
    return ""


def _string(function: Any, *arguments: Any) -> str:
    """A text that pdfium writes as UTF-16 into memory whose size it says first."""
    import pypdfium2.raw as raw

    size = function(*arguments, None, 0)
    if not 2 < size < 2**20:
        return ""
    memory = ctypes.create_string_buffer(size)
    function(*arguments, ctypes.cast(memory, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return memory.raw[: size - 2].decode("utf-16-le", "replace")
