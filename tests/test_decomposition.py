import pytest

from rag.decomposition import chooses, split


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who was the keeper and when was he born?", ["Who was the keeper?", "When was he born?"]),
        ("Who built it? And is it open?", ["Who built it?", "And is it open?"]),
        ("Which towns do Oss and Brindle trade with?", ["Which towns do Oss and Brindle trade with?"]),
    ],
)
def test_questions_that_are_plainly_joined_are_separated(question: str, parts: list[str]) -> None:
    assert split(question) == parts


@pytest.mark.parametrize(
    ("question", "two"),
    [
        ("Which is older, the church or the school?", True),
        ("Was ist älter, die Kirche oder die Schule?", True),
        ("Who built the church of Orlamünde?", False),
        ("How many were killed or injured when the Petrel sank?", False),
    ],
)
def test_a_question_may_ask_which_of_two_it_is(question: str, two: bool) -> None:
    assert chooses(question) is two
