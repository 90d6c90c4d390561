"""Alphabets: which of the encodings of Latin letters a text is in, told by the letters that its language has."""

import re
from contextlib import suppress
from itertools import islice

LANGUAGES = {  # letters beyond a to z of each language, by the encodings that it was written in, likeliest first
    ("cp1252", "iso8859_15", "mac_roman", "cp850"): (
        "äöüßé àâæçéèêëîïôœùûü áéíñóúüïç àèéìíòóùú ãáâàçéêíõóôúü åäöéü åæøéòô äëïöüéèê áðéíóúýþæö"
    ),
    ("cp1250", "iso8859_2", "mac_latin2", "cp852"): (
        "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű čćđšž ăâîşţ äöüßé"
    ),
    ("cp1254",): "çğıöşüâîûi̇",
    ("cp1257",): "āčēģīķļņšūž ąčęėįšųūž äöõüšž",
}
NEUTRAL = set("–—…“”„‘’‚‹›«»€£°§©®™•·†‡±×÷¼½¾²³¹µ¿¡ºª\u00a0")  # what texts of all of them hold
ENOUGH = 0.95  # the share of its characters beyond ASCII that an alphabet must explain
PLAIN = 2  # times as many letters from a to z, at least
WIDE = re.compile(rb"[a-zA-Z]?[\x80-\xff]+[a-zA-Z]?")
EURO = b"\xa4"  # in ISO-8859-15; in Windows-1252 it is a sign that nobody writes
SAMPLE = 100_000  # bytes, or characters beyond ASCII, that are looked at


def latin(data: bytes) -> str | None:
    """``data`` in the likeliest encoding in which it is a language of Latin letters; None where it is in none."""
    wide = b" ".join(match[0] for match in islice(WIDE.finditer(data), SAMPLE))
    if not wide or PLAIN * len(re.findall(rb"[\x80-\xff]", data[:SAMPLE])) > len(
        re.findall(rb"[a-zA-Z]", data[:SAMPLE])
    ):
        return None
    for encoding in (group[place] for place in range(4) for group in LANGUAGES if place < len(group)):
        alphabets = next(found for group, found in LANGUAGES.items() if encoding in group).split()
        if encoding == "cp1252" and EURO in wide:
            continue
        with suppress(UnicodeDecodeError):
            text = wide.decode(encoding)
            if max(_explained(text, set(alphabet)) for alphabet in alphabets) >= ENOUGH:
                return data.decode(encoding)
    return None


def _explained(text: str, alphabet: set[str]) -> float:
    """The share of the characters beyond ASCII that are where a text with that alphabet may have them."""
    places = [place for place, sign in enumerate(text) if sign > "\x7f"]
    return sum(_fits(text, place, alphabet) for place in places) / max(len(places), 1)


def _fits(text: str, place: int, alphabet: set[str]) -> bool:
    """No capital stands after a small letter, and no sign but an apostrophe or a dash within a word."""
    sign, before, after = text[place], text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    if sign in NEUTRAL:
        return sign in "’–—·\u00a0" or not (before.isalpha() and after.isalpha())
    return set(sign.lower()) <= alphabet and not (sign.isupper() and before.islower())
