"""Books (.epub): the chapters in the order in which they are read."""

import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from index.document import Document, UnreadableFile, damage, iso, parts, title
from index.readers.encoding import decode_page
from index.readers.html import parsed, render
from index.readers.package import Package, attribute, child, local

CONTENTS = "application/x-dtbncx+xml"  # of the second version of EPUB


def book(path: Path) -> Document:
    """A page for each chapter, called by its heading."""
    with damage("EPUB"), Package(path) as package:
        container = package.xml("META-INF/container.xml")
        paths = [attribute(e, "full-path") for e in container.iter()] if container is not None else []
        main = next(filter(None, paths), None) or next((name for name in package.names if name.endswith(".opf")), None)
        root = package.xml(main)
        if root is None or main is None:
            raise UnreadableFile("is no valid EPUB file (it has no list of chapters)")
        listed = [e for e in root.iter() if local(e) == "item"]
        items = {e.get("id"): e.get("href") or "" for e in listed}
        contents = _contents(package, main, listed)
        about = {local(e): e.text for e in reversed(list(root.iter())) if local(e) in ("title", "date")}
        chapters: list[tuple[str, str]] = []
        lost: list[str] = []
        files = [items.get(e.get("idref"), "") for e in root.iter() if local(e) == "itemref"]
        locked = _locked(package)
        if any(_beside(main, file) in locked for file in files):
            raise UnreadableFile("is encrypted: it can only be read where it was bought (DRM)")
        for name in dict.fromkeys(_beside(main, file) for file in files):  # each once, however often it is named
            try:
                tree = parsed(decode_page(package.bytes(name)), is_xml=True)
                headings, titles = (map(_said, tree.iter(*names)) for names in (("h1", "h2"), ("title",)))
                label = title(*headings, contents.get(name), *titles) or f"{len(chapters) + 1}"  # the last: the book's
                chapters.append((f"chapter {label[:80]}", render(tree)))
            except UnreadableFile:
                continue  # a cover, or a table of contents
            except Exception:
                lost.append(f"chapter {posixpath.basename(name)} can't be read")
    text, pages, labels = parts(chapters)
    return Document(text, title(about.get("title")), iso(about.get("date")), pages, labels, tuple(lost))


def _locked(package: Package) -> set[str]:
    """The parts that are encrypted; fonts may be in any book."""
    root = package.xml("META-INF/encryption.xml")
    return (
        {unquote(e.get("URI") or "") for e in root.iter() if local(e) == "CipherReference"}
        if root is not None
        else set()
    )


def _beside(name: str, other: str) -> str:
    """The part that ``other``, a way from the part called ``name``, leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(other.partition("#")[0])))


def _contents(package: Package, main: str, items: Iterable[Any]) -> dict[str, str]:
    """What the tables of contents of a book, in both ways that there are, call its chapters, by part."""
    found: dict[str, str] = {}
    for item in items:
        if item.get("media-type") == CONTENTS or "nav" in (item.get("properties") or "").split():
            name = _beside(main, item.get("href") or "")
            root = package.xml(name)
            for entry in root.iter() if root is not None else ():
                target, words = _entry(entry)
                if target and not words.isdigit():  # the number of a page
                    found.setdefault(_beside(name, target), words)
    return found


def _entry(element: Any) -> tuple[str, str]:
    """Where an entry of a table of contents leads to, and what it says."""
    if local(element) == "navPoint":
        content, label = child(element, "content"), child(element, "navLabel")
        target = content.get("src") if content is not None else None
    else:
        target, label = (element.get("href"), element) if local(element) == "a" else (None, None)
    return (target or "", _said(label)) if label is not None else ("", "")


def _said(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
