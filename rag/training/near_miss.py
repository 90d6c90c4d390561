"""Near misses made of answered questions: the same question asked for another kind of thing, or of another name.

"When was the mill founded?" becomes "Who founded the mill?", which a sentence with a year and no name leaves
unanswered; "How old is Asta Hult?" becomes "How old is Ivar Lind?" where the sentence is not about him.
"""

import random
import re
from collections.abc import Sequence

BE = "is|are|was|were"
AUXILIARY = f"{BE}|do|does|did|has|have|had|can|could|will|would"
YEAR = "(?:in|on|since|during) (?:what|which) (?:year|month|date|day|century|decade)"
ASKED = re.compile(rf"(?i)^(?:{YEAR}|when|where|why) (?=(?:{AUXILIARY})\b)")
PAST = re.compile(r"(?i)(?:did|was|were|had)\b")
PASSIVE = re.compile(
    rf"(?i)^(?:{YEAR}|when|where) (?:was|were) ([^,?]+?) "
    r"(\w+ed|built|made|written|won|held|sold|bought|found|begun|drawn|led|sung|taught|taken|given|chosen|set up)\?$"
)
WHO = re.compile(r"(?i)^who (\w+ed|built|wrote|won|held|sold|bought) (?!to |on |in |for |with |at |by )([^,?]+)\?$")
SIZE = re.compile(rf"(?i)^how (long|wide|tall|high|deep|old|heavy|fast|far|large|big|thick) (?=(?:{BE})\b)")
WRITTEN = {"wrote": "written"}
# Where one of these words or signs stands, a sentence may tell the time, the place, the reason or who it was.
TIME = re.compile(
    r"(?i)\d|\b(?:century|year|month|day|week|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|when|after|before|while|during|since|until|ago|time|war|early|late)\b"
)
PLACE = re.compile(r"(?i)\b(?:in|at|on|near|from|to|into|across|through|where|outside|within|along|around|by)\b")
REASON = re.compile(r"(?i)\b(?:because|since|as|for|so|to|due|reason|caus\w*|order|result\w*|lead|led|by|thus)\b")
SIZES = {
    "long": "long|length|mile|km|kilomet|met|foot|feet|hour|minute|year|day|week|month|second|last",
    "wide": "wide|width|broad",
    "tall": "tall|high|height|elevation|feet|met",
    "deep": "deep|depth",
    "old": "old|age|year|born|founded|built",
    "heavy": "heavy|weigh|kg|kilo|ton|pound",
    "fast": "fast|speed|per hour|mph|km/h|rate",
    "thick": "thick",
}
NAME = re.compile(r"(?<=[a-z0-9,] )[A-Z][\w’-]*[a-z]\b(?: (?:of |the |de |von )?[A-Z][\w’-]*[a-z]\b)*")


def other_kind(question: str, sentence: str, rng: random.Random) -> str | None:
    """``question`` asked for something that ``sentence`` gives no sign of, or None."""
    made = _of_who(question, sentence) or _of_size(question, sentence) or _of_circumstance(question, sentence)
    return rng.choice(made) if made else None


def other_name(question: str, sentence: str, names: Sequence[str], rng: random.Random) -> str | None:
    """``question`` with one of ``names``, of which ``sentence`` holds no word, in place of one of its own; or None."""
    own = list(NAME.finditer(question))
    if not own:
        return None
    replaced = rng.choice(own)
    size = len(replaced.group().split())
    held = f"{question} {sentence}".lower()
    fit = [name for name in names if len(name.split()) == size and not any(w in held for w in name.lower().split())]
    return question[: replaced.start()] + rng.choice(fit) + question[replaced.end() :] if fit else None


def names(text: str) -> list[str]:
    """What is written with a capital inside the sentences of ``text``, without repetition."""
    return sorted({match.group() for match in NAME.finditer(text)})


def _of_circumstance(question: str, sentence: str) -> list[str]:
    asked = ASKED.match(question)
    if not asked:
        return []
    rest = question[asked.end() :]
    signs = (("When", TIME), ("Where", PLACE), ("Why", REASON))
    own = asked.group().strip().capitalize()
    own = own if own in ("Where", "Why") else "When"
    return [
        f"{other} {rest}"
        for other, sign in signs
        if other != own and not sign.search(sentence) and (other == "Why" or PAST.match(rest))
    ]


def _of_who(question: str, sentence: str) -> list[str]:
    held = question.lower()
    if (asked := PASSIVE.match(question)) and not re.search(r"\bby\b", sentence):
        strangers = [name for name in NAME.findall(sentence) if name.split()[0].lower() not in held]
        if not [name for name in strangers if not TIME.search(name)]:
            made = f"{asked[2]} {asked[1]}?"
            return [f"Who {made}", f"By whom was {asked[1]} {asked[2]}?"]
    if (asked := WHO.match(question)) and not TIME.search(sentence):
        verb = WRITTEN.get(asked[1].lower(), asked[1])
        return [f"When was {asked[2]} {verb}?", f"In what year was {asked[2]} {verb}?"]
    return []


def _of_size(question: str, sentence: str) -> list[str]:
    asked = SIZE.match(question)
    if not asked:
        return []
    own = {"high": "tall", "far": "long", "large": "wide", "big": "wide"}.get(asked[1].lower(), asked[1].lower())
    return [
        f"How {other} {question[asked.end() :]}"
        for other, signs in SIZES.items()
        if other != own and not re.search(rf"(?i)\b(?:{signs})", sentence)
    ]
