"""What is said where there is no answer, in the language of the question."""

import polib
import pytest

from index.library import Library
from rag import abstention
from rag.abstention import EMPTY_LIBRARY, LEFT_OPEN, NOT_SAID, NOTHING_FOUND, UNKNOWN
from rag.assistant import Assistant
from rag.models import Models
from rag.translation import FOLDER, in_all_languages, translated

MESSAGES = (NOTHING_FOUND, NOT_SAID, EMPTY_LIBRARY, LEFT_OPEN, UNKNOWN)


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Wer hat die Brücke gebaut?", "Die Artikel sprechen"),
        ("¿Quién construyó el puente?", "Los artículos"),
        ("誰が橋を建てましたか", "記事は"),
        ("Who built Larkhaven Mill?", "The articles"),
        ("Who is Ines Carvalho?", "The articles"),
        ("Why?", "The articles"),
        ("Hwo r u ???", "The articles"),
    ],
)
def test_a_message_is_in_the_language_of_the_question_and_english_in_doubt(question: str, begins: str) -> None:
    assert translated(NOT_SAID, question).startswith(begins)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.po")), ids=lambda file: file.stem)
def test_each_catalogue_translates_all_messages_and_keeps_their_places(file: object) -> None:
    entries = {entry.msgid: entry.msgstr for entry in polib.pofile(str(file))}
    assert set(entries) == set(MESSAGES)
    assert all(said and said.count("{}") == message.count("{}") for message, said in entries.items())
    assert "rag index FOLDER" in entries[EMPTY_LIBRARY]


def test_an_abstention_speaks_the_language_of_its_question(seed_library: Library, models: Models) -> None:
    reason = Assistant(seed_library, models).ask("Welche Suppe kocht der Bischof von Rom am Sonntag?").reason
    assert reason in in_all_languages(abstention.NOTHING_FOUND) | in_all_languages(NOT_SAID)
    assert "rtikel" in (reason or "")
