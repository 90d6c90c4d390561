"""Kinds: which ending a file should have, by what it begins with: people and programs give files wrong names."""

import re
import zipfile
from contextlib import suppress
from pathlib import Path

HEAD = 2048  # bytes that say it
SIGNS = {b"%PDF-": ".pdf", b"{\\rtf": ".rtf"}
PACKAGES = {  # how the name of a part begins that only one kind has
    "word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx", "content.xml": ".odt", "META-INF/container.xml": ".epub",
}  # fmt: skip
PAGES = {".html", ".htm", ".xhtml"}
UNREADABLE = {  # to people who look at the bytes; in files of other kinds, the source of a page may be what is meant
    ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".odt", ".ods", ".odp", ".epub", ".pdf", ".rtf", ".mhtml",
    ".mht",
}  # fmt: skip
PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|table)\b",
    re.IGNORECASE | re.DOTALL,
)
SAVED = re.compile(rb"\A[!-9;-~]+:.*^content-type:\s*multipart/related", re.IGNORECASE | re.DOTALL | re.MULTILINE)


def kind(path: Path) -> str:
    """The ending of the file's name, or the one that it should have, where its content leaves no doubt."""
    own = path.suffix.lower()
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if told := next((ending for sign, ending in SIGNS.items() if head.startswith(sign)), None):
        return told
    if head.startswith(b"PK\x03\x04"):
        return _packed(path) or own
    if own in UNREADABLE | PAGES and SAVED.match(head):
        return ".mhtml"
    return ".html" if own in UNREADABLE and PAGE.match(head) else own


def _packed(path: Path) -> str | None:
    """The kind of package that a zip archive is; None where it is none, or damaged."""
    with suppress(zipfile.BadZipFile, EOFError, NotImplementedError, ValueError), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        found = [ending for start, ending in PACKAGES.items() if any(name.startswith(start) for name in names)]
        return found[0] if len(found) == 1 else None
    return None
