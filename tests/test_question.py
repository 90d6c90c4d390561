import pytest

from index.errors import UsageError
from rag.question import Kind, checked, kind, topic


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who built the harbour?", Kind.SPAN),
        ("How many ships were lost?", Kind.SPAN),
        ("Is it a lake or a river?", Kind.SPAN),
        ("Why did the bridge close?", Kind.EXPLANATION),
        ("How does the lamp work?", Kind.EXPLANATION),
        ("What happens if the dam breaks?", Kind.EXPLANATION),
        ("What does the clause mean?", Kind.EXPLANATION),
        ("What does the treaty do to the mill's monopoly?", Kind.EXPLANATION),
        ("What was the effect of the flood on the harbour?", Kind.EXPLANATION),
        ("What does the miller do on Sundays?", Kind.SPAN),
        ("What is the effect called that bends the light?", Kind.SPAN),
        ("Did the bridge close?", Kind.POLAR),
        ("Isn’t the harbour deep?", Kind.POLAR),
        ("Summarise the article", Kind.SUMMARY),
        ("What are the key takeaways?", Kind.SUMMARY),
        ("Give me a short summary.", Kind.SUMMARY),
        ("What do the articles say about the harbour?", Kind.SUMMARY),
        ("Everything you have on Ada Thorne", Kind.SUMMARY),
        ("Tell me the story of the mill.", Kind.SUMMARY),
        ("Tell me who built the mill.", Kind.EXPLANATION),
        ("Hello!", Kind.SMALL_TALK),
        ("What can you do?", Kind.SMALL_TALK),
        ("Who are you and when was the bridge built?", Kind.SPAN),
        ("Will Smith wrote which book?", Kind.POLAR),
    ],
)
def test_the_form_of_a_question_says_what_it_asks_for(question: str, expected: Kind) -> None:
    assert kind(question) is expected


@pytest.mark.parametrize("question", ["", "   ", "?!", "\n"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        checked(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Summarise the article on the harbour's lamps for me in a few sentences.", "the harbour's lamps"),
        ("Give me a short summary of the report of 2031 in two or three bullet points, please", "report of 2031"),
        ("Summarize the report on fish in Norway", "report on fish in Norway"),
        ("What do you know about the mill and its owner?", "mill and its owner"),
        ("Sum up everything about bees in 50 words", "bees"),
        ("Summarise it briefly, please", "it"),
        ("Summarise the articles in three sentences.", ""),
    ],
)
def test_what_a_summary_is_asked_of(question: str, expected: str) -> None:
    assert topic(question) == expected
