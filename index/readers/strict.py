"""Strict Open XML: office files with the names of elements that few programs know, in the names that all know."""

import re
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO

from index.readers.package import Package

STRICT = b"http://purl.oclc.org/ooxml/"
NAME = re.compile(re.escape(STRICT) + rb"(\w+)/(\w+)")
USUAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"


def usual(path: Path, package: Package) -> Path | IO[bytes]:
    """The file at ``path``, of which ``package`` has the parts, or what it would be if it were not strict."""
    with suppress(KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError):  # some readers need no relations
        if STRICT in package.bytes("_rels/.rels"):
            return package.rewritten(lambda _, part: NAME.sub(USUAL, part))
    return path
