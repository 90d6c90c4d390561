"""Measure the reading of files: ``python -m index.reading_speed PATH…``.

For each kind: how many files, pages and characters were read, and how many pages a second of one processor. A page is
one that the file has, a sheet, a slide, a chapter or a message, else 2,000 characters. Each file is read REPEATS times
and its fastest reading counts, so that the loading of libraries does not; nor does what others do on the machine, nor
what tesseract does.
"""

import argparse
import time
from collections import defaultdict
from pathlib import Path

from index.article import Article, UnreadableFile, read
from index.folder import scan

PAGE = 2000  # characters
REPEATS = 3


def measure(paths: list[Path]) -> None:
    """Print a line for each kind of file in ``paths``."""
    figures: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    refused = 0
    for path in scan(paths).files:
        try:
            seconds, article = min((_timed(path) for _ in range(REPEATS)), key=lambda timed: timed[0])
        except UnreadableFile:
            refused += 1
            continue
        pages = len(article.pages) or max(1.0, len(article.text) / PAGE)
        for place, figure in enumerate((1, pages, len(article.text), seconds)):
            figures[path.suffix.lower()][place] += figure
    print(f"{'kind':10}{'files':>8}{'pages':>8}{'characters':>13}{'pages/s':>10}")
    for kind, (files, pages, characters, seconds) in sorted(figures.items()):
        print(f"{kind:10}{files:8.0f}{pages:8.0f}{characters:13.0f}{pages / seconds:10.0f}")
    print(f"{refused} files refused")


def _timed(path: Path) -> tuple[float, Article]:
    began = time.process_time()
    article = read(path)
    return time.process_time() - began, article


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m index.reading_speed", description=measure.__doc__)
    parser.add_argument("paths", type=Path, nargs="+", help="files, or folders with all that is below")
    measure(parser.parse_args().paths)
