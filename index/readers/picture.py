"""Pictures of text, a scan or a photograph of a page: read by tesseract, where the system has it (`ocr.py`)."""

import warnings
from pathlib import Path

from index.document import Document, UnreadableFile, damage, needs, parts
from index.readers import ocr

MOST = 80_000_000  # dots


def picture(path: Path) -> Document:
    """The words of each page of a picture, turned as its camera says; its places say "by OCR".

    Raises UnreadableFile for one without words or of more than MOST dots, and without tesseract or its data for a
    language.
    """
    if not ocr.available() or ocr.lacking():
        raise UnreadableFile(f"is a picture: run character recognition (OCR) on it{ocr.advice()}")
    with needs("pillow"):
        from PIL import Image, ImageOps, ImageSequence
    pages = []
    with damage("picture"), warnings.catch_warnings(action="ignore"), Image.open(path) as opened:
        for number, frame in enumerate(ImageSequence.Iterator(opened), 1):
            dots = frame.width * frame.height
            if dots > MOST:
                raise UnreadableFile(f"has {frame.width} × {frame.height} dots, and {MOST:,} are the most")
            grey = ImageOps.exif_transpose(frame).convert("L").reduce(2 if dots > ocr.LARGEST else 1)
            header = f"P5 {grey.width} {grey.height} 255\n".encode()
            pages.append((f"page {number}, by OCR", "\n\n".join(ocr.recognized(header + grey.tobytes()))))
    text, offsets, labels = parts(pages)
    if not text:
        raise UnreadableFile("is a picture in which no words were found")
    return Document(text, pages=offsets, labels=labels)
