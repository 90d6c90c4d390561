"""Near misses that are made of answered questions, to train the judge on."""

import random

import pytest

from rag.training.near_miss import names, other_kind, other_name

RNG = random.Random(0)


@pytest.mark.parametrize(
    ("question", "sentence", "missed"),
    [
        ("When was the mill founded?", "The mill was founded in 1881.", {"Who founded the mill?"}),
        ("In what year was the mill built?", "It was built in 1911.", {"Who built the mill?"}),
        ("Who founded the mill?", "Ada Lund founded the mill.", {"When was the mill founded?"}),
        ("Why did the mill close?", "The mill closed because the river ran dry.", {"When did the mill close?"}),
        ("How long is the bridge?", "The bridge measures 400 paces.", {"How wide is the bridge?"}),
    ],
)
def test_a_question_is_asked_for_what_the_sentence_does_not_tell(
    question: str, sentence: str, missed: set[str]
) -> None:
    assert missed & {other_kind(question, sentence, RNG) for _ in range(60)}


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When was the mill founded?", "The mill was founded in 1881 by Ada Lund, so as to grind rye for Lenz."),
        ("Where did Ada live?", "From 1881 on, Ada lived in Lenz so as to be near the mill."),
        ("What colour is the mill?", "The mill is red."),
    ],
)
def test_what_the_sentence_may_tell_is_no_near_miss(question: str, sentence: str) -> None:
    assert {other_kind(question, sentence, RNG) for _ in range(60)} == {None}


def test_a_question_is_asked_of_a_name_that_the_sentence_does_not_hold() -> None:
    known = names("The mill of Lenz belongs to Ada Lund. Later it was sold to Ivar Holm, who lived in Orsk.")
    made = {other_name("How old was Ada Lund in Lenz?", "Ada Lund was 40 then.", known, RNG) for _ in range(60)}
    assert made == {"How old was Ivar Holm in Lenz?", "How old was Ada Lund in Orsk?"}


def test_a_question_without_a_name_has_no_other() -> None:
    assert other_name("How old is the mill?", "It is old.", ["Lenz"], RNG) is None
