"""Questions: what kind of answer one asks for."""

import re
from enum import Enum

from index.errors import UsageError

AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|"
    r"isn['’]t|aren['’]t|wasn['’]t|weren['’]t|don['’]t|doesn['’]t|didn['’]t|hasn['’]t|haven['’]t|won['’]t|can['’]t)"
)
POLAR = re.compile(rf"(?:and |but |so )?{AUXILIARY}\b(?!.* or )", re.I)
EXPLANATORY = re.compile(
    r"(?:and |but |so )?(?:why\b|how (?=(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|"
    r"might|may|must)\b)|what (?:does|do|did|would) .*\b(?:mean|imply|entail|involve)\b|"
    r"what (?:does|do|did|will|would|could|can|might) .*\bdo (?:to|for|about|with)\b|"
    r"what (?:is|are|was|were|will be|would be) the (?:effect|impact|consequence|implication)s? (?:of|on|for)\b|"
    r"explain\b|describe\b|tell me\b|compare\b|contrast\b|what (?:is|are) the differences?\b|"
    r"what (?:happens|happened|would happen|will happen)\b|(?:in )?what (?:way|ways) )",
    re.I,
)
SUMMARY = re.compile(
    r"(?:please )?(?:can you |could you |give (?:me )?|write |make )?(?:an? |the |me )?(?:short |brief |quick )?"
    r"(?:summari[sz]e|summary|sum up|overview|tl;?dr|key (?:takeaways?|points?|facts?)|main (?:points?|ideas?|facts?))"
    r"|what (?:are|is|were) the (?:key|main|most important) (?:takeaways?|points?|ideas?|facts?|messages?)"
    r"|what (?:is|are) (?:this|the|these|those) (?:articles?|texts?|documents?|stor(?:y|ies)) about"
    r"|(?:tell (?:me|us) )?(?:everything|all)(?: that)? (?:you (?:have|know|can find)|there is|is known)"
    r"|what (?:do|does|can) (?:you|the (?:articles?|texts?|documents?|library)) (?:know|say|tell(?: me| us)?|have)"
    r" (?:about|on)|tell (?:me|us)(?: (?:more|something|all))? about|(?:tell (?:me|us) )?the (?:whole )?story of",
    re.I,
)
SMALL_TALK = re.compile(
    r"(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening|day|night)|thanks?(?: you)?(?: (?:very|so) much)?|"
    r"(?:good ?)?bye|how are you(?: doing)?(?: today)?|who are you|what are you|what is your name|what's your name|"
    r"what (?:can|do) you do|what can i ask(?: you)?|how (?:do|does|can) (?:you|this|i use (?:you|this)) ?(?:work)?|"
    r"(?:can you )?help(?: me)?|ok(?:ay)?|cool|great|nice|test)(?: there| footnote| everyone| all)?[\s.!?,]*",
    re.I,
)
YES_OR_NO = ("Yes", "No")
LONGEST = 2000  # characters of a question that comes over the network


class Kind(Enum):
    """What a question asks for."""

    SPAN = "some words of a sentence"
    EXPLANATION = "a whole sentence"
    POLAR = "yes or no"
    SUMMARY = "a handful of sentences"
    SMALL_TALK = "nothing that an article could hold"


def kind(question: str) -> Kind:
    """The kind of ``question``, told from its form alone."""
    text = " ".join(question.split())
    if SMALL_TALK.fullmatch(text):
        return Kind.SMALL_TALK
    if SUMMARY.match(text):
        return Kind.SUMMARY
    if EXPLANATORY.match(text):
        return Kind.EXPLANATION
    if POLAR.match(text):
        return Kind.POLAR
    return Kind.SPAN


REQUEST = re.compile(
    rf"^(?:{SUMMARY.pattern})(?: (?:everything|all))?(?: (?:of|about|on|from|in))?"
    r"(?: (?:the|this|these|all|your|all the))?"
    r"(?: (?:whole|articles?|texts?|documents?|files?|stor(?:y|ies)|library|collection)\b(?: (?:about|on|of))?)?",
    re.I,
)
MANNER = re.compile(  # how a summary is to be, not what of
    r",?\s+(?:for me|please|briefly|shortly|in (?:brief|short|detail|your own words)|"
    r"in (?:(?:a|the|an?|one|two|three|four|five|\d+|few|short|brief|simple|bullet|at|most|or|to)\s+)*"
    r"(?:sentences?|words?|lines?|points?|bullets?|paragraphs?|terms))(?=[\s.!?,]*$)",
    re.I,
)


def topic(question: str) -> str:
    """What a summary is asked of; nothing where it is of all that there is."""
    text = " ".join(question.split())
    while (plain := MANNER.sub("", text)) != text:
        text = plain
    left = REQUEST.sub("", text).strip(' .?!:"“”')
    return left if any(c.isalnum() for c in left) else ""


def checked(question: str) -> str:
    """``question`` without surrounding blanks; raises UsageError for an empty one."""
    text = question.strip()
    if not any(character.isalnum() for character in text):
        raise UsageError('The question is empty: ask something, as in rag ask "Who founded it?"')
    return text


def short(question: str) -> str:
    """``question``; raises UsageError for one of more than LONGEST characters."""
    if len(question) > LONGEST:
        raise UsageError(
            f"This question has {len(question):,} characters, and {LONGEST:,} are the most: shorten it, or add the "
            "text as an article and ask about that."
        )
    return question
