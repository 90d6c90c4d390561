"""The checker: holds each statement against the sentences that it cites, and against the question.

By rule, every number and every name of a statement stands in what it cites (names may come from the question or the
title), it denies what its quote denies and nothing else, and most of its words stand there, too. Whether it answers the
question, judge and reader say (`work.py`). Numbers that a writer puts behind a statement are only a proposal: where
other sentences hold more of it, these are cited.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.term import STOP_WORDS, terms
from rag.prompt import Line

NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*")
PUBLISHED = re.compile(r"(?<=\(\d{4})(?:-\d\d){2}(?=\))")
PRONOUNS = "it|its|he|him|his|she|her|hers|they|them|their"
POINTERS = f"{PRONOUNS}|this|that|these|those|there"
POINTING = re.compile(rf"\b(?:{POINTERS}|who|which)\b", re.I)  # in a sentence, where "who" asks nothing
PRONOUN = re.compile(rf"\b(?:{PRONOUNS})\b", re.I)
POSSESSIVE = re.compile(r"['’]s?$")
WORD = re.compile(r"[^\W\d_][\w’'-]*")
NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|nicht|kein\w*|nie|ohne|ne|pas|jamais|sans|"
    r"nunca|sin|non|mai|senza)\b|n['’]t\b",
    re.I,
)
RESERVE = re.compile(  # "may" is no month, and so it is small
    r"\bmay\b|(?i:\b(?:might|could|would|if|unless|almost|nearly|perhaps|probably|possibly|likely|allegedly|reportedly|"
    r"supposedly|plan(?:s|ned)?|propos(?:e|es|ed|al)|intend(?:s|ed)?|expect(?:s|ed)?|claim(?:s|ed)?|alleg(?:es?|ed)|"
    r"believ(?:es?|ed)|suggest(?:s|ed)?|demand(?:s|ed)?|hop(?:es?|ed)|rumou?r(?:s|ed)?|"
    r"vielleicht|soll(?:te)?n?|könnten?|würden?|peut-être|pourrai(?:t|ent)|quizás?|podrían?|forse|potrebbe(?:ro)?)\b)"
)
COVERED = 0.6  # share of a statement's stems that must stand in what it cites, the question or the title
BETTER = 0.15  # share by which another sentence must cover more to be cited instead
QUOTES = 6  # sentences that are found to prove a statement, at most
NEAR = 0.7  # of a word that only the question or the title holds
DENIED = 2  # words after a negation that it denies
VERDICT = re.compile(r"^(?:yes|no)\b[,:.]?\s*", re.I)
QUANTIFIERS = frozenset(terms("all both each every"))  # say nothing of their own
CONNECTING = QUANTIFIERS | frozenset(
    terms("while whereas although however respectively been being also")
)  # nor do these
TOLD = 0.6  # share of the key words' stems that a statement must hold to say them
MORE = 0.12  # share that a further sentence must add


@dataclass(frozen=True)
class Checked:
    """A statement that the rules let through, what it cites now, and the share of its stems that stands there."""

    text: str
    labels: tuple[int, ...]
    covered: float


def checked(text: str, labels: Sequence[int], lines: Sequence[Line], question: str) -> Checked | None:
    """``text`` with the labels of ``lines`` that prove it; None where none do."""
    stems = _stems(VERDICT.sub("", text))
    if not stems:
        return None
    given = [k for k in labels if 0 < k <= len(lines)]
    for chosen in _proposals(stems, given, lines, question):
        lacking = unsupported(text, [lines[k - 1] for k in chosen], question)
        if lacking:
            chosen = [*chosen, *_holding(lacking, chosen, lines)]
        quotes = [lines[k - 1] for k in chosen]
        covered = _covered(stems, quotes, question)
        if (
            covered >= COVERED
            and not unsupported(text, quotes, question)
            and not negates(VERDICT.sub("", text), quotes)
            and not mixes_up(text, quotes, question)
        ):
            return Checked(text, tuple(dict.fromkeys(chosen)), covered)
    return None


def unsupported(text: str, quotes: Sequence[Line], question: str) -> list[str]:
    """The numbers and names of ``text`` that stand in none of ``quotes``.

    A number may stand in a quote or above it; but of the date of an article only the year: nothing need have happened
    on the day when it was told. A name may come from the question where a quote points ("she", "it"):
    else the question's name is put to what is said of somebody else. The first word of a sentence is no name unless
    another one follows it.
    """
    proof = " ".join(f"{PUBLISHED.sub('', q.context)} {q.text}" for q in quotes)
    held = set(numbers(proof))
    found = [n for n in numbers(text) if n not in held]
    pointed = question if any(POINTING.search(q.text) for q in quotes) else ""
    known = {word.casefold() for word in _words(f"{proof} {pointed}")}
    found += [name for name in names(text) if not _known(name, known)]
    return found


def negates(text: str, quotes: Sequence[Line]) -> bool:
    """Whether ``text`` denies what its quotes say, or says what they deny.

    A negation of ``text`` has to stand in a quote, the one that holds most of ``text`` if that holds what is denied.
    A negation of that quote has to stand in ``text``, if that holds what the quote denies.
    """
    stems = _stems(text)
    quote = max((q.text for q in quotes), key=lambda q: len(stems & _stems(q)), default="")
    if not NEGATION.search(text):
        return bool(_denied(quote) & stems)
    near = [quote] if _denied(text) & _stems(quote) else [q.text for q in quotes]
    return not any(map(NEGATION.search, near))


def drops_reserve(text: str, quotes: Sequence[Line]) -> bool:
    """Whether ``text`` says flatly what the quote that holds most of it says with reserve, as a plan, a claim or a
    possibility ("A ticket will cost 90 crowns" out of "He has proposed that a ticket cost 90 crowns")."""
    stems = _stems(text)
    quote = max((q.text for q in quotes), key=lambda q: len(stems & _stems(q)), default="")
    return bool(RESERVE.search(quote)) and not RESERVE.search(text)


def mixes_up(text: str, quotes: Sequence[Line], question: str) -> bool:
    """Whether one of several quotes brings nothing to ``text`` but a lone name or a lone number: of something else.

    ("The mill was built in 1870" out of "The mill was built of oak" and "The dam was built in 1870".) It may where it
    shares another word with ``text`` that is neither of the question nor of a title, and where all of them hold what
    ``text`` takes from the question, as in a list.
    """
    stems, known = _stems(text), _stems(" ".join([question, *(q.context for q in quotes)]))
    held = [_stems(q.text) for q in quotes] if len(quotes) > 1 else []
    under = [own | _stems(q.context) for own, q in zip(held, quotes, strict=False)]
    asked = stems & _stems(question) & {stem for own in under for stem in own}
    if asked and all(asked <= own for own in under):
        return False
    for place, quote in enumerate(quotes[: len(held)]):
        others = {stem for k, one in enumerate(held) if k != place for stem in one}
        added = (stems & held[place]) - others
        items = [_stems(item) for item in [*NUMBER.findall(text), *_runs(text), *_runs(quote.text)]]
        particular = {stem for item in items for stem in item}
        shared = (stems & held[place]) - particular - known
        if added and added <= particular and not shared and len({frozenset(i & added) for i in items if i & added}) < 2:
            return True
    return False


def _runs(text: str) -> list[str]:
    """The names in ``text``, those that follow one another as one."""
    found: list[str] = []
    for name in names(text):
        joined = f"{found[-1]} {name}" if found else name
        found[-1:] = [joined] if found and joined in text else [*found[-1:], name]
    return found


def _denied(text: str) -> set[str]:
    """The stems that stand right after a negation in ``text``."""
    found: set[str] = set()
    for negation in NEGATION.finditer(text):
        found |= set(terms(" ".join(WORD.findall(text[negation.end() :])[:DENIED])))
    return found


def _holding(lacking: Sequence[str], chosen: Sequence[int], lines: Sequence[Line]) -> list[int]:
    """The label of the first other sentence that holds all of ``lacking``; none where there is none."""
    for label, line in enumerate(lines, 1):
        held = {word.casefold() for word in _words(line.text)} | set(numbers(line.text))
        if label not in chosen and all(_known(item, held) or item in held for item in lacking):
            return [label]
    return []


def names(text: str) -> list[str]:
    """The words of ``text`` that are names: written with a capital letter, and not at the beginning of a sentence,
    unless another such word follows."""
    found = []
    words = list(WORD.finditer(text))
    for place, word in enumerate(words):
        if not word.group()[0].isupper():
            continue
        before = text[: word.start()].rstrip(" \"“‘'([*_")
        opens = not before or before[-1] in ".!?:;–—"
        following = words[place + 1] if place + 1 < len(words) else None
        twofold = following and following.group()[0].isupper() and text[word.end() : following.start()].strip(" ") == ""
        if not opens or (twofold and not STOP_WORDS.fullmatch(word.group().lower())):  # "Anna Holm", but not "The Alma"
            found.append(word.group())
    return found


def asked_of(question: str) -> list[str]:
    """The names and numbers of ``question``; its first word is none. Names stand there without a possessive ending."""
    first, _, rest = question.strip().partition(" ")
    found = names(question.strip())
    found = found[1:] if found[:1] == WORD.findall(first)[:1] else found
    return list(dict.fromkeys([*(POSSESSIVE.sub("", name) for name in found), *numbers(rest)]))


def _known(name: str, known: set[str]) -> bool:
    plain = POSSESSIVE.sub("", name).casefold()
    parts = plain.split("-")
    return plain in known or plain.rstrip("s") in known or plain + "s" in known or all(p in known for p in parts)


def _words(text: str) -> Iterator[str]:
    for word in WORD.findall(text):
        yield POSSESSIVE.sub("", word)
        yield from word.split("-")


def numbers(text: str) -> list[str]:
    """The numbers in ``text``, without the marks between their digits, but for a decimal point."""
    found = []
    for number in NUMBER.findall(text):
        plain = re.sub(r"[,\u00a0\u202f](?=\d{3})", "", number)
        found.append(plain.rstrip("."))
    return found


def _proposals(stems: set[str], given: list[int], lines: Sequence[Line], question: str) -> Iterator[list[int]]:
    """Sets of labels that may prove a statement, likeliest first: what it cites, unless others hold clearly more."""
    best = _attributed(stems, lines, range(1, len(lines) + 1))
    given = _attributed(stems, lines, given) or given
    here = _covered(stems, [lines[k - 1] for k in given], question) if given else 0.0
    there = _covered(stems, [lines[k - 1] for k in best], question)
    if given and here + BETTER >= there:
        yield given
        yield best
        yield [*given, *(k for k in best if k not in given)][: QUOTES + 1]
    else:
        yield best
        if given:
            yield given


def _attributed(stems: set[str], lines: Sequence[Line], labels: Sequence[int]) -> list[int]:
    """The fewest of ``labels`` whose sentences hold most of ``stems``, found greedily."""
    own = {k: _stems(lines[k - 1].text) for k in labels}
    left, chosen = set(stems), list[int]()
    while own and len(chosen) < QUOTES:
        label = max(own, key=lambda k: (len(left & own[k]), -k))
        gain = len(left & own[label]) / len(stems)
        if not gain or (chosen and gain < MORE):
            break
        chosen.append(label)
        left -= own[label]
    return sorted(chosen)


def _covered(stems: set[str], quotes: Sequence[Line], question: str) -> float:
    """The share of ``stems`` that stands in ``quotes``; what only title and question hold counts NEAR."""
    proof = {stem for q in quotes for stem in _stems(q.text)}
    near = {stem for q in quotes for stem in _stems(q.context)} | _stems(question)
    return sum(1.0 if s in proof else NEAR if s in near else 0.0 for s in stems) / len(stems)


def _stems(text: str) -> set[str]:
    return set(terms(unicodedata.normalize("NFKC", text)))


def near_duplicate(one: str, other: str) -> bool:
    """Whether two statements say the same in nearly the same words."""
    a, b = _stems(one), _stems(other)
    return bool(a and b) and len(a & b) / min(len(a), len(b)) > 0.85 and set(numbers(one)) == set(numbers(other))


def only_in_question(text: str, around: str, question: str) -> list[str]:
    """The stems of ``text`` that only ``question`` holds, and neither its quotes nor what stands ``around`` them.

    A writer that repeats the question's words about something else makes a falsehood of true words ("Ada founded the
    mill" out of "Ada has run the mill since 2014").
    """
    return sorted(_stems(VERDICT.sub("", text)) & _stems(question) - _stems(around) - QUANTIFIERS)


def own_stems(text: str, around: str, question: str) -> list[str]:
    """The stems of ``text`` that stand neither in ``question`` nor ``around`` its quotes: its own words."""
    return sorted(_stems(VERDICT.sub("", text)) - _stems(question) - _stems(around) - CONNECTING)


def names_reordered(text: str, quotes: Sequence[Line]) -> bool:
    """Whether two names of ``text`` stand in a quote the other way round: then who did what to whom may be, too."""
    found = {POSSESSIVE.sub("", name) for part in (text, *(q.text for q in quotes)) for name in names(part)}
    said = sorted((name for name in found if name in text), key=text.find)
    return any(
        one in q.text and other in q.text and q.text.rfind(other) < q.text.find(one)
        for q in quotes
        for place, one in enumerate(said)
        for other in said[place + 1 :]
    )


def words_reordered(text: str, quotes: Sequence[Line]) -> bool:
    """Whether two words of ``text`` stand in a quote the other way round ("the snail is eaten by the fern" out of "the
    fern is eaten by the snail"); numbers may stand anywhere."""
    said = [stem for stem in dict.fromkeys(terms(text)) if not any(map(str.isdigit, stem))]
    for quote in quotes:
        held = terms(quote.text)
        places = [held.index(stem) for stem in said if stem in held]
        if places != sorted(places):
            return True
    return False


def has_others(text: str, quotes: Sequence[Line]) -> bool:
    """Whether a quote holds numbers or names beside those of ``text``, which may then have taken the wrong one.

    ("Ines counted them in 2010" out of "In 2010 there were 900; in 2022 Ines counted 950".)
    """
    for found in numbers, names:
        said = set(found(text))
        if any(said & held and held - said for held in (set(found(quote.text)) for quote in quotes)):
            return True
    return False


def holds_answer(statement: str, words: str) -> bool:
    """Whether ``statement`` says ``words``, an answer's key words: all of their numbers, and most of their stems."""
    stems = _stems(words)
    return set(numbers(words)) <= set(numbers(statement)) and len(stems & _stems(statement)) >= TOLD * len(stems)


def says_more(statement: str, question: str) -> bool:
    """Whether ``statement`` says a word that ``question`` does not; a choice ("A or B?") may be echoed."""
    asked = {word.casefold() for word in re.findall(r"\w+", question)}
    return "or" in asked or any(word.casefold() not in asked for word in re.findall(r"\w+", statement))
