"""Character recognition (OCR) of pages that are pictures, by tesseract, where the system has it.

``FOOTNOTE_OCR=0`` switches it off; ``FOOTNOTE_OCR=deu+eng`` says which languages a page is in.
"""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from typing import Any

RESOLUTION = 300  # dots an inch
LARGEST = 40_000_000  # dots of a page
TIMEOUT = 120  # seconds a page


def page(sheet: Any) -> list[str]:
    """The paragraphs of a page of a PDF (pypdfium2), each with its lines; none without a word, or what it takes."""
    if not available() or lacking():
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


def lacking() -> list[str]:
    """The languages for which tesseract has no data."""
    with suppress(OSError, subprocess.TimeoutExpired):
        command = ["tesseract", "--list-langs"]
        listed = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
        there = {*listed.stdout.split(), *listed.stderr.split()}  # older ones list them among the errors
        return [language for language in _languages().split("+") if language not in there]
    return []


def advice() -> str:
    """What would help to have pictures read, in words that go on after "run character recognition (OCR) on it"."""
    if shutil.which("tesseract") is None:
        return " (Footnote does where tesseract is installed)"
    missing = lacking() if available() else []
    package = f"tesseract-ocr-{missing[0].replace('_', '-')}" if missing else ""
    return f" (tesseract has no data for {', '.join(missing)}: install it, in Debian as {package})" if missing else ""


def _languages() -> str:
    return os.environ.get("FOOTNOTE_OCR") or "eng"


def recognized(picture: bytes) -> list[str]:
    """The paragraphs in a picture, in any format that tesseract reads."""
    command = ["tesseract", "stdin", "stdout", "-l", _languages()]
    environment = os.environ | {"OMP_THREAD_LIMIT": "2"}
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=TIMEOUT, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return []
    text = done.stdout.decode("utf-8", "replace").replace("\f", "")
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    return [block for block in blocks if re.search(r"\w\w", block)]
