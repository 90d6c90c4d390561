"""Character recognition (OCR) of pages that are pictures, by tesseract, where the system has it.

``FOOTNOTE_OCR=0`` switches it off; ``FOOTNOTE_OCR=deu+eng`` says which languages a page is in.
"""

import os
import re
import shutil
import subprocess
from typing import Any

RESOLUTION = 300  # dots an inch
LARGEST = 40_000_000  # dots of a page
TIMEOUT = 120  # seconds a page
ADVICE = "" if shutil.which("tesseract") else " (Footnote does where tesseract is installed)"


def page(sheet: Any) -> list[str]:
    """The paragraphs of a page of a PDF (pypdfium2), each with its lines; none without tesseract, or a word."""
    if not available():
        return []
    width, height = sheet.get_size()
    scale = min(RESOLUTION / 72, (LARGEST / max(width * height, 1)) ** 0.5)
    bitmap = sheet.render(scale=scale, grayscale=True)
    rows = bitmap.to_numpy()
    header = f"P5 {rows.shape[1]} {rows.shape[0]} 255\n".encode()
    return recognized(header + rows[:, :, 0].tobytes() if rows.ndim == 3 else header + rows.tobytes())


def available() -> bool:
    """Whether tesseract is there, and wanted."""
    return os.environ.get("FOOTNOTE_OCR") != "0" and shutil.which("tesseract") is not None


def recognized(picture: bytes) -> list[str]:
    """The paragraphs in a picture, in any format that tesseract reads."""
    languages = os.environ.get("FOOTNOTE_OCR") or "eng"
    command = ["tesseract", "stdin", "stdout", "-l", languages]
    environment = os.environ | {"OMP_THREAD_LIMIT": "2"}
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=TIMEOUT, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return []
    text = done.stdout.decode("utf-8", "replace").replace("\f", "")
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    return [block for block in blocks if re.search(r"\w\w", block)]
