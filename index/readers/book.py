"""Books (.epub): the chapters in the order in which they are read."""

import posixpath
from pathlib import Path
from urllib.parse import unquote

from index.document import Document, UnreadableFile, damage, iso, needs, parts, title
from index.readers.encoding import decode_page
from index.readers.html import render
from index.readers.package import Package, attribute, local


def book(path: Path) -> Document:
    """A page for each chapter, called by its heading."""
    with needs("lxml"):
        import lxml.html
    with damage("EPUB"), Package(path) as package:
        container = package.xml("META-INF/container.xml")
        listed = [attribute(e, "full-path") for e in container.iter()] if container is not None else []
        main = next(filter(None, listed), None) or next((name for name in package.names if name.endswith(".opf")), None)
        root = package.xml(main)
        if root is None or main is None:
            raise UnreadableFile("is no valid EPUB file (it has no list of chapters)")
        items = {e.get("id"): e.get("href") or "" for e in root.iter() if local(e) == "item"}
        about = {local(e): e.text for e in reversed(list(root.iter())) if local(e) in ("title", "date")}
        chapters: list[tuple[str, str]] = []
        lost: list[str] = []
        files = [unquote(items.get(e.get("idref"), "")) for e in root.iter() if local(e) == "itemref"]
        names = (posixpath.normpath(posixpath.join(posixpath.dirname(main), file)) for file in files)
        for name in dict.fromkeys(names):  # each once, however often it is named
            try:
                tree = lxml.html.document_fromstring(decode_page(package.bytes(name)).encode(), parser=_parser())
                named = [*tree.iter("h1", "h2"), *tree.iter("title")]  # the latter is often the book's
                headings = [" ".join(h.text_content().split()) for h in named]
                label = title(*headings) or f"{len(chapters) + 1}"
                chapters.append((f"chapter {label[:80]}", render(tree)))
            except UnreadableFile:
                continue  # a cover, or a table of contents
            except Exception:
                lost.append(f"chapter {posixpath.basename(name)} can't be read")
    text, pages, labels = parts(chapters)
    return Document(text, title(about.get("title")), iso(about.get("date")), pages, labels, tuple(lost))


def _parser() -> object:
    import lxml.html

    return lxml.html.HTMLParser(encoding="utf-8")
