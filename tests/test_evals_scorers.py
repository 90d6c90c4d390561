"""Scorers and figures: each definition on cases small enough to work out by hand."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from evals import text_matching
from evals.case import Case, Proof, Span
from evals.dataset import Asked
from evals.figures import BY_NAME, measure, risk_coverage
from evals.record import Record
from evals.scorers import (
    Citations,
    answer_text,
    citation_scores,
    correctness,
    evidence,
    forbidden,
    given_paragraph,
    grounding,
    list_items,
    partial_answer,
    ranking,
    rouge,
    text_scores,
    validity,
)
from evals.solver import Answered
from evals.table import Table
from evals.threshold import thresholds

TEXT = "One fine day. Another day."


@pytest.mark.parametrize(
    ("text", "phrase", "said"),
    [
        ("It costs £312,000.", "312000", True),
        ("Seventeen farms", "17 farms", True),
        ("twenty-one boats", "21", True),
        ("June 30th, 2019", "30 June 2019", True),
        ("2019-06-30", "30 June 2019", True),
        ("OpenAI’s revenue-sharing", "Revenue sharing", True),
        ("8.7 kilometres", "8", False),
        ("in 1871", "187", False),
        ("nothing", "no", False),
    ],
)
def test_numbers_and_dates_are_said_in_many_ways(text: str, phrase: str, said: bool) -> None:
    assert text_matching.says(text, phrase) is said


def test_recall_is_the_share_of_facts_and_nothing_with_an_excluded_one() -> None:
    facts = [["SoftBank"], ["Oracle", "its database firm"]]
    assert text_matching.recall("SoftBank and Microsoft", facts) == 0.5
    assert text_matching.recall("SoftBank and Oracle", facts) == 1.0
    assert text_matching.recall("SoftBank and Oracle", facts, ["oracle"]) == 0.0


def test_squad_leaves_out_case_punctuation_and_articles() -> None:
    assert text_matching.exact("The Cat!", ["a dog", "cat"]) == 1.0
    assert text_matching.exact("cats", ["cat"]) == 0.0
    assert text_matching.token_f1("a black cat", ["the cat", "dog"]) == pytest.approx(2 / 3)
    assert text_matching.token_f1("bird", ["cat"]) == 0.0


def test_the_cited_sentence_counts_unless_the_answer_says_what_it_must_not() -> None:
    case = Case(
        id="c",
        question="?",
        category="c",
        answerable=True,
        contains=[["fine"]],
        excludes=["no"],
        proof=["One fine day."],
    )

    def answer(text: str) -> dict[str, object]:
        return {"answer": text, "statements": [{"text": text, "citations": [citation(0, 13)]}]}

    found = [text_scores(case, answer(text)) for text in ("fine", "one", "No: one fine day.")]
    assert [(scores["facts"], scores["facts_cited"]) for scores in found] == [(1, 1), (0, 1), (0, 0)]
    assert set(text_scores(case, {"answer": None, "statements": []}).values()) == {0.0}


def test_key_words_are_what_exact_match_and_f1_are_measured_on() -> None:
    case = Case(id="c", question="?", category="c", answerable=True, contains=[["Marrow"]], proof=["It was Marrow."])
    answer = {"answer": "The tower was bought by Ines Marrow.", "short": "Marrow", "statements": []}
    assert text_scores(case, answer)["exact"] == 1.0 and text_scores(case, answer)["facts"] == 1.0
    assert text_scores(case, answer | {"short": None})["exact"] == 0.0


def answered(text: str | None, **more: Any) -> Answered:
    statements = [{"text": text, "citations": [citation(0, 13) | {"title": "A day"}]}] if text else []
    given = {"answer": text, "abstained": not text, "statements": statements, "confidence": 0.7, **more}
    return Answered(answer=given, forced=given, memory=1.0)


def asked(**more: Any) -> Asked:
    case = {"id": "c", "question": "?", "category": "c", "answerable": True, "contains": [["fine"]], "proof": [TEXT]}
    return Asked(suite="s", case=Case.model_validate(case | more), proofs=[Proof(article="a", start=0, end=13)])


def test_what_must_not_be_said_counts_also_where_there_is_no_answer() -> None:
    near = asked(answerable=False, contains=[], proof=[], excludes=["Tuesday"])
    assert forbidden(near, answered("On Tuesday.")) == {"forbidden": 1.0}
    assert forbidden(near, answered("On Monday.")) == forbidden(near, answered(None)) == {"forbidden": 0.0}
    assert forbidden(asked(), answered("On Tuesday.")) is None


def test_items_of_a_list_are_recalled_one_by_one() -> None:
    days = asked(category="list", contains=[["Monday"], ["Tuesday", "the day after"]])
    assert list_items(days, answered("Monday and the day after")) == {"list_facts": 1.0}
    assert list_items(days, answered("Monday")) == {"list_facts": 0.5}
    assert list_items(days, answered(None)) == {"list_facts": 0.0} and list_items(asked(), answered("fine")) is None


def test_the_open_half_of_a_question_is_named_and_not_made_up() -> None:
    part = asked(unanswered=True, excludes=["Tuesday"])

    def scores(text: str, **more: Any) -> tuple[float, ...]:
        return tuple((partial_answer(part, answered(text, **more)) or {}).values())

    assert scores("One fine day.", unanswered="The price is not said.") == (1, 1, 0)
    assert scores("One fine Tuesday.") == (1, 0, 1)
    assert scores("It cost 40.") == (0, 0, 1)
    assert partial_answer(asked(), answered("fine")) is None


def test_numbers_and_names_are_held_against_what_is_cited() -> None:
    assert grounding(asked(), answered("It was a fine day.")) == {"unsupported": 0.0}
    assert grounding(asked(), answered("It was in Oslo.")) == {"unsupported": 1.0}
    assert grounding(asked(category="collection"), answered("There are 26.")) is None
    assert grounding(asked(), answered(None)) is None


def test_whole_answers_are_compared_by_rouge_and_right_when_they_cite_gold() -> None:
    long = asked(contains=[], references=["a fine day", "rain"])
    assert rouge(long, answered("one fine day")) == {"rouge_l": pytest.approx(2 / 3)}
    assert rouge(long, answered(None)) == {"rouge_l": 0.0}
    assert answer_text(long, answered("one fine day")) is None
    assert correctness(long, answered("one fine day").answer) == 1.0
    assert correctness(long, answered(None).answer) == 0.0


def test_the_given_paragraph_counts_abstentions_as_answers() -> None:
    paragraph = {"paragraph": Span(article="a", start=0, end=26)}
    there = asked().model_copy(update=paragraph)
    gone = asked(answerable=False, contains=[], proof=[]).model_copy(update=paragraph)
    assert (given_paragraph(there, answered("fine")) or {})["overall_exact"] == 1.0
    assert (given_paragraph(gone, answered(None)) or {})["overall_f1"] == 1.0
    assert (given_paragraph(gone, answered("fine")) or {})["overall_f1"] == 0.0
    assert given_paragraph(asked(), answered("fine")) is None


def test_gold_sentences_count_among_citations_and_evidence_by_part() -> None:
    proofs = [Proof(article="a", start=0, end=13), Proof(article="a", start=14, end=26, part=1)]
    assert citation_scores([[citation(0, 5)]], proofs) | {"gold_recall": 0.5, "gold_hit": 1.0} == citation_scores(
        [[citation(0, 5)]], proofs
    )
    assert citation_scores([[citation(0, 26)]], proofs)["gold_recall"] == 1.0
    assert citation_scores([[citation(0, 26, article="b")]], proofs)["gold_hit"] == 0.0
    alternatives = [proofs[0], proofs[1].model_copy(update={"part": 0})]
    assert citation_scores([[citation(0, 5)]], alternatives)["gold_recall"] == 1.0
    read = answered("fine").model_copy(update={"evidence": [Span(article="a", start=14, end=20)]})
    assert evidence(asked().model_copy(update={"proofs": proofs}), read) == {"evidence_recall": 0.5}


def citation(start: int, end: int, quote: str | None = None, article: str = "a") -> dict[str, object]:
    return {"article": article, "start": start, "end": end, "quote": quote or TEXT[start:end]}


def test_a_citation_holds_where_its_quote_stands_and_cuts_no_word() -> None:
    texts = {"a": TEXT}
    assert validity([citation(0, 13)], texts) == 1.0
    assert validity([citation(0, 13), citation(1, 14)], texts) == 0.5
    assert validity([citation(0, 13, "One fine dog.")], texts) == 0.0


def figures(statements: Sequence[Citations], proofs: Sequence[Proof]) -> tuple[float, float]:
    found = citation_scores(statements, proofs)
    return found["citation_recall"], found["citation_precision"]


def test_a_citation_proves_what_it_overlaps() -> None:
    proofs = [Proof(article="a", start=0, end=13)]
    right, wrong, elsewhere = citation(0, 13), citation(14, 26), citation(0, 13, article="b")
    assert figures([[right]], proofs) == (1.0, 1.0)
    assert figures([[right, wrong]], proofs) == (1.0, 0.5)
    assert figures([[right], [elsewhere]], proofs) == (0.5, 0.5)


def test_retrieval_is_scored_by_rank() -> None:
    scores = ranking(["c"], ["a", "b", "c"])
    assert [scores["recall_at_1"], scores["recall_at_3"], scores["mrr"]] == pytest.approx([0, 1, 1 / 3])
    assert scores["ndcg_at_10"] == pytest.approx(1 / math.log2(4))
    assert set(ranking(["c"], ["a"]).values()) == set(ranking(["c"], []).values()) == {0.0}


def record(id: str, answerable: bool, confidence: float, right: bool, threshold: float = 0.5) -> Record:
    """A case that was answered where ``confidence`` reaches ``threshold``."""
    expected = {"contains": [["yes"]], "proof": ["yes"]} if answerable else {}
    case = Case.model_validate({"id": id, "question": "?", "category": "c", "answerable": answerable, **expected})
    said = float(right and confidence >= threshold)
    scores = {"abstained": float(confidence < threshold), "confidence": confidence, "forced_facts": float(right)}
    if answerable:
        scores |= {"facts": said, "facts_cited": said}
    answer = {"abstained": confidence < threshold}
    return Record(asked=Asked(suite="s", case=case, proofs=[]), answer=answer, scores=scores)


RECORDS = [
    record("sure", True, 0.9, True),
    record("wrong", True, 0.8, False),
    record("shy", True, 0.4, True),
    record("silent", False, 0.2, False),
]


def test_risk_grows_as_less_sure_answers_are_given() -> None:
    coverage, risk = risk_coverage(Table.of(RECORDS))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])


def test_cases_of_one_confidence_are_answered_together() -> None:
    tied = [record("a", True, 0.9, True), record("b", True, 0.9, False)]
    assert risk_coverage(Table.of(tied))[1].tolist() == risk_coverage(Table.of(tied[::-1]))[1].tolist() == [0.5, 0.5]


def test_figures_count_only_the_cases_they_are_about() -> None:
    found = measure(RECORDS)
    assert [found["facts"].value, found["facts"].cases] == pytest.approx([1 / 3, 3])
    assert [found["declines"].value, found["abstains"].value] == pytest.approx([1 / 3, 1])
    assert found["abstention_precision"].value == 0.5
    assert found["facts"].low <= found["facts"].value <= found["facts"].high
    assert "exact" not in found
    assert BY_NAME["declines"].higher_is_better is False


def test_a_threshold_declines_no_more_than_its_budget() -> None:
    strict, loose = thresholds(RECORDS, [0.05, 0.4])
    assert [strict.declines, strict.abstains, strict.facts] == pytest.approx([0, 1, 2 / 3])
    assert [loose.declines, loose.confidence] == pytest.approx([1 / 3, 0.8])
    assert thresholds(RECORDS[:3]) == []


def test_verdicts() -> None:
    assert [r.verdict for r in RECORDS] == ["", "wrong or incomplete", "declined", ""]
    assert record("loud", False, 0.9, False).verdict == "answered what the articles do not say"
