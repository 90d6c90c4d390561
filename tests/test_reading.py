"""The reader's labels and words, with the real model."""

import numpy as np
import pytest

from rag.generation import read as generate
from rag.language_model import LanguageModel
from rag.prompt import ANSWER, Line, evidence_block, question_block
from rag.reader import Reader

EVIDENCE = [
    "The lighthouse of Oss was painted by Mara Quill in 1931.",
    "The harbour of Brindle cost $4.25 million and opened in 1962.",
    "Ships of more than 90 tonnes may not enter it at low tide.",
]


def prompt(model: LanguageModel, evidence: list[str], question: str) -> list[int]:
    asked = question_block(question) + ANSWER
    return [*model.begin, *model.tokens(evidence_block([Line(text) for text in evidence])), *model.tokens(asked)]


def test_the_words_come_from_the_sentence_that_the_label_names(model: LanguageModel) -> None:
    read = generate(model, prompt(model, EVIDENCE, "What did the harbour cost?"), EVIDENCE)
    assert read.candidates
    assert all(c.text in EVIDENCE[c.label - 1] for c in read.candidates)
    assert (read.candidates[0].label, read.candidates[0].text) == (2, "$4.25 million")


def test_the_probabilities_of_the_labels_sum_to_one(model: LanguageModel) -> None:
    read = generate(model, prompt(model, EVIDENCE, "Who painted the lighthouse?"), EVIDENCE)
    assert sum(read.labels) == pytest.approx(1, abs=1e-4)
    assert read.candidates[0].text == "Mara Quill"


def test_what_speaks_against_a_sentence_makes_another_one_the_answer(model: LanguageModel) -> None:
    reports = ["We rang two full peals.", "We rang 19 full peals."]
    asked = prompt(model, reports, "How many full peals were rung?")
    free, bound = (generate(model, asked, reports, prior=prior) for prior in ((), (-9.0, 0.0)))
    assert bound.candidates[0].label == 2 and bound.labels[1] < free.labels[1]
    assert bound.labels[0] == pytest.approx(free.labels[0], rel=0.05), "how probable an answer is stays as it was"


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


def test_twelve_sentences_have_labels_of_their_own(reader: Reader) -> None:
    keepers = ["Ada", "Bo", "Cy", "Dee", "Eve", "Fay", "Gus", "Hal", "Ida", "Jan", "Kit", "Lou"]
    lines = [Line(f"The light of {name}ville is kept by {name} Holm.", "Lights") for name in keepers]
    found = reader.read("Who keeps the light of Louville?", lines)
    assert sum(found.labels) == pytest.approx(1, abs=1e-4) and len(found.labels) == 13
    assert max(range(1, 13), key=lambda k: found.labels[k]) == 12


def test_the_title_tells_reports_apart_that_read_alike(reader: Reader) -> None:
    lines = [Line("The income was 300 crowns.", "Report 2019"), Line("The income was 500 crowns.", "Report 2021")]
    assert reader.read("What was the income in 2021?", lines).candidates[0].label == 2


@pytest.mark.parametrize(
    "question", ["Who founded the mill of Larkhaven?", "How wide is the pier of Brindle?", "When was Mara Quill born?"]
)
def test_near_misses_find_no_answer(reader: Reader, question: str) -> None:
    lines = [Line(text, "Oss and Brindle") for text in EVIDENCE]
    assert reader.read(question, lines).answerable < 0.5


def test_the_same_question_gives_the_same_figures_whatever_was_asked_before(reader: Reader) -> None:
    lines = [Line(text) for text in EVIDENCE]
    first = reader.read("Who painted the lighthouse?", lines)
    reader.read("What did the harbour cost?", lines)
    reader.read("Is it warm?", [Line("It is warm.")])
    again = reader.read("Who painted the lighthouse?", lines)
    assert (first.labels, first.candidates) == (again.labels, again.candidates)
