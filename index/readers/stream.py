"""Streams of a PDF: whether one unpacks to more than there is memory for. Pdfium has no limit of its own."""

import re
import zlib

LARGEST = 256 * 2**20  # bytes of one stream, unpacked; pdfium takes twice as much
MOST = 1032  # times smaller than what it holds: deflate packs nothing more tightly
PIECE = 2**14  # bytes that are unpacked at a time
STREAM = re.compile(rb"stream\r?\n")
DEFLATED = re.compile(rb"/(?:FlateDecode|Fl)\b")
BACK = 500  # bytes before a stream in which its description stands


def is_bomb(data: bytes) -> bool:
    """Whether a stream of the PDF ``data`` that is no picture, which is not drawn, unpacks to more than LARGEST."""
    for begin in STREAM.finditer(data):
        described = data[max(0, begin.start() - BACK) : begin.start()].rpartition(b" obj")[2]
        times = len(DEFLATED.findall(described))
        if not times or b"/Image" in described or data.startswith(b"end", begin.start() - 3):
            continue
        end = data.find(b"endstream", begin.end())
        packed = memoryview(data)[begin.end() : end if end >= 0 else len(data)]
        if len(packed) * MOST**times > LARGEST and _unpacked(packed, times) > LARGEST:
            return True
    return False


def _unpacked(packed: memoryview | bytes, times: int) -> int:
    """How many bytes ``packed``, deflated so many times, holds; one more than LARGEST stands for all that are more."""
    inflate = zlib.decompressobj()
    kept: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(packed), PIECE):
            piece = inflate.decompress(packed[start : start + PIECE])
            size += len(piece)
            if size > LARGEST:
                break
            if times > 1:
                kept.append(piece)
    except zlib.error:  # encrypted, or damaged
        pass
    return size if size > LARGEST or times < 2 else _unpacked(b"".join(kept), times - 1)
