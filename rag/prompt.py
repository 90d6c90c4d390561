"""The prompt that reader, writer and checker share: numbered evidence under its titles, then the question.

Evidence comes first, so that all that is asked about the same evidence reuses what the model made of it. Control
tokens are never read out of evidence or questions: both are data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NO_ANSWER = 0  # the label that says: none of these sentences answers the question
INSTRUCTIONS = (
    "You answer questions from numbered sentences. Say in one to four short, complete sentences what they say about "
    "the question, with names and figures as they stand there. End each sentence with the numbers of the sentences "
    "that prove it, in brackets: [2]."
)

SPLIT = """Rewrite the question as the simple questions whose answers are needed to answer it, one a line. Each asks \
for one fact about one thing, is complete by itself and keeps the names and words of the question. If it is already \
simple, repeat it.

Examples:
Compare the height of the Brandt Tower and the Oslo Tower.
-> What is the height of the Brandt Tower?
-> What is the height of the Oslo Tower?

Which is older, the church of Lund or its school?
-> When was the church of Lund built?
-> When was the school of Lund built?

How do the heads of Velo and Marn differ?
-> Who is the head of Velo?
-> Who is the head of Marn?

Who built the mill, and what did it cost?
-> Who built the mill?
-> What did the mill cost?

Why was the light switched off?
-> Why was the light switched off?

Which closed first, the church or the shop?
-> When did the church close?
-> When did the shop close?

Who sold the Oslo Tower to Ida Brandt?
-> Who sold the Oslo Tower to Ida Brandt?

Who is taller, Ida Brandt or Jon Lie?
-> How tall is Ida Brandt?
-> How tall is Jon Lie?

Is Velo larger than Marn?
-> How large is Velo?
-> How large is Marn?"""

VERDICT = (
    "Do the sentences state the answer to exactly this question, about the same thing, person, place and time? "
    "Answer yes or no."
)
SUPPORT = "Do the sentences state all of the statement? Answer yes or no."
FOLLOW_UP = """Rewrite the last question so that it can be understood without the conversation: put the names and \
things that are meant in the place of words like it, they and there, and complete what was left out. Keep its \
language. If it can be understood alone, repeat it as it is.

Examples:
Q: Who built the Brandt Tower?
A: Ida Brandt built it in 1912.
Last question: And how high is it?
-> How high is the Brandt Tower?

Q: When did the ferry to Oss stop?
A: The ferry to Oss stopped in 1950.
Last question: Why?
-> Why did the ferry to Oss stop in 1950?

Q: Who led the choir of Oss in 1990?
A: Jon Lie led it in 1990.
Last question: And in 1995?
-> Who led the choir of Oss in 1995?

Q: What does a room at the inn cost?
A: A room costs 90 crowns in June.
Last question: And for children?
-> What does a room at the inn cost for children?

Q: Who runs the school?
A: Anna Holm runs the school.
Last question: How many bells are there in the church?
-> How many bells are there in the church?"""


@dataclass(frozen=True)
class Line:
    """A sentence as a model reads it; ``context`` (title, heading, column names) stands above it."""

    text: str
    context: str = ""


def one_line(text: str) -> str:
    """``text`` with every run of blanks and line breaks made one blank."""
    return " ".join(text.split())


def evidence_block(lines: Iterable[Line]) -> str:
    """The evidence, one sentence a line, labelled [1], [2], …; a context stands above the sentences that share it."""
    written, before = [], ""
    for label, line in enumerate(lines, 1):
        context = one_line(line.context)
        if context != before:
            written.append(f"# {context}\n")
        before = context
        written.append(f"[{label}] {one_line(line.text)}\n")
    return "".join(written)


def statement_block(statement: str) -> str:
    """A statement that is to be judged."""
    return f"\nStatement: {one_line(statement)}\n"


def question_block(question: str) -> str:
    """The question as all models read it."""
    return f"\nQuestion: {one_line(question)}\n"


ANSWER = "Answer: ["  # the label of the sentence that answers follows


def completion(label: int, span: str) -> str:
    """What the reader writes: the cited label, then the answer's words (nothing after label 0)."""
    return f"{label}] {one_line(span)}".rstrip()
