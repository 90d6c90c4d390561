"""Articles: text files as they are on disk, with a title and an id."""

import hashlib
import os
import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index.errors import FootnoteError, UsageError

SUFFIXES = (".txt", ".md")
DOUBT = 0.05  # of charset-normalizer's chaos and coherence, both from 0 to 1
FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(?P<fence>```|~~~).*?^(?P=fence)|^# +(?P<title>[^\r\n]+)", re.DOTALL | re.MULTILINE)


class UnreadableFile(FootnoteError):
    """A file that holds no text we can be sure of; the others are still indexed."""


@dataclass(frozen=True)
class Article:
    """A text that can be cited.

    ``source`` is the file's path as it was given; ``text`` is the file decoded, its line ends untouched
    and without a byte order mark, so that offsets into it are Python str indices; ``sha256`` is the hex
    digest of ``text`` in UTF-8.
    """

    id: str
    title: str
    source: str
    text: str
    sha256: str

    @property
    def body(self) -> int:
        """The offset at which the front matter (``---`` lines with ``title:`` and the like) is over."""
        matter = FRONT_MATTER.match(self.text)
        return matter.end() if matter else 0


@dataclass(frozen=True)
class Problem:
    """A file that could not be indexed, and why, in one line."""

    path: str
    reason: str


def find(paths: Iterable[str | Path]) -> list[Path]:
    """The ``.txt`` and ``.md`` files in ``paths`` (files, or folders with all that is below), sorted.

    Hidden files and folders are skipped. A file that is named itself is always returned.
    Raises UsageError for a path that does not exist.
    """
    found: set[Path] = set()
    for path in map(Path, paths):
        if path.is_dir():
            found.update(_below(path))
        elif path.exists():
            found.add(path)
        else:
            raise UsageError(f"There is no file or folder {path}: check the path.")
    return sorted(found)


def _below(folder: Path) -> Iterable[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and name.lower().endswith(SUFFIXES):
                yield Path(parent, name)


def read(path: Path) -> Article:
    """The article in the file at ``path``; its id is only unique among file names.

    Raises UnreadableFile when the file can't be opened, is not text, or its encoding is in doubt.
    """
    if not path.name.lower().endswith(SUFFIXES):
        raise UnreadableFile("not a .txt or .md file")
    try:
        text = _decode(path.read_bytes())
    except OSError as error:
        raise UnreadableFile(f"can't be read: {(error.strerror or str(error)).lower()}") from error
    if not text.strip():
        raise UnreadableFile("is empty")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(slug(path.stem), _title(path, text), str(path), text, digest)


def slug(name: str) -> str:
    """``name`` as a readable id: lower-case letters and digits, joined by dashes."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).lower())
    return "-".join(words) or "article"


def _decode(data: bytes) -> str:
    if b"\0" in data and not data.startswith((BOM_UTF16_LE, BOM_UTF16_BE, BOM_UTF32_BE)):
        raise UnreadableFile("is not text: it holds binary data")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _detect(data)


def _detect(data: bytes) -> str:
    """``data`` in the one encoding that makes it words of a language.

    Where several do about as well, Windows-1252 stands for the western ones, as browsers have it
    (https://encoding.spec.whatwg.org/#names-and-labels); otherwise we can't be sure.
    """
    from charset_normalizer import from_bytes

    matches = list(from_bytes(data))
    rivals = [
        match
        for match in matches
        if match.chaos <= matches[0].chaos + DOUBT and match.coherence >= max(matches[0].coherence - DOUBT, DOUBT)
    ]
    western = [match for match in rivals if "cp1252" in match.could_be_from_charset]
    texts = {str(match) for match in western or rivals}
    if matches and matches[0].bom:
        return str(matches[0])
    if len(texts) != 1:
        raise UnreadableFile("is in no encoding that we can be sure of: save it as UTF-8")
    return texts.pop()


def _title(path: Path, text: str) -> str:
    """From the front matter, else a Markdown file's first ``# `` heading, else the file's name."""
    matter = FRONT_MATTER.match(text)
    if matter and (title := _front_title(matter[1])):
        return title
    if path.suffix.lower() == ".md":
        for heading in HEADING.finditer(text, matter.end() if matter else 0):
            if heading["title"]:
                return heading["title"].strip().rstrip("#").rstrip()
    name = re.sub(r"[-_\s]+", " ", path.stem).strip() or path.stem
    return name[0].upper() + name[1:]


def _front_title(matter: str) -> str | None:
    import yaml

    try:
        fields = yaml.safe_load(matter)
    except yaml.YAMLError:
        return None
    title = fields.get("title") if isinstance(fields, dict) else None
    return " ".join(str(title).split()) or None if title is not None else None
