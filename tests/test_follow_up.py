"""Follow-ups: which questions lean on the conversation, and how they are asked then."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from rag.answer import Answer
from rag.conversation import Conversation
from rag.exchange import Exchange
from rag.follow_up import is_follow_up, standalone
from rag.models import writer as packaged_writer
from rag.writer import Writer, rewritten

MILL = [Exchange("Who built the mill of Oss?", "Ida Brandt built it in 1912.")]


class Rewriter:
    """A writer that says ``reply`` whatever it is asked."""

    def __init__(self, reply: str) -> None:
        self.reply = reply

    def standalone(self, question: str, said: Sequence[Exchange]) -> str:
        return self.reply


def writer(reply: str) -> Writer:
    return cast(Writer, Rewriter(reply))


@pytest.mark.parametrize(
    "question",
    [
        "And until when?",
        "Who else?",
        "Why?",
        "When did it end?",
        "How much did they pay?",
        "And where?",
        "Which of them?",
    ],
)
def test_a_question_that_says_too_little_leans(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who founded Brindle?",
        "When was the harbour of Oss closed?",
        "How many large ships were there in the whole expedition?",
        "Who designed the bridge that collapsed during the storm?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert standalone(question, MILL, writer("Who built the mill of Oss?")) == question


def test_an_afterthought_is_not_understood_by_repeating_it() -> None:
    assert standalone("And the school?", MILL, writer("And the school?")).startswith("Who built the mill of Oss?")


def test_a_summary_of_that_is_one_of_what_was_spoken_of() -> None:
    assert standalone("Can you summarise that for me?", MILL, None) == "Can you summarise Oss for me?"


@pytest.mark.parametrize(
    ("question", "made", "asked"),
    [
        ("What about winter?", "How often does the mill of Oss run in winter?", True),
        ("And for children?", "And for children, the mill of Oss costs 9.", False),
    ],
)
def test_an_afterthought_may_lose_its_first_words_and_stays_a_question(question: str, made: str, asked: bool) -> None:
    said = [Exchange("How often does the mill of Oss run in summer?", "It runs daily, and costs 9 for children.")]
    assert (standalone(question, said, writer(made)) == made) is asked


def test_without_a_conversation_nothing_is_rewritten() -> None:
    assert standalone("And until when?", [], writer("x")) == "And until when?"


def test_the_writer_rewrites_from_questions_and_answers() -> None:
    assert standalone("When was she born?", MILL, writer("When was Ida Brandt born?")) == "When was Ida Brandt born?"


@pytest.mark.parametrize(
    "made", ["", "Who built the mill of Oss?", "When was Napoleon born?", "Which king ruled at her birth?"]
)
def test_what_was_never_spoken_of_is_not_asked(made: str) -> None:
    asked = standalone("When was she born?", MILL, writer(made))
    assert asked.startswith("Who built the mill of Oss?") and asked.endswith("When was she born?")


def test_without_a_writer_the_questions_before_and_the_names_of_the_answer_are_asked_together() -> None:
    said = [*MILL, Exchange("When was she born?", "She was born in Lund in 1880.")]
    asked = standalone("And where?", said, None)
    assert asked.startswith("Who built the mill of Oss? When was she born?") and "Lund" in asked


def test_what_was_answered_before_the_last_question_is_not_dragged_along() -> None:
    said = [*MILL, Exchange("Who started the fire?", "A cigarette started it.")]
    assert standalone("And when?", said, None).startswith("Who started the fire?")


def test_thanks_in_between_are_passed_over() -> None:
    assert "mill" in standalone("And when?", [*MILL, Exchange("Thanks!", "")], None)


def test_questions_without_answers_will_do() -> None:
    assert standalone("And when?", ["Who built the mill of Oss?"], None) == "Who built the mill of Oss? And when?"


@pytest.mark.parametrize("text", ["-> Why?", "\nQ: Why?\nA: Because.", "Why?"])
def test_a_rewritten_question_is_one_line(text: str) -> None:
    assert rewritten(text) == "Why?"


def test_a_conversation_is_taken_up_again(tmp_path: Path) -> None:
    kept = Conversation(tmp_path)
    kept.add("Who built it?", Answer("Who built it?", (), "Not said.", (), "m", asked="Who built the mill?"))
    with (tmp_path / "chat.jsonl").open("a") as file:
        file.write('{"question": "cut o')
    assert Conversation(tmp_path, resumed=True).exchanges == [Exchange("Who built the mill?")]
    assert Conversation(tmp_path).exchanges == []


def test_a_conversation_is_kept_until_another_has_its_first_question(tmp_path: Path) -> None:
    def ask(conversation: Conversation, question: str) -> None:
        conversation.add(question, Answer(question, (), "Not said.", (), "m"))

    ask(Conversation(tmp_path), "Who built the mill?")
    Conversation(tmp_path)  # opened, and left without a question
    assert Conversation(tmp_path, resumed=True).exchanges == [Exchange("Who built the mill?")]
    another = Conversation(tmp_path)
    ask(another, "Who built the dam?")
    ask(another, "When?")
    assert [kept.question for kept in Conversation(tmp_path, resumed=True).exchanges] == ["Who built the dam?", "When?"]


FERRY = [Exchange("Wann wurde die Fähre Marigold gebaut?", "Die Fähre Marigold wurde 1898 gebaut.")]


def test_in_another_language_the_writer_says_whether_a_question_leans() -> None:
    model = packaged_writer()
    assert "Marigold" in standalone("Wer hat sie im Jahr 1912 gekauft?", FERRY, model)
    alone = "Wie viele Bienenvölker stehen in Ammel Bank?"
    assert standalone(alone, FERRY, model) == alone


def test_what_the_writer_makes_of_it_in_another_language_is_not_believed() -> None:
    question = "Seit wann ist sie dort angestellt und was verdient sie jetzt im Jahr 2021?"
    assert standalone(question, FERRY, writer("Wer leitet die Schule?")) == question
