"""Grounding and ROUGE-L: on sentences small enough to work out by hand."""

import pytest

from evals.grounding import foreign, unsupported
from evals.rouge import rouge_l

QUOTE = "On 9 March 2019 Ines Marrow raised £312,000 for seventeen farms."


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("Ines Marrow raised 312000 pounds in March 2019.", []),
        ("There are 17 farms.", []),
        ("Marrow raised £315,000.", ["315,000"]),
        ("The money was raised by Callum Oake.", ["Callum", "Oake"]),
        ("Yes: The money was raised.", []),
        ("Nobody knows. Everybody guesses. “Quite so.”", []),
        ("It was raised in California, I think.", ["California"]),
        ("Marrow’s farms", []),
    ],
)
def test_names_and_numbers_are_foreign_where_no_source_has_them(statement: str, words: list[str]) -> None:
    assert foreign(statement, [QUOTE]) == words


def test_question_and_title_are_sources_and_only_the_own_citations_are() -> None:
    def said(text: str, quote: str) -> dict[str, object]:
        return {"text": text, "citations": [{"quote": quote, "title": "The Skerrow Gazette"}]}

    one, other = said("The tower of Skerrow has 34 steps.", "It has 34 steps."), said("It has 34 steps.", "It is old.")
    assert unsupported([one], []) == 0.0
    assert unsupported([one, other], []) == 0.5
    assert unsupported([other], ["Are there 34 steps?"]) == 0.0
    dated = said("The Skerrow Gazette (2019-03-10): It has 34 steps.", "It has 34 steps.")
    assert unsupported([dated], []) == 0.0


def test_rouge_l_is_the_f1_of_the_longest_common_subsequence() -> None:
    assert rouge_l("police killed the gunman", ["police kill the gunman"]) == pytest.approx(3 / 4)
    assert rouge_l("the gunman police killed", ["police killed the gunman"]) == pytest.approx(2 / 4)
    assert rouge_l("Police!", ["gunman", "the police"]) == pytest.approx(2 / 3)
    assert rouge_l("", ["police"]) == 0.0
