"""Terms: the words of a text as they are compared, by the rules of its language.

Both sides are brought to Unicode's normal form without case, accents, joiners and soft hyphens, and words to stems
by Snowball's rules where there are some. Chinese, Japanese, Thai and others that put no blanks between words are
compared by pairs of characters (bigrams), and so is Korean, whose words carry their particles.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from index.language import ENGLISH

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

LONG = 80  # bytes; what is longer is no word
WORD = r"[\p{L}\p{M}\p{N}]+"  # in Rust's notation: marks are parts of words
UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u0307\u0640]"
)  # joiners, soft hyphens, the dot of a small Turkish İ
UNSPACED = re.compile(  # runs of scripts without blanks: Thai, Lao, Burmese, Khmer, kana, Chinese; and Korean
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
SNOWBALL = {  # the languages that tantivy has a stemmer for
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nb": "norwegian", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
LISTED = {"da", "de", "es", "fi", "fr", "hu", "it", "nb", "nl", "nn", "no", "pt", "ru", "sv"}  # it lists stop words of
EMPHASIS = re.compile(r"(?<=[^\W\d_])\*{1,3}(?=[^\W\d_])")  # Markdown's marks of it within a word
STOP_WORDS = re.compile(
    r"a|an|and|are|as|at|be|by|did|do|does|for|from|had|has|have|how|in|is|it|its|of|on|or|s|that|the|their|"
    r"there|these|they|this|to|was|were|what|when|where|which|who|whom|whose|why|will|with|would"
)


def stems(text: str, language: str = ENGLISH) -> list[str]:
    """The stems of all words in ``text``, in order."""
    return list(_analyzer(language).analyze(_plain(text)))


def terms(question: str, language: str = ENGLISH) -> list[str]:
    """The stems of ``question``'s words, without words that every text holds, if there are others."""
    if language == ENGLISH:
        words = re.findall(r"[^\W_]+", _plain(question))
        words = [word for word in words if not STOP_WORDS.fullmatch(word)] or words
        return [term for word in words for term in stems(word)]
    return list(_analyzer(language, thinned=True).analyze(_plain(question))) or stems(question, language)


def word_pairs(question: str, language: str = ENGLISH) -> list[tuple[str, str]]:
    """Each pair of different stems that follow each other in ``question``, in alphabetical order."""
    found = terms(question, language)
    return list(dict.fromkeys((min(pair), max(pair)) for pair in pairwise(found) if pair[0] != pair[1]))


def is_unspaced(text: str) -> bool:
    """Whether most letters of ``text`` are of a script that is compared by pairs of characters."""
    return 2 * sum(map(len, UNSPACED.findall(text))) > sum(map(str.isalnum, text))


def _plain(text: str) -> str:
    """``text`` in normal form, without case and without what can't be seen, pairs of characters set apart."""
    marked = unicodedata.normalize("NFKC", text).casefold().replace("\u02bc", "’")
    seen = UNSEEN.sub("", EMPHASIS.sub("", marked))
    return UNSPACED.sub(_bigrams, seen)


def _bigrams(run: re.Match[str]) -> str:
    characters = run.group()
    return f" {' '.join(map(''.join, pairwise(characters))) or characters} "


@cache
def _analyzer(language: str, thinned: bool = False) -> TextAnalyzer:
    """What cuts a text into words and stems them; ``thinned`` leaves stop words out.

    English words lose their accents first, as they are often typed without; elsewhere the stemmer wants them.
    """
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.regex(WORD)).filter(Filter.remove_long(LONG))
    if thinned and language in LISTED:
        builder = builder.filter(Filter.stopword(SNOWBALL[language]))
    if language == ENGLISH:
        builder = builder.filter(Filter.ascii_fold())
    if language in SNOWBALL:
        builder = builder.filter(Filter.stemmer(SNOWBALL[language]))
    return builder.filter(Filter.ascii_fold()).build()
