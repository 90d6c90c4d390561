"""The prompt that the trained adapter reads: numbered evidence, the question, an open bracket.

Evidence comes first, so that a second question about the same evidence reuses its prefix.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.language_model import LanguageModel

MAX_EVIDENCE = 9  # a label is one digit, and one digit is one token
INSTRUCTIONS = (
    "Answer the question from the numbered sentences below. Reply with the number of the sentence that answers it in "
    "square brackets, then with the few words of that sentence that are the answer, and nothing else, for example: "
    "[2] in 1998. If none of the sentences answers the question, reply [0]."
)
NO_ANSWER = 0  # the label that says: none of these sentences answers the question


def one_line(text: str) -> str:
    """``text`` with every run of blanks and line breaks made one blank."""
    return " ".join(text.split())


def evidence_block(sentences: Sequence[str]) -> str:
    """The evidence sentences, one a line, labelled [1], [2], …"""
    return "".join(f"[{label}] {one_line(text)}\n" for label, text in enumerate(sentences, 1))


def question_block(question: str) -> str:
    """The question, up to the bracket that the label of the cited sentence follows."""
    return f"Question: {one_line(question)}\nAnswer: ["


def completion(label: int, span: str) -> str:
    """What the model writes: the cited label, then the answer's words (nothing after label 0)."""
    return f"{label}] {one_line(span)}".rstrip()


def instructed(evidence: Sequence[str], question: str, more: str = "") -> str:
    """The message to a model that was not trained for this prompt: instructions (and ``more``), evidence, question."""
    return f"{INSTRUCTIONS}{more}\n\n{evidence_block(evidence)}\nQuestion: {one_line(question)}"


def prompt(model: LanguageModel, evidence: Sequence[str], question: str) -> list[int]:
    """The tokens of the whole prompt, up to where the label is to follow.

    A model that was not trained for this prompt gets the same with instructions, in its own chat template.
    """
    if not model.trained:
        asked = model.chat(instructed(evidence, question))
        if asked:
            return [*asked, *model.tokens("[")]
    return [*model.begin, *model.tokens(evidence_block(evidence)), *model.tokens(question_block(question))]
