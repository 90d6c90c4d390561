"""Alphabets: which of the encodings of Latin and other letters a text is in, told by those that its language has."""

import re
from contextlib import suppress
from itertools import islice, pairwise
from operator import itemgetter
from statistics import mean

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
FREQUENT = {  # the most frequent letters of other alphabets, by the encodings that they were written in
    ("cp1253", "iso8859_7", "cp737"): "αοιετσνηυρπκμλάίόέή",
    ("cp1251", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic"): "оеаинтсрвлкмдпуяіьы",
    ("cp1255",): "יוהלאתבמשנרד",
    ("cp1256",): "اليمنوتربدعةسكف",
    ("cp874",): "านรอกเงมยลวดทสตะปบคห่้ีัิื",
}
SURE = 0.75  # the share of frequent letters that makes an alphabet sure, if it is RIVAL times that of the next
RIVAL = 1.2
SHOUTED = 0.5  # what a capital within a word counts: in a wrong encoding, all letters may be capitals
LEAST = 8  # letters that tell an alphabet
PLAIN = 2  # times as many letters from a to z, at least
FEW = 20  # times as many, beside letters with marks, make an English text, whose names may be of several languages
WIDE = re.compile(rb"[a-zA-Z]?[\x80-\xff]+[a-zA-Z]?")
WORD = re.compile(rb"[a-zA-Z]*[\x80-\xff][a-zA-Z\x80-\xff]*")
EURO = b"\xa4"  # in ISO-8859-15; in Windows-1252 it is a sign that nobody writes
SAMPLE = 100_000  # bytes, or characters beyond ASCII, that are looked at


def latin(data: bytes) -> str | None:
    """``data`` in the likeliest encoding in which it is a language of Latin letters; None where it is in none."""
    sample = data[:SAMPLE]
    odd, high, usual = (len(re.findall(signs, sample)) for signs in (rb"[\x80-\xff]", rb"[\xc0-\xff]", rb"[a-zA-Z]"))
    is_mixed = FEW * high <= usual
    wide = b" ".join(match[0] for match in islice((WORD if is_mixed else WIDE).finditer(data), SAMPLE))
    if not wide or PLAIN * odd > usual:
        return None
    for encoding in (group[place] for place in range(4) for group in LANGUAGES if place < len(group)):
        alphabets = next(found for group, found in LANGUAGES.items() if encoding in group).split()
        if encoding == "cp1252" and EURO in wide:
            continue
        with suppress(UnicodeDecodeError):
            text = wide.decode(encoding)
            parts = text.split(" ") if is_mixed else [text]
            told = (max(_explained(part, set(alphabet)) for alphabet in alphabets) for part in parts)
            if mean(told) >= ENOUGH:
                return data.decode(encoding)
    return None


def other(data: bytes) -> str | None:
    """``data`` in the one encoding that makes it frequent letters of Greek, Cyrillic, Hebrew, Arabic or Thai."""
    wide = b" ".join(match[0] for match in islice(WIDE.finditer(data), SAMPLE))
    best = []
    for encodings, letters in FREQUENT.items():
        shares = []
        for encoding in encodings:
            with suppress(UnicodeDecodeError):
                text = wide.decode(encoding)
                shares.append((_frequent(text, letters, SHOUTED), _frequent(text, letters), encoding))
        best.append(max(shares, key=itemgetter(0), default=(0.0, 0.0, "")))
    share, _, encoding = likeliest = max(best, key=itemgetter(0))
    rival = max(shouted for _, shouted, other in best if other != likeliest[2])
    with suppress(UnicodeDecodeError):
        return data.decode(encoding) if share >= max(SURE, RIVAL * rival) else None
    return None


def _frequent(text: str, letters: str, shouted: float = 1) -> float:
    """The share of the characters beyond ASCII that are frequent letters; 0 for a few, or for one over and over."""
    found = [(before, sign) for before, sign in pairwise(f" {text}") if sign > "\x7f"]
    counts = [
        shouted if sign.isupper() and before.isalpha() else 1
        for before, sign in found
        if sign.lower() in letters and sign != before
    ]
    return sum(counts) / len(found) if len(counts) >= LEAST else 0


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
