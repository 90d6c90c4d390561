"""Questions about the collection itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from indexer import CheapEmbedder

from index.library import Library
from rag.collection import about, answer

ARTICLES = {
    "letter-1.md": "# A letter about the weir\n\nThe weir leaks.",
    "letter-2.md": "---\ndate: 2020-05-05\n---\n# A second letter about the weir\n\nThe weir still leaks.",
    "dam.md": "---\ndate: 2024-03-05\n---\n# The dam\n\nThe dam of Oss was built in 1911. Ada Thorne drew it.",
    "mill.md": "---\ndate: 2021-01-02\n---\n# The mill\n\nThe mill of Brindle is on the Lem.\n\nAda Thorne had it.",
    "pier.txt": "The pier\n\nChildren may swim behind the pier.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Library.open(tmp_path_factory.mktemp("library"), CheapEmbedder()) as library:
        library.sync([folder])
        yield library


@pytest.mark.parametrize(
    ("question", "says", "quotes"),
    [
        ("How many articles are there?", "The library holds 5 articles: ", 5),
        ("How many documents do you have?", "The library holds 5 articles: ", 5),
        ("Which articles mention Ada Thorne?", "2 articles mention Ada Thorne: The dam; The mill.", 2),
        ("How many articles talk about the Lem?", "1 article mentions the Lem: The mill.", 1),
        ("Which article is about “swim”?", "1 article mentions swim: ", 1),
        ("Which is the newest article?", "The newest article with a date is “The dam” of 2024-03-05.", 1),
        ("What is the oldest document?", "The oldest article with a date is “A second letter about", 1),
        ("In which texts is Ada Thorne named?", "2 articles mention Ada Thorne: The dam; The mill.", 2),
        ("what documents deal with the Lem", "1 article mentions the Lem: The mill.", 1),
        ("How many letters do you have?", "The library holds 2 articles: A letter", 2),
        ("What's the latest letter about the weir?", "The newest article with a date is “A second letter about", 1),
    ],
)
def test_the_library_answers_for_itself_with_citations(library: Library, question: str, says: str, quotes: int) -> None:
    (statement,) = answer(library, question)
    assert statement.text.startswith(says) and len(statement.citations) == quotes
    for citation in statement.citations:
        assert library.article(citation.article).text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", ["Which articles mention Ada Thorne?", "How many articles talk about the Lem?"])
def test_the_sentence_that_mentions_a_name_is_cited(library: Library, question: str) -> None:
    name = "Ada Thorne" if "Ada" in question else "the Lem"
    assert all(name in citation.quote for s in answer(library, question) for citation in s.citations)


@pytest.mark.parametrize(
    "question",
    [
        "How many articles of the treaty are there to sign?",
        "Which articles mention Zed?",
        "Which articles mention Thor?",  # part of a word
        "How many ships are there?",
        "What is the newest bridge?",
        "Who wrote the newest article?",
        "What is the newest weir?",
        "Which articles are in the mill?",
        "What's the latest letter about the tower?",
    ],
)
def test_any_other_question_is_left_to_the_articles(library: Library, question: str) -> None:
    assert answer(library, question) == ()


def test_an_empty_library_says_nothing_of_itself(tmp_path: Path) -> None:
    with Library.open(tmp_path, CheapEmbedder()) as library:
        assert answer(library, "How many articles are there?") == ()
        assert answer(library, "Which is the newest article?") == ()


def test_what_is_summed_up_of_a_topic_stands_in_the_articles(library: Library) -> None:
    hits = library.search("the dam of Oss")
    assert any("dam of Oss" in e.text for e in about(library, "the dam of Oss", hits, 9))
    assert about(library, "the tax report of 2031", library.search("the tax report of 2031"), 9) == []


def test_what_only_stands_under_a_fitting_title_is_left_out_of_a_topic(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text(
        "# The bell-ringers in 2018\n\nThe tenor bell was recast.\n\nAt the end of 2018 there were 51 members.\n\n"
        "In June the tenor bell came back.\n\nThe outing went to Quarle Abbey.",
        encoding="utf-8",
    )
    with Library.open(tmp_path / "library", CheapEmbedder()) as library:
        library.sync([tmp_path / "report.md"])
        told = about(library, "the tenor bell", library.search("the tenor bell"), 9)
    said = " ".join(e.text for e in told)
    assert "recast" in said and "came back" in said and "51 members" not in said and "outing" not in said


def test_a_name_that_the_articles_hold_is_topic_enough(library: Library) -> None:
    topic = "the life and work of Ada Thorne"
    assert any("Ada Thorne" in e.text for e in about(library, topic, library.search(topic), 9))
    topic = "the life and work of Nora Vance"
    assert about(library, topic, library.search(topic), 9) == []


def test_an_article_whose_title_is_the_topic_is_summarised_from_its_beginning(library: Library) -> None:
    first, *_ = about(library, "the mill", library.search("the mill"), 9)
    assert first.text == "The mill of Brindle is on the Lem."


def test_a_report_of_one_year_is_no_report_of_another_that_it_mentions(tmp_path: Path) -> None:
    for year in 2020, 2021:
        text = f"# Yearly report of the Oss rowers for {year}\n\nIt had 40 members in {year}. In {year + 1} it rows."
        (tmp_path / f"{year}.md").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "library", CheapEmbedder()) as library:
        library.sync([tmp_path])
        for year, told in ((2021, True), (2022, False)):
            topic = f"yearly report of the Oss rowers for {year}"
            assert bool(about(library, topic, library.search(topic), 9)) is told
