"""Translations of abstentions, for questions in other languages than English.

Each language has a catalogue in gettext's format, `translations/LANGUAGE.po`.
"""

from functools import cache
from pathlib import Path

from index.language import ENGLISH, detect

FOLDER = Path(__file__).parent / "translations"


def translated(message: str, question: str) -> str:
    """``message`` in the language of ``question``; as it is where that is English, in doubt or without a catalogue."""
    return catalogue(detect(question)).get(message, message)


def in_all_languages(message: str) -> set[str]:
    """``message``, and what the catalogues make of it."""
    return {message, *(catalogue(file.stem).get(message, message) for file in FOLDER.glob("*.po"))}


@cache
def catalogue(language: str) -> dict[str, str]:
    """The messages of a language, by the English ones."""
    file = FOLDER / f"{language}.po"
    if language == ENGLISH or not file.is_file():
        return {}
    import polib

    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(file)).translated_entries()}
