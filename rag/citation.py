"""Citations: the exact characters of an article that prove a statement."""

from dataclasses import InitVar, asdict, dataclass
from typing import Any

from index.article import Article
from index.errors import FootnoteError


class InvalidCitationError(FootnoteError):
    """A quote that does not stand where its citation says."""


@dataclass(frozen=True)
class Citation:
    """A span of an article: ``article.text[start:end] == quote``; one that does not hold can't be constructed.

    Args:
        article: The article's id.
        title: Its title.
        source: Its file.
        start: Where the quote begins, a Python str offset.
        end: Where it ends, not included.
        quote: The words.
        text: The article's text, which the quote is compared with.
        page: The number of the page that it starts on, from 1; None where there are no pages.
        place: What that page, sheet, slide, chapter or message is called ("page 7, sheet 9, by OCR").

    Raises:
        InvalidCitationError: ``text`` reads otherwise there.
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
        """The citation of ``article.text[start:end]``.

        Raises:
            InvalidCitationError: There are no characters.
        """
        quote = article.text[start:end]
        page, place = article.page(start), article.place(start)
        return cls(article.id, article.title, article.source, start, end, quote, article.text, page, place)

    @classmethod
    def from_json(cls, record: dict[str, Any], text: str) -> "Citation":
        """Read a citation that ``as_json`` wrote, and compare it with the article as it is now.

        Args:
            record: The citation as JSON.
            text: The article's text.

        Returns:
            The citation.

        Raises:
            InvalidCitationError: The quote is no longer at its place.
        """
        return cls(**record, text=text)

    def as_json(self) -> dict[str, Any]:
        """Its fields for JSON, without the article's text."""
        return asdict(self)
