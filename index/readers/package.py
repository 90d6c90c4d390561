"""Packages: the zip archives of XML that office documents and books are."""

import posixpath
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from index.document import UnreadableFile, needs

LARGEST = 64 * 2**20  # bytes of one part, unpacked: as XML it takes about ten times as much memory
USUAL = 8 * 2**20  # bytes of one part, up to which it may be packed as tightly as it likes
TIGHT = 100  # times smaller than unpacked: text is never packed as tightly, but what is made to fill the memory is
ALL = 2**30  # bytes of all parts, unpacked; pictures are among them and are never unpacked
Change = Callable[[str, bytes], bytes]  # of a part, by its name

OLD = b"\xd0\xcf\x11\xe0"  # of the files that Office wrote before 2007, and of encrypted ones


class Package:
    """The parts of the file at ``path``, by name, each read when it is asked for.

    Raises UnreadableFile for what is no such file, with what it is instead where that is known.
    """

    def __init__(self, path: Path) -> None:
        with needs("lxml"):
            import lxml.etree as etree
        self._etree = etree
        with path.open("rb") as stream:
            start = stream.read(8)
            whole = stream.read(2**20) if start.startswith(OLD) else b""
        if start.startswith(OLD):
            if "EncryptedPackage".encode("utf-16-le") in whole:
                raise UnreadableFile("is encrypted: save it without a password")
            raise UnreadableFile(
                f"is no {path.suffix} file but one of the kind before 2007 (.doc, .xls, .ppt): open it and save it as "
                f"{path.suffix}"
            )
        self._archive = zipfile.ZipFile(path)
        self.names = set(self._archive.namelist())
        if sum(part.file_size for part in self._archive.infolist()) > ALL:
            raise UnreadableFile("unpacks to more than a gigabyte: it is damaged, or save it in parts")

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def check(self, name: str) -> None:
        """Raise UnreadableFile for a part that takes too much memory."""
        part = self._archive.getinfo(name)
        if part.file_size > LARGEST:
            raise UnreadableFile(f"holds a part of more than {LARGEST // 2**20} MB, unpacked: save it in parts")
        if part.file_size > max(USUAL, TIGHT * part.compress_size):
            raise UnreadableFile(
                f"holds a part that unpacks to {part.file_size // max(part.compress_size, 1)} times its size"
            )

    def bytes(self, name: str) -> bytes:
        """The part called ``name``; raises KeyError where there is none."""
        self.check(name)
        return self._archive.read(name)

    def rewritten(self, change: Change) -> BytesIO:
        """The package with its parts of XML changed, and others empty: nobody reads its pictures."""
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in sorted(self.names):
                is_xml = name.endswith((".xml", ".rels"))
                archive.writestr(name, change(name, self.bytes(name)) if is_xml else b"")
        stream.seek(0)
        return stream

    def xml(self, name: str | None) -> Any | None:
        """The root of a part; None where it is missing or damaged. Entities are not expanded, nothing is fetched."""
        with suppress(KeyError, zipfile.BadZipFile, self._etree.XMLSyntaxError, EOFError, OSError):
            if name is not None:
                parser = self._etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
                return self._etree.fromstring(self.bytes(name), parser)
        return None

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """What the part called ``name`` refers to, by id: the last word of the kind, and the name of the part."""
        folder, file = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for relation in root if root is not None else ():
            if not isinstance(relation.tag, str) or relation.get("TargetMode") == "External":
                continue
            target = unquote(relation.get("Target") or "")
            part = posixpath.normpath(posixpath.join(folder, target) if not target.startswith("/") else target[1:])
            found[relation.get("Id") or ""] = (relation.get("Type", "").rpartition("/")[2], part)
        return found

    def related(self, name: str, kind: str, default: str) -> str | None:
        """The part of that kind that ``name`` refers to, or the one usually called ``default``, where it exists."""
        parts = [part for found, part in self.relations(name).values() if found == kind and part in self.names]
        return parts[0] if parts else default if default in self.names else None

    def properties(self) -> tuple[str | None, str | None]:
        """The title and the time of creation in its metadata."""
        root = self.xml(self.related("", "core-properties", "docProps/core.xml"))
        values = {local(element): element.text for element in root} if root is not None else {}
        return values.get("title"), values.get("created")


def local(element: Any) -> str:
    """The name of an element without its namespace, of which there are several for the same; "" for a comment."""
    tag = element.tag
    return _bare(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=4096)
def _bare(name: str) -> str:
    return name.rpartition("}")[2]


def attribute(element: Any, name: str) -> str | None:
    """The attribute of that name, in whichever namespace."""
    for key, value in element.items():
        if _bare(key) == name:
            return str(value)
    return None


def child(element: Any, *names: str) -> Any | None:
    """The first child called so, then its first child called so, and on; None where there is none."""
    for name in names:
        for found in element if element is not None else ():
            if local(found) == name:
                element = found
                break
        else:
            return None
    return element
