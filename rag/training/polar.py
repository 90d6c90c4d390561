"""Yes/no questions made from declarative sentences, true as they stand or made false."""

import random
import re
from collections.abc import Collection

NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
ANTONYMS = [
    ("first", "last"), ("before", "after"), ("largest", "smallest"), ("larger", "smaller"), ("large", "small"),
    ("highest", "lowest"), ("higher", "lower"), ("high", "low"), ("most", "least"), ("more", "fewer"),
    ("increase", "decrease"), ("increased", "decreased"), ("rise", "fall"), ("gain", "lose"), ("won", "lost"),
    ("win", "lose"), ("start", "end"), ("started", "ended"), ("begin", "end"), ("began", "ended"),
    ("north", "south"), ("northern", "southern"), ("east", "west"), ("eastern", "western"), ("early", "late"),
    ("earliest", "latest"), ("oldest", "youngest"), ("older", "younger"), ("old", "new"), ("best", "worst"),
    ("better", "worse"), ("good", "bad"), ("like", "dislike"), ("liked", "disliked"), ("love", "hate"),
    ("accepted", "rejected"), ("allowed", "forbidden"), ("above", "below"), ("inside", "outside"),
    ("buy", "sell"), ("bought", "sold"), ("open", "close"), ("opened", "closed"), ("strong", "weak"),
    ("stronger", "weaker"), ("cheap", "expensive"), ("easy", "difficult"), ("easier", "harder"),
    ("long", "short"), ("longest", "shortest"), ("male", "female"), ("father", "mother"), ("son", "daughter"),
    ("brother", "sister"), ("major", "minor"), ("public", "private"), ("positive", "negative"),
    ("attacked", "defended"), ("joined", "left"), ("supported", "opposed"), ("created", "destroyed"),
    ("built", "demolished"), ("found", "lost"), ("hired", "fired"), ("always", "never"), ("all", "none"),
    ("can", "cannot"), ("did", "did not"), ("does", "does not"), ("is", "is not"), ("was", "was not"),
    ("are", "are not"), ("were", "were not"), ("will", "will never"), ("has", "has never"), ("had", "had never"),
]  # fmt: skip
OPPOSITE = {**dict(ANTONYMS), **{b: a for a, b in ANTONYMS if " " not in b}}
SUBJECT = r"(?P<subject>[A-Z][^,;:()\"“”]{1,50}?)"
REST = r"(?P<rest>[^?!\"“”;:]{8,140})\.$"
WITH_AUXILIARY = re.compile(
    rf"^{SUBJECT} (?P<verb>is|are|was|were|has|have|had|can|could|will|would|should|may|might|must) {REST}"
)
NAME = r"(?P<subject>(?:The |A )?[A-Za-z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+){0,4})"
WITH_VERB = re.compile(rf"^{NAME} (?:also |then |later |first )?(?P<verb>[a-z]+) {REST}")
PRONOUN = re.compile(
    r"(?i)^(it|this|that|these|those|there|here|they|we|i|he|she|you|who|which|what|if|when|as|but|and|in|on|at|for"
    r"|while|after|before|although|since|despite|during|with|by|from|one|some|other|another)\b"
)
ARTICLE = re.compile(r"(?:The|A|An|His|Her|Their|Its|Our|My|Some|Many|Most|All|Both|Each|Every|One|Other)\b")
IRREGULAR = {
    "became": "become", "began": "begin", "bought": "buy", "broke": "break", "brought": "bring", "built": "build",
    "came": "come", "chose": "choose", "drew": "draw", "fell": "fall", "found": "find", "gave": "give", "got": "get",
    "grew": "grow", "held": "hold", "kept": "keep", "knew": "know", "led": "lead", "left": "leave", "lost": "lose",
    "made": "make", "met": "meet", "paid": "pay", "ran": "run", "said": "say", "saw": "see", "sent": "send",
    "sold": "sell", "spent": "spend", "stood": "stand", "took": "take", "told": "tell", "went": "go", "won": "win",
    "wrote": "write",
}  # fmt: skip


def polar(sentence: str, words: Collection[str], rng: random.Random) -> tuple[str, str] | None:
    """A question that ``sentence`` answers with yes or no, and that answer; None where its form is another.

    ``words`` are the lower-case words that there are, to find the base form of a verb.
    """
    if PRONOUN.match(sentence):
        return None
    auxiliary = WITH_AUXILIARY.match(sentence)
    if auxiliary:
        return _question(auxiliary["verb"], auxiliary["subject"], "", auxiliary["rest"], rng)
    plain = WITH_VERB.match(sentence)
    if plain:
        base = _base(plain["verb"], words)
        if base:
            return _question(base[0], plain["subject"], base[1] + " ", plain["rest"], rng)
    return None


def _question(auxiliary: str, subject: str, verb: str, rest: str, rng: random.Random) -> tuple[str, str] | None:
    answer = "Yes"
    clause = rest.partition(", ")[0]
    if len(clause.split()) > 2 and rng.random() < 0.6:  # people ask shorter than articles say
        rest = clause
    if re.search(r"\b(?:not|never)\b", rest):
        answer = "No"
        rest = re.sub(r"\b(?:not|never) ", "", rest, count=1)
    elif rng.random() < 0.6:  # many sentences hold nothing to exchange
        false = _made_false(rest, rng)
        if false is None:
            return None
        answer, rest = "No", false
    if ARTICLE.match(subject):
        subject = subject[0].lower() + subject[1:]
    return f"{auxiliary.capitalize()} {subject} {verb}{rest}?", answer


def _made_false(rest: str, rng: random.Random) -> str | None:
    """``rest`` with a number or a word that has an opposite exchanged, or None where it has neither."""
    opposites = [m for m in re.finditer(r"[a-z]+", rest) if " " not in OPPOSITE.get(m.group(), " ")]
    numbers = list(NUMBER.finditer(rest))
    if opposites and (not numbers or rng.random() < 0.6):
        m = rng.choice(opposites)
        return rest[: m.start()] + OPPOSITE[m.group()] + rest[m.end() :]
    if numbers:
        m = rng.choice(numbers)
        digits = m.group()
        at = rng.choice([i for i, c in enumerate(digits) if c.isdigit()])
        changed = digits[:at] + str((int(digits[at]) + rng.randint(1, 8)) % 10) + digits[at + 1 :]
        return rest[: m.start()] + changed + rest[m.end() :]
    return None


def _base(verb: str, words: Collection[str]) -> tuple[str, str] | None:
    """The auxiliary and the base form of ``verb``: ``signed`` → did, sign; ``makes`` → does, make."""
    if verb in IRREGULAR:
        return "did", IRREGULAR[verb]
    endings = [("ied", "y", "did"), ("ed", "", "did"), ("ed", "e", "did"), ("es", "", "does"), ("s", "", "does")]
    for ending, instead, auxiliary in endings:
        stem = verb.removesuffix(ending)
        if stem != verb:
            for base in (stem + instead, stem[:-1] if stem[-1:] == stem[-2:-1] else ""):
                if base in words:
                    return auxiliary, base
    return None
