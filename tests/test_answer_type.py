"""The expected answer type: what an answer must hold, told from how the question asks."""

import pytest

from rag.answer_type import expected


@pytest.mark.parametrize(
    ("question", "fits", "misfits"),
    [
        ("How many ships sank?", "fourteen", "the harbour"),
        ("And how much did it cost?", "£312,000", "the Northern Beacons Board"),
        ("When was it built?", "in the 9th century", "Mara Quill"),
        ("Until when?", "2030", "revenue-sharing arrangements"),
        ("In what year did it open?", "1962", "the mill"),
        ("How often does the tram run?", "every eight minutes", "to the lake"),
        ("Which two towns signed it?", "Oss and Brindle", "Oss"),
        ("Which two people founded it?", "Ada Thorne, Mara Quill", "Ada Thorne, a retired pilot"),
        ("Name the three founders.", "Ada Thorne, Mara Quill and her son", "Ada Thorne"),
        ("Does a bout begin with chess or with boxing?", "chess, always", "a bell"),
        ("Is it open on Monday, or on Tuesday?", "Tuesday", "noon"),
    ],
)
def test_a_number_a_time_a_list_or_one_of_two_is_expected(question: str, fits: str, misfits: str) -> None:
    wanted = expected(question)
    assert wanted
    assert wanted.search(fits)
    assert not wanted.search(misfits)


@pytest.mark.parametrize(
    "question", ["Who built it?", "How does it work?", "When it rains, who pays?", "Why?", "What two-year-old won?"]
)
def test_other_questions_expect_nothing_certain(question: str) -> None:
    assert expected(question) is None
