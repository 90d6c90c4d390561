"""Yes/no questions for training, made from sentences."""

import random

import numpy as np
import pytest
from rag.training.negatives import Neighbours

from rag.training.polar import polar


@pytest.fixture
def near() -> Neighbours:
    words = ["sign", "make", "carry", "open"]
    return Neighbours(words, np.eye(4, dtype=np.float32))


def made(sentence: str, near: Neighbours) -> set[tuple[str, str]]:
    return {found for seed in range(60) if (found := polar(sentence, near, random.Random(seed)))}


def test_a_sentence_becomes_a_true_and_a_false_question(near: Neighbours) -> None:
    questions = made("The harbour was opened before the war of 1962.", near)
    assert ("Was the harbour opened before the war of 1962?", "Yes") in questions
    assert ("Was the harbour opened after the war of 1962?", "No") in questions
    assert {answer for _, answer in questions} == {"Yes", "No"}


def test_a_verb_gets_its_base_form(near: Neighbours) -> None:
    assert ("Did Oracle sign the whole deal?", "Yes") in made("Oracle signed the whole deal.", near)
    assert ("Does Oracle make fast databases?", "Yes") in made("Oracle makes fast databases.", near)


def test_a_denial_is_asked_without_it_and_answered_no(near: Neighbours) -> None:
    assert made("The mill was not sold to the town.", near) == {("Was the mill sold to the town?", "No")}


@pytest.mark.parametrize("sentence", ["It was opened by the mayor.", "Nobody knows.", "Is it open to the public?"])
def test_what_can_not_be_asked_is_left_out(sentence: str, near: Neighbours) -> None:
    assert not made(sentence, near)
