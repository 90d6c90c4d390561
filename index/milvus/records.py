"""Records: the rows beside the passages, and which of them count.

A row counts from the generation in which it was ``born`` until the one in which it is ``gone``. The state's
generation is the library's: writing that one row publishes all that was prepared for it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.errors import FootnoteError
from index.language import ENGLISH
from index.milvus.client import FOREVER, LONGEST, Client, Row, literal

VERSION = 1
PART = 16_000  # characters of a text in a row, of four bytes at most
ROW = ("kind", "article", "name", "title", "born", "gone", "data")


@dataclass(frozen=True)
class State:
    """What the library is: the generation that counts, how many passages it holds, and what made it."""

    version: int = VERSION
    generation: int = 0
    passages: int = 0
    embedder: str = ""
    dimensions: int = 0
    agreement: float = 0.0
    languages: Sequence[str] = (ENGLISH,)  # of all articles that it has held

    @classmethod
    def of(cls, client: Client) -> "State":
        """As it is kept; raises FootnoteError for a library of another version."""
        rows = client.get(client.records, ["maker", "state"], "data")
        found = cls(**{name: value for row in rows for name, value in json.loads(row["data"]).items()})
        if found.version != VERSION:
            raise FootnoteError(
                f"{client.address.text} is a library of version {found.version}, this is version {VERSION}: "
                "index the articles again under another name."
            )
        return found

    def keep(self, client: Client) -> None:
        """Let everybody see this generation; what made the library has a row of its own, written once."""
        names = ("version", "generation", "passages", "languages")
        data = json.dumps({name: value for name, value in asdict(self).items() if name in names})
        client.write(client.records, [record("state", "state", data=data)])

    def now(self, kind: str) -> str:
        """The condition on records of this kind that count."""
        return f'kind == "{kind}" and born <= {self.generation} and gone > {self.generation}'


def record(kind: str, id: str, **values: str | int) -> Row:
    """A row that counts always, but for what ``values`` say."""
    blank: Row = {"article": "", "name": "", "title": "", "born": 0, "gone": FOREVER, "data": ""}
    return {"id": id, "kind": kind, **blank, **values, "unused": [1.0, 0.0]}


def changed(row: Row, **values: str | int) -> Row:
    """A row that was read, with other ``values``."""
    return {**{name: row[name] for name in ("id", *ROW)}, **values, "unused": [1.0, 0.0]}


def title_key(title: str) -> str:
    """``title`` as articles are looked up by it."""
    return shortened(title.lower())


def shortened(text: str) -> str:
    """``text``, or as much of it as Milvus takes."""
    return text.encode()[:LONGEST].decode(errors="ignore")


def language(data: dict[str, Any]) -> str:
    """What is kept of an article's language; those that were indexed before it was told are read as English."""
    return str(data.get("language", ENGLISH))


def digest(text: str) -> str:
    """What names ``text`` in an id: hex of its sha256."""
    return hashlib.sha256(text.encode()).hexdigest()


def parts(kind: str, article: str, text: str) -> Iterator[Row]:
    """A text as rows, however long it is."""
    for number, start in enumerate(range(0, len(text), PART)):
        id = part(kind, article, number)
        yield record(kind, id, article=article, data=text[start : start + PART])


def part(kind: str, article: str, number: int) -> str:
    """The id of such a row; ids are in the order of the text."""
    return f"{kind}:{article}:{number:07d}"


def whole(client: Client, kind: str, articles: Iterable[str]) -> dict[str, str]:
    """The texts of that kind that were put into rows, by ``article``; "" where there is none."""
    texts: dict[str, list[str]] = {article: [] for article in articles}
    for condition in any_of("article", texts):
        for row in client.each(client.records, f'kind == "{kind}" and {condition}', "article", "data"):
            texts[row["article"]].append(row["data"])
    return {article: "".join(found) for article, found in texts.items()}


def any_of(field: str, values: Iterable[str], most: int = 200) -> Iterator[str]:
    """Conditions that together say that ``field`` is one of ``values``."""
    ordered = list(dict.fromkeys(values))
    for first in range(0, len(ordered), most):
        yield f"{field} in {literal(ordered[first : first + most])}"
