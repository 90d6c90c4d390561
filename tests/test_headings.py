"""Answers that stand in a heading: logs, change logs, profiles. The writer says what a test wants."""

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
