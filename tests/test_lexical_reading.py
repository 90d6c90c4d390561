"""Readings by words alone: sentences in languages that the reader does not read."""

import pytest

from rag.evidence import Evidence
from rag.lexical_reading import lexical_reading, unread


def evidence(*scores: float, language: str = "de") -> list[Evidence]:
    return [Evidence("a", 10 * n, 10 * n + 5, "Satz.", score, language=language) for n, score in enumerate(scores)]


def test_the_sentence_that_holds_most_of_the_question_comes_first() -> None:
    reading = lexical_reading("Wer hat den Turm erbaut?", evidence(0.1, 0.7, 0.3))
    assert [c.label for c in reading.candidates] == [2, 3, 1]
    assert sum(reading.labels) == pytest.approx(1)


@pytest.mark.parametrize(("score", "answered"), [(0.6, True), (0.1, False)])
def test_there_is_an_answer_where_enough_of_the_question_is_found(score: float, answered: bool) -> None:
    assert (lexical_reading("Wer hat den Turm erbaut?", evidence(score)).answerable > 0.5) is answered


def test_of_pairs_of_characters_fewer_are_enough() -> None:
    assert lexical_reading("灯塔是谁建造的？", evidence(0.25, language="zh")).answerable > 0.5


def test_the_best_sentence_says_whether_the_reader_can_read_it() -> None:
    assert unread(evidence(0.5)) and not unread(evidence(0.5, language="en")) and not unread([])
