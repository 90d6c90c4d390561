"""The suite composed: what its cases promise is really so in its articles."""

from collections import Counter
from itertools import chain

import pytest

from evals import suite, text_matching
from evals.case import COLLECTION, Case
from evals.suite import Suite
from index.article import Article, find, read

CHOICES = {"yes", "no"}  # what a question offers, and no article need say


@pytest.fixture(scope="module")
def composed() -> Suite:
    return suite.load("composed")


@pytest.fixture(scope="module")
def articles(composed: Suite) -> list[Article]:
    return [read(path) for path in find(composed.articles)]


def test_it_has_every_kind_of_question(composed: Suite) -> None:
    kinds = Counter(case.category for case in composed.cases)
    assert len(kinds) >= 14 and min(kinds.values()) >= 5
    assert sum(not case.answerable for case in composed.cases) >= 25
    assert sum(case.unanswered for case in composed.cases) >= 10


def test_what_must_be_said_stands_in_the_proof(composed: Suite) -> None:
    for case in composed.cases:
        if case.category != COLLECTION:
            proof = "\n".join(chain.from_iterable(case.parts))
            for part in case.contains:
                assert any(text_matching.says(proof, words) for words in part), (case.id, part)


def test_what_must_not_be_said_might_be_and_is_not_asked_for(composed: Suite, articles: list[Article]) -> None:
    text = "\n".join(article.text for article in articles)
    for case in composed.cases:
        right = list(chain.from_iterable(case.contains))
        for phrase in case.excludes:
            assert phrase in CHOICES or text_matching.says(text, phrase), (case.id, phrase)
            assert not any(text_matching.says(said, phrase) for said in (case.question, *right)), (case.id, phrase)


def test_an_answer_is_not_given_away_by_its_question(composed: Suite) -> None:
    def given_away(case: Case) -> bool:
        return bool(case.contains) and text_matching.recall(case.question, case.contains) == 1.0

    assert not [case.id for case in composed.cases if given_away(case)]


def test_the_articles_are_as_many_as_a_case_says(composed: Suite, articles: list[Article]) -> None:
    said = {case.id: case.contains for case in composed.cases}
    assert said["all-count"] == [[str(len(articles))]]
    reports = [article for article in articles if "annual report" in article.title]
    assert text_matching.says(str(len(reports)), said["all-reports"][0][0])


def test_each_part_of_a_proof_has_its_own_number(composed: Suite) -> None:
    proofs = composed.proofs["staff-drivers"]
    assert [proof.part for proof in proofs] == [0, 1, 2]
    assert {proof.part for proof in composed.proofs["contra-fog"]} == {0, 1} and len(composed.proofs["contra-fog"]) == 3
