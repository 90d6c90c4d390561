"""Ranking: what is found, in which order, and whatever the question holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import UsageError
from index.library import Library
from index.search import fuse, order

ARTICLES = Path(__file__).parent / "data" / "articles"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library")) as library:
        library.sync([ARTICLES])
        yield library


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who built the harbour of Brindle?", "Anna Thorsen"),
        ("What did the harbour cost?", "3,400 crowns"),
        ("How high did the river get in 1953?", "7.2 metres"),
        ("What does a scout do when it has found a hollow tree?", "dances"),
        ("How many boats were still catching herring?", "only four boats"),
        ("Who is the dam named after?", "Elin Marsh"),
    ],
)
def test_the_passage_with_the_answer_comes_first(library: Library, question: str, answer: str) -> None:
    assert answer in library.search(question)[0].passage.text


def test_hits_point_into_their_articles_and_are_ranked(library: Library) -> None:
    hits = library.search("When was the dam built?", k=4)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]
    for hit in hits:
        article = library.article(hit.passage.article_id)
        assert article.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert hit.dense_rank is not None


def test_a_passage_without_a_word_of_the_question_has_no_lexical_rank(library: Library) -> None:
    ranks = [hit.lexical_rank for hit in library.search("granite", k=50)]
    assert ranks[0] == 1
    assert set(ranks[1:]) == {None}


@pytest.mark.parametrize(
    "question",
    [
        '"granite"',
        'NEAR(granite wall) AND NOT "storm" OR title:x*',
        'granite" OR 1=1; DROP TABLE articles; --',
        "{granite} : ^wall + -storm",
        "granite\u0301 WALL\0 \U0001f41d _wall_",
        "granite " * 3000,
        " ".join(f"granite{number}" for number in range(3000)) + " granite",
    ],
)
def test_any_text_is_a_question(library: Library, question: str) -> None:
    found = {hit.passage.text: hit.lexical_rank for hit in library.search(question, k=50)}
    assert any("granite" in text and rank for text, rank in found.items())


@pytest.mark.parametrize("question", ["???", "_", "🐝", "the of and"])
def test_a_question_without_words_is_searched_all_the_same(library: Library, question: str) -> None:
    assert library.search(question)


@pytest.mark.parametrize("question", ["", " \n\t"])
def test_an_empty_question_is_refused(library: Library, question: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        library.search(question)


def test_the_same_question_gives_the_same_hits(library: Library) -> None:
    assert library.search("Where are the floods?") == library.search("Where are the floods?")


def test_many_questions_are_searched_as_one_by_one(library: Library) -> None:
    questions = ["Who built the harbour?", "How do bees choose?", "???"]
    together = library.search_all(questions, k=3)
    for question, hits in zip(questions, together, strict=True):
        alone = library.search(question, k=3)
        assert [hit.passage for hit in hits] == [hit.passage for hit in alone]
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in alone], abs=1e-3)


def test_fusion_adds_both_sides_and_breaks_ties_by_id() -> None:
    fused = fuse({1: 0.9, 2: 0.1, 3: 0.5}, {1: 0.0, 2: 0.0, 3: 9.0})
    assert order(fused)[0] == 3
    assert order({3: 1.0, 1: 1.0, 2: 2.0}) == [2, 1, 3]
    assert fuse({7: 0.5}, {7: 0.0}) == {7: 0.0}
