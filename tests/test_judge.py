"""The judge: the packaged model decides what answers, whatever model writes."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fake_server import Request, fake
from made_up import Given, MadeUpJudge, MadeUpWriter, label

from index.library import Library
from rag.assistant import Assistant
from rag.models import Models, reader
from rag.prompt import Line
from rag.writer import Draft

ARTICLE = """# The lighthouse of Oss

Sanna Rask painted the lighthouse of Oss red in 1912. Its lamp came from Lund. The keeper had three children."""


def test_beside_a_model_on_a_server_the_packaged_one_judges(tmp_path: Path) -> None:
    """A server that says of anybody who is asked for that she is Sanna Rask is believed where the article says so."""

    def write(request: Request) -> None:
        asked = request.asked["messages"][-1]["content"].rpartition("Question: ")[2].strip(" ?\n")
        request.said(f"Sanna Rask {asked.removeprefix('Who ')} [1].")

    (tmp_path / "lighthouse.md").write_text(ARTICLE, encoding="utf-8")
    with fake(write) as server, Library.open(tmp_path / "library") as library:
        library.sync([tmp_path / "lighthouse.md"])
        assistant = Assistant(library, Models(server))
        answer = assistant.ask("Who painted the lighthouse of Oss red?")
        assert "Sanna Rask" in (answer.text or "") and answer.model == server
        assert assistant.ask("How many children did Sanna Rask have?").abstained, "the keeper had three"


def test_quick_answers_need_no_judge() -> None:
    assert Models(quick=True).judge is None
    assert Models("http://127.0.0.1:9/v1#small", quick=True).judge is None


DEPOT = """# Staff of the depot

| Name | Post | Languages |
|---|---|---|
| Yusuf Adan | driver | Somali, Arabic |
| Noor Haddad | inspector | Arabic, French |
| Lene Brekk | driver | Danish |
"""
GAZETTE = "# The Gazette\n\nThe ferry Ibis struck the pier of Oss at noon. Twelve people were hurt on the ferry Ibis."
MERCURY = "# The Mercury\n\nThe ferry Ibis ran into the pier of Oss. Nine people were hurt on the ferry Ibis."


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """What is said of articles where the writer writes of one sentence alone and the judge is sure of others, too."""
    with Library.open(tmp_path / "library") as library:

        def said(articles: dict[str, str], question: str, drafted: Draft, sure: Sequence[str], support: float) -> str:
            for name, text in articles.items():
                (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
            library.sync([tmp_path])

            def write(lines: Sequence[Line]) -> list[Draft]:
                return [Draft(drafted.text, (label(lines, drafted.text.split()[0]),))]

            judge = MadeUpJudge(lambda line: 3.0 if any(words in line.text for words in sure) else -3.0, support)
            answer = Assistant(library, Given(reader(), MadeUpWriter(write), judge)).ask(question)
            return " | ".join(s.text for s in answer.statements)

        yield said


def test_each_item_that_answers_is_said(answers: Callable[..., str]) -> None:
    drafted = Draft("Yusuf Adan speaks Arabic.", (1,))
    said = answers({"depot": DEPOT}, "Who speaks Arabic at the depot?", drafted, ["Yusuf", "Noor"], 0.0)
    assert "Yusuf Adan" in said and "Noor Haddad" in said and "Brekk" not in said


@pytest.mark.parametrize(("support", "told"), [(-2.0, True), (4.0, False)])
def test_what_another_article_says_is_told_where_it_differs(
    answers: Callable[..., str], support: float, told: bool
) -> None:
    articles, question = {"a": GAZETTE, "b": MERCURY}, "How many people were hurt on the ferry Ibis?"
    drafted = Draft("Twelve people were hurt on the ferry Ibis.", (1,))
    said = answers(articles, question, drafted, ["Twelve people", "Nine people"], support)
    assert said.startswith("Twelve people") and ("The Mercury: Nine people" in said) is told


def test_what_leans_on_the_sentence_before_it_is_told_where_it_differs(answers: Callable[..., str]) -> None:
    school = "# The school of Harnby\n\nThe school of Harnby was built in 1884. In 2023 it had 64 pupils."
    courier = "# Courier\n\nThe school of Harnby had 71 pupils in 2023."
    drafted, question = (
        Draft("The school of Harnby had 71 pupils in 2023.", (1,)),
        "How many pupils did Harnby have in 2023?",
    )
    said = answers({"a": school, "b": courier}, question, drafted, ["71 pupils", "64 pupils"], -2.0)
    assert "71" in said and "In 2023 it had 64 pupils." in said


def test_a_question_in_an_article_is_no_answer(answers: Callable[..., str]) -> None:
    hall = "# The hall of Harnby\n\nThe council plans to sell the hall of Harnby in 2027."
    asked = "# To be asked\n\nHas the hall of Harnby been sold?\n\nWhere is the key?"
    drafted, question = Draft("Yes, the hall of Harnby has been sold.", (1,)), "Has the hall of Harnby been sold?"
    said = answers({"a": hall, "b": asked}, question, drafted, ["Has the hall", "plans to sell"], 4.0)
    assert "has been sold" not in said and "?" not in said


LEUCHTTURM = """# Der Leuchtturm von Oss

Der Leuchtturm von Oss wurde 1912 gebaut und hat einen Wärter. Sanna Rask strich ihn rot. Seine Lampe kam aus Lund."""


def test_in_another_language_the_judge_chooses_the_sentence(answers: Callable[..., str]) -> None:
    """By the share of words alone it is the first sentence."""
    drafted = Draft("Sanna Rask strich ihn rot.", (1,))
    question = "Wer war Anstreicher am Leuchtturm von Oss?"
    assert answers({"turm": LEUCHTTURM}, question, drafted, ["Sanna"], 4.0) == "Sanna Rask strich ihn rot."


def test_in_another_language_the_judge_has_the_last_word(answers: Callable[..., str]) -> None:
    drafted = Draft("Der Leuchtturm von Oss wurde 1912 gebaut.", (1,))
    assert answers({"turm": LEUCHTTURM}, "Wie hoch ist der Leuchtturm von Oss?", drafted, [], 4.0) == ""


@pytest.mark.parametrize(("support", "told"), [(2.0, True), (-2.0, False)])
def test_a_summary_is_of_what_the_judge_finds_the_articles_to_be_about(
    answers: Callable[..., str], support: float, told: bool
) -> None:
    drafted = Draft("Sanna Rask painted the lighthouse of Oss red in 1912.", (1,))
    said = answers({"lighthouse": ARTICLE}, "Summarise the fire in the lighthouse of Oss.", drafted, [], support)
    assert ("Sanna Rask" in said) is told


def test_a_sentence_about_something_else_is_no_answer_to_what_another_article_is_about(tmp_path: Path) -> None:
    """The ferry Petrel has an article, and nobody was hurt on it: the judge is not believed."""
    (tmp_path / "ibis.md").write_text(GAZETTE, encoding="utf-8")
    (tmp_path / "petrel.md").write_text("# The Petrel\n\nThe ferry Petrel carries 90 cars.", encoding="utf-8")
    judge = MadeUpJudge(lambda line: 2.0 if "Twelve" in line.text else -3.0)
    writer = MadeUpWriter(lambda lines: [Draft("Twelve people were hurt.", (label(lines, "Twelve"),))])
    with Library.open(tmp_path / "library") as library:
        library.sync([tmp_path / "ibis.md", tmp_path / "petrel.md"])
        assistant = Assistant(library, Given(reader(), writer, judge))
        assert "Twelve" in (assistant.ask("How many people were hurt on the ferry Ibis?").text or "")
        assert assistant.ask("How many people were hurt on the ferry Petrel?").abstained
