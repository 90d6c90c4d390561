"""Answers that stand beside the sentence that answers: in a heading, in the title, or in the sentence before it.

The reader is the real one; the writer says what a test wants.
"""

from collections.abc import Iterator

import pytest
from made_up import Given, MadeUpWriter, label

from index.library import Library
from rag.answer import Statement
from rag.assistant import Assistant
from rag.models import Models
from rag.reader import Reader
from rag.writer import Draft

ARTICLES = {
    "log.md": """# Log of the Heron

## 3 March 1911

Left Port Elsan with a crew of nine. Fresh wind from the west.

## 14 March 1911

Lost the mizzen mast in a gale. Nobody was hurt.""",
    "changes.md": """# Changes of Pivot

## [2.3.0] - 2024-05-01

### Added

- Dark mode for the editor.

## [2.2.1] - 2024-02-17

### Fixed

- A crash when a file had no name.""",
    "staff.md": """# The people of Dorn Museum

## Lena Abt

Runs the museum shop. Speaks Polish and Danish.

## Viktor Ruhl

Restores clocks in the attic workshop.""",
    "moll.md": """# Ines Moll

Born in Varde in 1961. She founded the swimming club of Varde in 1988 and led it for nine years.""",
    "dish.md": """# Paella of the coast

Uses saffron, rabbit and flat beans. Takes 50 minutes and serves six.""",
    "varde.md": """# A history of Varde

Tomas Brink, an architect from Orsk, won the competition for the market in 1979. He also designed the water tower.
The first director of the museum was Karin Voss. Her successor was Jon Ask. He repaired the clocks.""",
    "harriers.txt": """Marsh harriers at Osier Fen

In 2022 only eleven pairs bred: a fire in March had destroyed 30 hectares of reed. Wardens believe that a cigarette
started it, although no one was ever charged.""",
    "letter.txt": """A letter from Port Harley

The town has one well. Mary has found a place as cook with the governor, who pays her nine
pounds a year. I am to teach at the school.""",
    "camp.md": """# Camping at the lake

**Can I bring my dog?**

Yes, on a lead. There is a charge of 3 euros a night.

Who is the manager?
Petra Holm

## Why can't I choose my pitch?

Because pitches are given out on arrival.""",
    "asked.txt": """Questions of visitors

How many people did the ferry carry in 2021?

Compare the ferries Heather and Tide.

The ferry Heather carries forty people.""",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Library.open(tmp_path_factory.mktemp("library")) as opened:
        opened.sync([folder])
        yield opened


def cited(statement: Statement) -> list[str]:
    return [citation.quote for citation in statement.citations]


@pytest.mark.parametrize(
    ("question", "short", "quotes"),
    [
        ("When did the Heron lose its mast?", "14 March 1911", ["14 March 1911", "Lost the mizzen mast in a gale."]),
        ("Who restores clocks?", "Viktor Ruhl", ["Viktor Ruhl", "Restores clocks in the attic workshop."]),
        ("Who runs the museum shop?", "Lena Abt", ["Lena Abt", "Runs the museum shop."]),
        ("Which languages does Lena Abt speak?", "Polish and Danish", ["Speaks Polish and Danish."]),
    ],
)
def test_a_quick_answer_in_a_heading_is_said_and_cited(
    library: Library, models: Models, question: str, short: str, quotes: list[str]
) -> None:
    answer = Assistant(library, models).ask(question, quick=True)
    assert answer.short == short
    (statement,) = answer.statements
    assert cited(statement) == quotes
    assert all(quote in statement.text for quote in quotes)


@pytest.mark.parametrize(
    ("question", "short", "quotes"),
    [
        (
            "Who founded the swimming club of Varde?",
            "Ines Moll",
            ["Ines Moll", "She founded the swimming club of Varde in 1988 and led it for nine years."],
        ),
        (
            "Who designed the water tower?",
            "Tomas Brink",
            [
                "Tomas Brink, an architect from Orsk, won the competition for the market in 1979.",
                "He also designed the water tower.",
            ],
        ),
    ],
)
def test_an_answer_in_the_title_or_the_sentence_before_is_said_and_cited(
    library: Library, models: Models, question: str, short: str, quotes: list[str]
) -> None:
    answer = Assistant(library, models).ask(question, quick=True)
    assert answer.short == short
    assert cited(answer.statements[0]) == quotes


def test_what_a_sentence_points_to_is_said_with_it(library: Library, models: Models) -> None:
    answer = Assistant(library, models).ask("Who succeeded Karin Voss?", quick=True)
    assert answer.short == "Jon Ask"
    said = "The first director of the museum was Karin Voss. Her successor was Jon Ask."
    assert answer.statements[0].text == said
    assert " ".join(cited(answer.statements[0])) == said


def test_a_sentence_before_that_points_further_back_is_not_said(library: Library, models: Models) -> None:
    answer = Assistant(library, models, 0.0).ask("What did Jon Ask repair?", quick=True)
    assert answer.statements[0].text == "He repaired the clocks."


def test_a_title_is_no_answer_to_what_its_article_leaves_open(library: Library, models: Models) -> None:
    answer = Assistant(library, models).ask("Which dish uses cumin?", quick=True)
    assert answer.abstained


def test_a_title_is_not_said_where_the_words_that_answer_stand_in_the_sentence(
    library: Library, models: Models
) -> None:
    answer = Assistant(library, models, 0.0).ask("Who or what started the fire?", quick=True)
    assert "cigarette" in answer.statements[0].text
    assert not answer.statements[0].text.startswith("Marsh harriers")


def test_words_that_answer_may_stand_in_two_lines(library: Library, models: Models) -> None:
    answer = Assistant(library, models).ask("What does the governor pay Mary?", quick=True)
    assert answer.short == "nine pounds a year"
    assert answer.statements[0].text.startswith("Mary has found a place")


def test_a_date_two_headings_above_is_found(library: Library, models: Models) -> None:
    answer = Assistant(library, models).ask("When was dark mode for the editor added to Pivot?", quick=True)
    assert answer.short == "2024-05-01"
    assert cited(answer.statements[0])[0] == "[2.3.0] - 2024-05-01"


def test_a_written_statement_cites_the_heading_that_proves_it(library: Library, reader: Reader) -> None:
    said = "The Heron lost its mast on 14 March 1911."
    writer = MadeUpWriter(lambda lines: [Draft(said, (label(lines, "mizzen mast"),))])
    answer = Assistant(library, Given(reader, writer)).ask("When did the Heron lose its mast?")
    assert [(s.text, cited(s)) for s in answer.statements] == [
        (said, ["14 March 1911", "Lost the mizzen mast in a gale."])
    ]


def test_a_date_of_another_heading_is_not_said(library: Library, reader: Reader) -> None:
    writer = MadeUpWriter(lambda lines: [Draft("The mast was lost on 3 March 1911.", (label(lines, "mizzen mast"),))])
    answer = Assistant(library, Given(reader, writer)).ask("When did the Heron lose its mast?")
    assert "3 March" not in answer.statements[0].text


def test_the_heading_of_a_section_is_no_answer_by_itself(library: Library, reader: Reader) -> None:
    """The writer gets what stands below it, and never the heading alone."""
    writer = MadeUpWriter(lambda lines: [])
    Assistant(library, Given(reader, writer)).ask("Which version of Pivot fixed the crash of a file without a name?")
    (_, lines, _), *_ = writer.asked
    assert any("A crash when" in line.text for line in lines)
    assert not [line.text for line in lines if line.text in ("[2.3.0] - 2024-05-01", "[2.2.1] - 2024-02-17")]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What does a dog cost on the campsite?", "There is a charge of 3 euros a night."),
        ("Who is the manager of the campsite?", "Petra Holm"),
        ("Why can't I choose my pitch?", "Because pitches are given out on arrival."),
    ],
)
def test_what_follows_a_question_answers_it(library: Library, models: Models, question: str, words: str) -> None:
    answer = Assistant(library, models).ask(question, quick=True)
    assert cited(answer.statements[0])[-1] == words


def test_a_written_statement_cites_the_question_that_its_quote_answers(library: Library, reader: Reader) -> None:
    writer = MadeUpWriter(lambda lines: [Draft("Petra Holm is the manager.", (label(lines, "Petra Holm"),))])
    answer = Assistant(library, Given(reader, writer)).ask("Who is the manager of the campsite?")
    assert cited(answer.statements[0]) == ["Who is the manager?", "Petra Holm"]


@pytest.mark.parametrize(
    "question", ["How many people did the ferry carry in 2021?", "Compare the ferries Heather and Tide."]
)
def test_a_question_that_an_article_asks_is_no_answer_to_it(library: Library, models: Models, question: str) -> None:
    answer = Assistant(library, models).ask(question, quick=True)
    assert all(question not in statement.text for statement in answer.statements)
