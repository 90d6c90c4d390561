"""Citations: the exact characters of an article that prove a statement."""

from dataclasses import InitVar, asdict, dataclass
from typing import Any

from index.article import Article
from index.errors import FootnoteError


class InvalidCitationError(FootnoteError):
    """A quote that does not stand where its citation says."""


@dataclass(frozen=True)
class Citation:
    """A span of an article: ``article.text[start:end] == quote``.

    ``start`` and ``end`` are Python str offsets, ``page`` is the number of the page that it starts on, ``place`` what
    that page, sheet, slide, chapter or message is called ("page 7, sheet 9, by OCR"). ``text`` is the article's text:
    the citation is held against it when it is made, so that one that does not hold can't be constructed (it raises
    InvalidCitationError).
    """

    article: str
    title: str
    source: str
    start: int
    end: int
    quote: str
    text: InitVar[str]
    page: int | None = None
    place: str | None = None

    def __post_init__(self, text: str) -> None:
        if not (0 <= self.start < self.end <= len(text) and text[self.start : self.end] == self.quote):
            raise InvalidCitationError(f"{self.source}:{self.start}-{self.end} does not read “{self.quote}”.")

    @classmethod
    def of(cls, article: Article, start: int, end: int) -> "Citation":
        """The citation of ``article.text[start:end]``."""
        quote = article.text[start:end]
        page, place = article.page(start), article.place(start)
        return cls(article.id, article.title, article.source, start, end, quote, article.text, page, place)

    @classmethod
    def from_json(cls, record: dict[str, Any], text: str) -> "Citation":
        """The citation that ``as_json`` wrote, held against ``text``; raises InvalidCitationError."""
        return cls(**record, text=text)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
