import pytest

from rag.verification import covers, holds, informs

QUOTE = "Key elements are intact through 2030, for $1.5 billion."


@pytest.mark.parametrize(
    "statement", ["2030", "Yes: Key elements are intact through 2030", "$1.5 billion", "key Elements"]
)
def test_what_stands_in_the_quote_holds(statement: str) -> None:
    assert holds(statement, [QUOTE])


@pytest.mark.parametrize("statement", ["2031", "$1.6 billion", "elements are not intact", "Oracle", "", "through 20"])
def test_a_number_name_or_word_that_the_quote_lacks_does_not(statement: str) -> None:
    assert not holds(statement, [QUOTE])


def test_a_statement_may_join_several_quotes() -> None:
    assert holds("ships and boats", ["Ships sank.", "No boats left."])
    assert not holds("ships and boats", ["Ships sank."])


def test_an_answer_that_only_repeats_the_question_tells_nothing() -> None:
    assert not informs("Microsoft’s", "Who wrote Microsoft’s blog post?")
    assert informs("Ada Thorne", "Who wrote Microsoft’s blog post?")
    assert informs("a lake", "Is it a lake or a river?")


def test_names_and_numbers_of_a_question_are_looked_for() -> None:
    text = "Ada Thorne built the mill in 1870."
    assert covers(text, "When did Ada Thorne build the mill?") == 1.0
    assert covers(text, "When did Mara Thorne build the mill?") == 0.5
    assert covers(text, "Who built it in 1871?") == 0.0
    assert covers(text, "Who built the mill?") == 1.0
