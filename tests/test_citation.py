import pytest

from index.article import Article
from rag.citation import Citation, InvalidCitationError

ARTICLE = Article("a", "A title", "a.txt", "Ten 🚢 ships. Two sank.", "0")


def test_a_citation_quotes_the_characters_it_points_at() -> None:
    assert Citation.of(ARTICLE, 4, 11).quote == "🚢 ships"


def test_a_citation_names_the_page_of_a_pdf() -> None:
    article = Article("a", "A title", "a.pdf", ARTICLE.text, "0", pages=(0, 13))
    assert [Citation.of(article, start, start + 3).page for start in (4, 13)] == [1, 2]
    assert Citation.of(ARTICLE, 4, 11).page is None


def test_a_citation_names_its_place_as_the_document_does() -> None:
    labels = ("page ii, sheet 1", "page 7, sheet 2")
    article = Article("a", "A title", "a.pdf", ARTICLE.text, "0", pages=(0, 13), labels=labels)
    assert Citation.of(article, 13, 16).place == "page 7, sheet 2"
    assert Citation.of(ARTICLE, 4, 11).place is None


def test_a_citation_that_does_not_hold_cannot_be_made() -> None:
    with pytest.raises(InvalidCitationError):
        Citation("a", "A title", "a.txt", 5, 12, "🚢 ships", ARTICLE.text)


@pytest.mark.parametrize(("start", "end"), [(-3, 2), (4, 4), (9, 4), (14, 99)])
def test_offsets_outside_the_text_are_refused(start: int, end: int) -> None:
    with pytest.raises(InvalidCitationError):
        Citation.of(ARTICLE, start, end)


def test_a_saved_citation_is_held_against_the_text_as_it_is_now() -> None:
    saved = Citation.of(ARTICLE, 13, 22).as_json()
    assert Citation.from_json(saved, ARTICLE.text).quote == "Two sank."
    with pytest.raises(InvalidCitationError):
        Citation.from_json(saved, "One more word. " + ARTICLE.text)
