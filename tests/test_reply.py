"""What a served model wrote, and the log-probabilities that came with it."""

import math

import pytest

from rag.answer_type import TIME
from rag.question import Kind
from rag.reply import Reply, Token, located

EVIDENCE = [
    "The lighthouse was painted by Mara Quill in 1931.",
    "Ships “may not” enter the U.S. by Brindle’s harbour (or port).",
]


@pytest.mark.parametrize(
    ("words", "stands"),
    [
        ("mara quill", "Mara Quill"),
        ('"Mara Quill."', "Mara Quill"),
        ("Brindle's", "Brindle’s"),
        ("Brindle", "Brindle"),
        ("Brindle's harbour", "Brindle’s harbour"),
        ("U.S.", "U.S."),
        ("  in\n1931 ", "in 1931"),
        ("Mara Qui", None),
        ("ara Quill", None),
        ("Quill Mara", None),
        ("…", None),
        ("", None),
    ],
)
def test_words_are_found_as_the_sentence_writes_them(words: str, stands: str | None) -> None:
    assert stands in (located(words, sentence) for sentence in EVIDENCE)
    assert stands or not any(located(words, sentence) for sentence in EVIDENCE)


def test_without_log_probabilities_what_is_written_is_certain() -> None:
    read = Reply('{"sentence": 1, "words": "Mara Quill"}').generation(EVIDENCE, Kind.SPAN)
    assert read.labels == (0.0, 1.0, 0.0) and read.candidates[0].logprob == 0


def test_log_probabilities_of_the_label_and_of_the_words_count_and_no_others() -> None:
    others = {"2": math.log(0.2), "0": math.log(0.1), "x": math.log(0.1)}
    tokens = [Token("[", -9.0), Token("1", math.log(0.6), others), Token("]", -9.0), Token(" Mara", -0.5)]
    tokens += [Token(" Quill", -0.25)]
    read = Reply("[1] Mara Quill", tokens).generation(EVIDENCE, Kind.SPAN)
    assert read.labels == pytest.approx((0.1 / 0.9, 0.6 / 0.9, 0.2 / 0.9))
    assert read.candidates[0].logprob == pytest.approx(math.log(0.6 / 0.9) - 0.75)


def test_where_only_the_label_itself_is_known_the_rest_counts_for_none() -> None:
    read = Reply("[2]", [Token("[2]", math.log(0.7))]).generation(EVIDENCE, Kind.EXPLANATION)
    assert read.labels == pytest.approx((0.3, 0.0, 0.7)) and read.candidates[0].text == EVIDENCE[1]


def test_yes_comes_with_what_no_would_have_had() -> None:
    tokens = [Token("[1]", 0.0), Token(" Yes", -0.1, {" No": -2.5, " Maybe": -3.0})]
    read = Reply("[1] Yes", tokens).generation(EVIDENCE, Kind.POLAR)
    assert [(c.text, round(c.logprob, 2)) for c in read.candidates] == [("Yes", -0.1), ("No", -2.5)]


def test_words_that_are_no_time_lose_where_a_time_is_expected() -> None:
    name, year = (Reply(f"[1] {w}").generation(EVIDENCE, Kind.SPAN, TIME).candidates[0] for w in ("Mara Quill", "1931"))
    assert name.logprob < year.logprob


@pytest.mark.parametrize("text", ['{"sentence": 99999}', '{"sentence": -1}', "[12] x", "\x00", "[]", ""])
def test_nonsense_says_nothing(text: str) -> None:
    read = Reply(text).generation(EVIDENCE, Kind.SPAN)
    assert not read.candidates and read.labels == (1.0, 0.0, 0.0)


def test_words_that_are_no_json_say_nothing() -> None:
    assert not Reply('{"sentence": 1, "words": "\\u00zz"}').generation(EVIDENCE, Kind.SPAN).candidates
