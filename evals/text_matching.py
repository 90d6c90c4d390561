"""Text matching: whether an answer says what it should, however case, punctuation, numerals and dates are written."""

import calendar
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

MONTHS = {name.lower(): name.lower() for name in calendar.month_name[1:]} | {
    name.lower(): full.lower() for name, full in zip(calendar.month_abbr[1:], calendar.month_name[1:], strict=True)
}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({MONTH})\b\.?,?")
MONTH_FIRST = re.compile(rf"\b({MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b,?")
ISO = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(\d{2})\b")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = {word: value for value, word in enumerate(UNITS)} | {word: 10 * (i + 2) for i, word in enumerate(TENS)}
COMPOUND = re.compile(rf"\b({'|'.join(TENS)})[- ]({'|'.join(UNITS[1:10])})\b")


def says(text: str, phrase: str) -> bool:
    """Whether ``phrase`` stands in ``text`` as whole words."""
    return f" {_normal(phrase)} " in f" {_normal(text)} "


def recall(text: str, contains: Sequence[Sequence[str]], excludes: Sequence[str] = ()) -> float:
    """The share of ``contains``, each a list of alternatives, that ``text`` says; 0 with anything of ``excludes``."""
    if any(says(text, phrase) for phrase in excludes):
        return 0.0
    return sum(any(says(text, phrase) for phrase in alternatives) for alternatives in contains) / len(contains)


def exact(text: str, golds: Sequence[str]) -> float:
    """1 when ``text`` is one of ``golds`` after SQuAD's normalisation, else 0 (evaluate-v2.0.py of SQuAD 2.0)."""
    return float(any(_squad(text) == _squad(gold) for gold in golds))


def token_f1(text: str, golds: Sequence[str]) -> float:
    """The best harmonic mean of token precision and recall against ``golds`` (evaluate-v2.0.py of SQuAD 2.0)."""
    return max(_f1(_squad(text).split(), _squad(gold).split()) for gold in golds)


def _f1(said: list[str], gold: list[str]) -> float:
    shared = (Counter(said) & Counter(gold)).total()
    return 2 * shared / (len(said) + len(gold)) if shared else float(said == gold)


def _squad(text: str) -> str:
    """Lower case, without punctuation and articles, single blanks."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", bare).split())


def _normal(text: str) -> str:
    text = THOUSANDS.sub("", unicodedata.normalize("NFKC", text).lower())
    text = ISO.sub(lambda m: f"{int(m[3])} {calendar.month_name[int(m[2])].lower()} {m[1]}", text)
    text = MONTH_FIRST.sub(lambda m: f"{m[2]} {MONTHS[m[1]]}", text)
    text = DAY_FIRST.sub(lambda m: f"{int(m[1])} {MONTHS[m[2]]}", text)
    text = COMPOUND.sub(lambda m: str(NUMBERS[m[1]] + NUMBERS[m[2]]), text)
    return " ".join(str(NUMBERS.get(token, token)) for token in TOKEN.findall(text))
