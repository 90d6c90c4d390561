"""Readers: which one reads a file, by the ending that its name has or should have. Each is a file in `index/readers/`.

The same file always gives the same text; a citation's offsets count in it. All but text, tables of comma-separated
values, JSON and mail need the extra ``documents``.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from index.document import Document, UnreadableFile
from index.kind import kind
from index.readers import ocr

__all__ = ["READERS", "Document", "UnreadableFile", "read_document"]

Reader = Callable[[Path], Document]

KINDS = {  # module and function by endings
    ("text", "plain"): ".txt .text .log",
    ("subtitle", "subtitles"): ".srt .vtt",
    ("restructured", "restructured"): ".rst",
    ("markdown", "markdown"): ".md .markdown .mdx",
    ("html", "html"): ".html .htm .xhtml",
    ("pdf", "pdf"): ".pdf",
    ("word", "word"): ".docx .docm",
    ("table", "table"): ".csv .tsv",
    ("sheet", "workbook"): ".xlsx .xlsm",
    ("slide", "slides"): ".pptx .pptm",
    ("opendocument", "opendocument"): ".odt .ods .odp",
    ("book", "book"): ".epub",
    ("mail", "message"): ".eml",
    ("mail", "mailbox"): ".mbox",
    ("mail", "saved_page"): ".mhtml .mht",
    ("rtf", "rtf"): ".rtf",
    ("records", "records"): ".json",
    ("records", "lines"): ".jsonl .ndjson",
}
PICTURES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"}
if ocr.available():
    KINDS["picture", "picture"] = " ".join(sorted(PICTURES))


def _reader(module: str, function: str) -> Reader:
    """A reader whose module is imported when it is called."""

    def reader(path: Path) -> Document:
        document: Document = getattr(import_module(f"index.readers.{module}"), function)(path)
        return document

    return reader


READERS: dict[str, Reader] = {
    ending: _reader(module, function) for (module, function), endings in KINDS.items() for ending in endings.split()
}


def read_document(path: Path) -> Document:
    """What the reader of ``path`` finds in it.

    Raises UnreadableFile, whatever is wrong with the file: nothing that a file holds ends the reading of others.
    """
    if path.suffix.lower() not in READERS:
        raise UnreadableFile(f"is no file of a kind that is read ({' '.join(READERS)})")
    try:
        return READERS[kind(path)](path)
    except UnreadableFile:
        raise
    except OSError as error:
        raise UnreadableFile(f"can't be read: {(error.strerror or str(error)).lower()}") from error
    except MemoryError as error:
        raise UnreadableFile("can't be read: there is not enough memory for it") from error
    except Exception as error:
        reason = next(iter(str(error).splitlines()), "")[:200] or type(error).__name__
        raise UnreadableFile(f"can't be read ({reason.rstrip('.')})") from error
