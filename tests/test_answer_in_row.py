"""Answers that stand in a row of a table: said as a sentence, or all rows shown where none answers better than others.

The reader is the real one; writer and judge say what a test wants.
"""

from collections.abc import Iterator

import pytest
from made_up import Given, MadeUpJudge, MadeUpWriter, label

from index.library import Library
from rag.answer import Answer
from rag.assistant import Assistant
from rag.prompt import Line
from rag.reader import Reader
from rag.writer import Draft

TABLE = """# Brennet Regatta

| Year | Winner | Boat | Time |
|---|---|---|---|
| 2021 | Freya Lind | Silver Fern | 3:28 |
| 2022 | Tom Ashdown | Kittiwake | 3:35 |
| 2023 | Priya Nair | Stormglass | 3:19 |

The entry fee is 35 crowns."""
ROWS = [line for line in TABLE.splitlines() if line.startswith("| 20")]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("articles")
    (folder / "regatta.md").write_text(TABLE, encoding="utf-8")
    with Library.open(tmp_path_factory.mktemp("library")) as opened:
        opened.sync([folder])
        yield opened


def asked(library: Library, reader: Reader, question: str, said: str, row: str, answering: str, sure: float) -> Answer:
    """The answer where the judge finds the lines that hold ``answering`` to answer, and is as ``sure`` of a statement;
    the writer says ``said`` of the line that holds ``row``."""

    def verdict(line: Line) -> float:
        return 3.0 if answering in line.text else -4.0

    writer = MadeUpWriter(lambda lines: [Draft(said, (label(lines, row),))])
    return Assistant(library, Given(reader, writer, MadeUpJudge(verdict, sure))).ask(question)


def test_which_of_several_rows_it_is_their_figures_say(library: Library, reader: Reader) -> None:
    """A small model often takes the wrong one."""
    said = "The Kittiwake was the fastest boat."
    answer = asked(library, reader, "Which boat was the fastest?", said, "Kittiwake", "Winner", 5.0)
    assert [statement.citations[0].quote for statement in answer.statements] == ROWS
    assert answer.short is None


def test_of_one_row_a_sentence_is_said(library: Library, reader: Reader) -> None:
    said = "Freya Lind won the regatta in 2021."
    answer = asked(library, reader, "Who won the regatta in 2021?", said, "Freya Lind", "Freya Lind", 5.0)
    assert [(s.text, s.citations[0].quote) for s in answer.statements] == [(said, ROWS[0])]
    assert answer.short == "Freya Lind"


def test_a_verb_that_stands_in_no_row_needs_the_judges_yes(library: Library, reader: Reader) -> None:
    said = "Freya Lind lost the regatta in 2021."
    answer = asked(library, reader, "Who lost the regatta in 2021?", said, "Freya Lind", "Freya Lind", 1.0)
    assert all("lost" not in statement.text for statement in answer.statements)


def test_what_is_said_of_a_row_may_be_another_cell_than_the_readers(library: Library, reader: Reader) -> None:
    """The key words are then those that are said, without the name of their column."""
    said = "Its time in 2023 was 3:19."
    answer = asked(library, reader, "What did the winner of 2023 need?", said, "Stormglass", "Stormglass", 5.0)
    assert answer.statements[0].text == said
    assert answer.short == "3:19"
