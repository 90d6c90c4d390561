"""Confidence: the reader's probability, and the names and numbers of the question around its sentence."""

import pytest

from index.passage import Passage
from index.search import Hit
from rag.confidence import THRESHOLD, around, confidence, covers, elsewhere, judged, signs
from rag.evidence import Evidence
from rag.generation import Candidate, Reading

TEXT = "The lighthouse was painted by Mara Quill. It stands near Oss."
EVIDENCE = [Evidence("a", 0, 41, TEXT[:41], 1.0, "The coast (1931)", "Towers")]
HITS = [Hit(Passage("a", 0, len(TEXT), TEXT), 1.0, 1, 1, 1)]


def sure(none: float, question: str = "Who painted the lighthouse?") -> float:
    return confidence(question, Reading((none, 1 - none), (Candidate(1, "Mara Quill", -0.1),)), EVIDENCE, HITS)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("Who painted the lighthouse?", 1.0),
        ("Did Mara Quill paint it?", 1.0),
        ("Did Mara Holm paint it?", 0.5),
        ("What did Quill's brother paint in 1931?", 0.5),
        ("What did the Smiths pay in 1,999 and 7?", 0.0),
        ("Oracle paid what?", 1.0),  # a first word is no name
    ],
)
def test_the_share_of_the_questions_names_and_numbers_that_stand_there(question: str, share: float) -> None:
    assert covers("The lighthouse was painted by Mara Quill.", question) == pytest.approx(share)


def test_title_heading_and_the_passage_around_the_sentence_count() -> None:
    reading = Reading((0.5, 0.5), (Candidate(1, "Mara Quill", -0.1),))
    for question, share in {"Who painted the lighthouse near Oss in 1931?": 1.0, "Is it of the Towers?": 1.0,
                            "Who painted it near Marl?": 0.0}.items():  # fmt: skip
        odds, covered = signs(question, reading, EVIDENCE, HITS)
        assert odds == pytest.approx(0) and covered == share


def test_it_rises_with_the_readers_probability_and_falls_with_each_missing_name() -> None:
    found = [sure(none) for none in (1.0, 0.9, 0.5, 0.1, 0.0)]
    assert found == sorted(found) and 0 < found[0] < 0.1 and 0.9 < found[-1] < 1
    assert sure(0.2, "Who painted the lighthouse of Marl?") < sure(0.2, "Who painted the lighthouse of Oss?")


def test_without_words_that_could_answer_there_is_none() -> None:
    assert confidence("Who?", Reading((1.0,), ()), [], []) == 0.0


def test_the_verdict_of_a_writer_moves_the_confidence_both_ways() -> None:
    doubtful, neutral, certain = (judged(0.6, verdict) for verdict in (-1.0, 0.5, 3.0))
    assert doubtful < THRESHOLD < neutral < certain < 1
    assert judged(0.0, 3.0) == 0.0 and judged(0.2, 0.5) < judged(0.9, 0.5)


def test_the_date_that_is_put_to_a_title_covers_no_year_of_the_question() -> None:
    report = Evidence("a", 0, 41, TEXT[:41], 1.0, "Report for 2020 (2021-01-23)")
    assert covers(around(report, HITS), "What was earned in 2021?") == 0
    assert covers(around(report, HITS), "What was earned in 2020?") == 1


def test_a_name_that_other_articles_alone_hold_speaks_against_the_sentence() -> None:
    other = [*HITS, Hit(Passage("b", 0, 30, "Brassmere makes screws in Oss."), 0.9, 2, 2, 2)]
    reading = Reading((0.2, 0.8), (Candidate(1, "Mara Quill", -0.1),))
    question = "Who painted the works of Brassmere?"
    assert elsewhere(question, EVIDENCE[0], EVIDENCE, other) == 1
    assert elsewhere("Who painted it near Oss?", EVIDENCE[0], EVIDENCE, other) == 0
    assert (
        confidence(question, reading, EVIDENCE, other) < 0.33 < confidence("Who painted it?", reading, EVIDENCE, other)
    )
