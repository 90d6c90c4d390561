"""Compare libraries on the PDFs in tests/data/pdf, whose text is known: ``python tests/pdf_libraries.py``.

For each: the share of words in the right order, of sentences whole within one paragraph, of the table's rows on lines
of their own, and seconds of processor. Needs pypdf, pdfminer.six and pdfplumber; one that is missing is passed over.
"""

import difflib
import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from pdf_makers import HEADING, HERE, LAST, PARAGRAPHS, ROWS, TITLE

Text = Callable[[Path], str]


def footnote(path: Path) -> str:
    from index.article import read

    return read(path).text


def pypdf(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def pypdfium2(path: Path) -> str:
    from pypdfium2 import PdfDocument

    return "\n".join(page.get_textpage().get_text_bounded() for page in PdfDocument(path))


def pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text

    return extract_text(path)


def pdfplumber(path: Path) -> str:
    import pdfplumber

    with pdfplumber.open(path) as file:
        return "\n".join(page.extract_text() for page in file.pages)


def words(text: str) -> float:
    gold = " ".join([TITLE, *PARAGRAPHS, HEADING, *(cell for row in ROWS for cell in row), LAST]).split()
    matcher = difflib.SequenceMatcher(None, gold, text.split(), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(gold)


def sentences(text: str) -> float:
    """Those that a reader of lines finds whole: a line break within a paragraph is a blank."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    wanted = [sentence for part in PARAGRAPHS for sentence in re.split(r"(?<=\.) ", part)]
    return mean(any(sentence in part for part in paragraphs) for sentence in wanted)


def rows(text: str) -> float:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return mean(" ".join(row) in lines for row in ROWS)


def main() -> None:
    """Print a row of Markdown for each library."""
    files = sorted(path for path in HERE.glob("*.pdf") if path.stem != "scan")
    print(f"{len(files)} files\n\n| | words | sentences | rows | seconds |\n|---|---|---|---|---|")
    for library in (footnote, pypdf, pypdfium2, pdfminer, pdfplumber):
        try:
            library(files[0])
        except ImportError as error:
            print(f"{library.__name__} is passed over: {error}")
            continue
        began = time.process_time()
        texts = [library(path) for path in files]
        seconds = time.process_time() - began
        shares = " | ".join(f"{mean(map(score, texts)):.3f}" for score in (words, sentences, rows))
        print(f"| {library.__name__} | {shares} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
