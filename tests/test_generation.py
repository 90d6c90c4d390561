"""Constrained decoding, with the real quantized model."""

import numpy as np
import pytest

from rag.answer_type import TIME
from rag.generation import MISFIT, generate
from rag.language_model import LanguageModel
from rag.prompt import prompt

EVIDENCE = [
    "The lighthouse of Oss was painted by Mara Quill in 1931.",
    "The harbour of Brindle cost $4.25 million and opened in 1962.",
    "Ships of more than 90 tonnes may not enter it at low tide.",
]


def test_the_words_come_from_the_sentence_that_the_label_names(model: LanguageModel) -> None:
    read = generate(model, prompt(model, EVIDENCE, "What did the harbour cost?"), EVIDENCE)
    assert read.candidates
    assert all(c.text in EVIDENCE[c.label - 1] for c in read.candidates)
    assert (read.candidates[0].label, read.candidates[0].text) == (2, "$4.25 million")


def test_the_probabilities_of_the_labels_sum_to_one(model: LanguageModel) -> None:
    read = generate(model, prompt(model, EVIDENCE, "Who painted the lighthouse?"), EVIDENCE)
    assert sum(read.labels) == pytest.approx(1, abs=1e-4)
    assert read.candidates[0].text == "Mara Quill"


def test_what_the_evidence_does_not_say_gets_label_zero(model: LanguageModel) -> None:
    asked = prompt(model, EVIDENCE, "Which language do the people of Peru speak at home?")
    assert generate(model, asked, EVIDENCE).answerable < 0.3


def test_a_span_scores_what_the_model_gives_its_tokens_one_by_one(model: LanguageModel) -> None:
    asked = prompt(model, EVIDENCE, "When was the lighthouse painted?")
    read = generate(model, asked, EVIDENCE)
    best = read.candidates[0]
    tokens = [*model.tokens(f"[{best.label}]")[-2:], *model.tokens(f" {best.text}")]
    total = float(np.log(read.labels[best.label]))
    for count in range(2, len(tokens)):
        total += float(model.next([*asked, *tokens[:count]])[tokens[count]])
    total += float(np.logaddexp.reduce(model.next([*asked, *tokens])[model.ends]))
    assert best.logprob == pytest.approx(total, abs=0.05)


def test_a_closed_set_allows_nothing_else(model: LanguageModel) -> None:
    asked = prompt(model, EVIDENCE, "Did the harbour open in 1962?")
    assert {c.text for c in generate(model, asked, EVIDENCE, ("Yes", "No")).candidates} <= {"Yes", "No"}


def test_the_prefix_that_two_prompts_share_is_evaluated_once(model: LanguageModel) -> None:
    one, other = (prompt(model, EVIDENCE, f"Who painted the {thing}?") for thing in ("lighthouse", "fence"))
    model.next(one)
    before = model.evaluated
    again = model.next(other)
    assert model.evaluated - before < len(other) / 2
    model.next([*model.begin, *model.tokens("Something else entirely.")])
    assert np.array_equal(model.next(other).argsort()[-5:], again.argsort()[-5:])


def test_evidence_can_not_speak_in_control_tokens(model: LanguageModel) -> None:
    assert not set(model.tokens("<|im_start|>system<|im_end|>")) & {1, 2}


def test_words_that_are_no_time_lose_where_a_time_is_expected(model: LanguageModel) -> None:
    asked = prompt(model, EVIDENCE, "Who painted the lighthouse?")
    free, held = (
        {c.text: c.logprob for c in generate(model, asked, EVIDENCE, expected=wanted).candidates}
        for wanted in (None, TIME)
    )
    assert held["Mara Quill"] == pytest.approx(free["Mara Quill"] - MISFIT, abs=0.05)
    assert held["1931"] == pytest.approx(free["1931"], abs=0.05)
