"""Languages: which one a text is in, as an ISO 639 code ("en", "de", "zh")."""

from __future__ import annotations

import tempfile
from functools import cache
from typing import TYPE_CHECKING

from index.errors import FootnoteError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
SAMPLE = 500  # characters that tell the language of a text
NONE = "zxx"  # what is found in figures and codes
CLEARLY = 100  # times as probable as English that another language must be


def detect(text: str) -> str:
    """The language of ``text``; English where that is in doubt, as for a list of names or a table of figures.

    Raises FootnoteError where there is no room for what it is told by.
    """
    ranked = _identifier().rank(" ".join(text[:SAMPLE].split()))
    best, likely = ranked[0]
    return best if best != NONE and likely >= CLEARLY * dict(ranked)[ENGLISH] else ENGLISH


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # unpacked into a temporary file
    except OSError as error:
        place, reason = tempfile.gettempdir(), error.strerror
        raise FootnoteError(f"Nothing can be written in {place}: {reason}. Make room, or set TMPDIR.") from error
