"""Kinds: which ending a file should have, by what it begins with: people and programs give files wrong names."""

import os
import re
import zipfile
from contextlib import suppress
from pathlib import Path

HEAD = 4096  # bytes that say it
PDF, RTF, ZIP = b"%PDF-", b"{\\rtf", b"PK\x03\x04"
SIGNS = (PDF, RTF)
PARTS = {  # how the name of a part begins that only one kind of package has
    ".docx": "word/", ".xlsx": "xl/", ".pptx": "ppt/", ".odt": "content.xml", ".epub": "META-INF/container.xml",
}  # fmt: skip
UNREADABLE = zipfile.BadZipFile, EOFError, ValueError, RuntimeError  # damaged, or of a later version of zip
PACKED = {  # to people who look at the bytes; in files of other kinds, the source of a page may be what is meant
    ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".odt", ".ods", ".odp", ".epub", ".pdf", ".rtf", ".mhtml",
    ".mht",
}  # fmt: skip
MARKED = PACKED | {".html", ".htm", ".xhtml"}
PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype html|html|head|body|table)\b",
    re.IGNORECASE | re.DOTALL,
)
SAVED = re.compile(rb"\A[!-9;-~]+:.*^content-type:\s*multipart/related", re.IGNORECASE | re.DOTALL | re.MULTILINE)


def kind(path: Path) -> str:
    """The ending of the file's name, or the one that it should have, where its content leaves no doubt."""
    own = path.suffix.lower()
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))  # faster than a stream, for files may be tiny
    try:
        head = os.read(file, HEAD)
    finally:
        os.close(file)
    if head.startswith(SIGNS):
        return ".pdf" if head.startswith(PDF) else ".rtf"
    if head.startswith(ZIP):
        is_sure = own in PARTS and PARTS[own].encode() in head  # most begin with it, and need not be opened twice
        return own if is_sure else _packed(path) or own
    if own in PACKED and PAGE.match(head):
        return ".html"
    return ".mhtml" if own in MARKED and SAVED.match(head) else own


def _packed(path: Path) -> str | None:
    """The kind of package that a zip archive is; None where it is none, or damaged."""
    with suppress(*UNREADABLE), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        found = [ending for ending, part in PARTS.items() if any(name.startswith(part) for name in names)]
        return found[0] if len(found) == 1 else None
    return None
