"""The grammar of replies; that llama.cpp decodes by it is seen in test_served_model.py."""

import json
import re

import pytest

from rag.grammar import grammar
from rag.question import Kind

SENTENCE = 'The "harbour" of Brindle’s cost $4 (in\n1962).'


def replies(rules: str, rule: str = "root") -> set[str]:
    """All that ``rule`` allows."""
    bodies = dict(line.split(" ::= ", 1) for line in rules.splitlines())
    found: set[str] = set()
    for part in bodies[rule].split(" | "):
        begin, _, more = part.partition(" (")
        starts = {""}
        for name in re.findall(r'"(?:[^"\\]|\\.)*"|\w+', begin):
            ways = {json.loads(name)} if name[0] == '"' else replies(rules, name)
            starts = {a + b for a in starts for b in ways}
        found |= starts
        if more:
            space, _, rest = more.removesuffix(")?").rpartition(" ")
            found |= {a + json.loads(space) + b for a in starts for b in replies(rules, rest)}
    return found


def test_every_run_of_whole_words_is_allowed_and_nothing_else() -> None:
    words = ["The", ' "', "harbour", '" ', "of", " ", "Brindle’s", " ", "cost", " ", "$4", " (", "in", " ", "1962"]
    runs = {"".join(words[a : b + 1]) for a in range(0, len(words), 2) for b in range(a, len(words), 2)}
    assert replies(grammar([SENTENCE], Kind.SPAN)) == {"[0]"} | {f"[1] {run}" for run in runs}


@pytest.mark.parametrize("wanted", [Kind.EXPLANATION, Kind.SUMMARY])
def test_whole_sentences_are_only_named(wanted: Kind) -> None:
    assert replies(grammar(["One.", "Two."], wanted)) == {"[0]", "[1]", "[2]"}


def test_yes_and_no_are_all_that_a_yes_or_no_question_allows() -> None:
    assert grammar(["One.", "—"], Kind.POLAR) == 'root ::= "[0]" | "[1] " ("Yes" | "No") | "[2] " ("Yes" | "No")'


def test_a_sentence_without_words_can_not_be_quoted() -> None:
    assert replies(grammar(["—", "Two."], Kind.SPAN)) == {"[0]", "[2] Two"}
