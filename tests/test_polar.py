"""Yes/no questions for training, made from sentences."""

import random

import pytest

from rag.training.polar import polar

WORDS = {"sign", "make", "carry", "open"}


def made(sentence: str) -> set[tuple[str, str]]:
    return {found for seed in range(60) if (found := polar(sentence, WORDS, random.Random(seed)))}


def test_a_sentence_becomes_a_true_and_a_false_question() -> None:
    questions = made("The harbour was opened before the war of 1962.")
    assert ("Was the harbour opened before the war of 1962?", "Yes") in questions
    assert ("Was the harbour opened after the war of 1962?", "No") in questions
    assert {answer for _, answer in questions} == {"Yes", "No"}


def test_a_verb_gets_its_base_form() -> None:
    assert ("Did Oracle sign the whole deal?", "Yes") in made("Oracle signed the whole deal.")
    assert ("Does Oracle make fast databases?", "Yes") in made("Oracle makes fast databases.")


def test_a_denial_is_asked_without_it_and_answered_no() -> None:
    assert made("The mill was not sold to the town.") == {("Was the mill sold to the town?", "No")}


@pytest.mark.parametrize("sentence", ["It was opened by the mayor.", "Nobody knows.", "Is it open to the public?"])
def test_what_can_not_be_asked_is_left_out(sentence: str) -> None:
    assert not made(sentence)
