import json

import pytest

from index.article import Article
from index.errors import UsageError
from index.passage import Passage
from index.search import Hit
from rag.answer import Answer, Statement, Timings, verdicts
from rag.citation import Citation, InvalidCitationError

ARTICLE = Article("a", "A title", "a.txt", "Ten ships sailed. Two “sank”.", "0")
HIT = Hit(Passage("a", 0, 29, ARTICLE.text), 1.5, 1, 2, None)
SAID = Statement("Two sank", (Citation.of(ARTICLE, 18, 29),))
ANSWER = Answer("How many?", (SAID,), None, (HIT,), "m", 0.75, 12, Timings(0.1, 0.2, 0.0, 0.3))
SILENCE = Answer("Who?", (), "Nothing.", (HIT,), "m")


def text_of(_: str) -> str:
    return ARTICLE.text


@pytest.mark.parametrize("answer", [ANSWER, SILENCE])
def test_an_answer_comes_back_from_json_unchanged(answer: Answer) -> None:
    assert Answer.from_json(json.loads(answer.dumps()), text_of) == answer


def test_an_answer_does_not_come_back_when_the_article_has_changed() -> None:
    with pytest.raises(InvalidCitationError):
        Answer.from_json(ANSWER.as_json(), lambda _: "Ten ships sailed. Two “swam”.")


def test_json_has_the_fields_that_the_manual_names() -> None:
    record = ANSWER.as_json()
    assert record["answer"] == "Two sank" and record["abstained"] is False and record["reason"] is None
    assert record["statements"][0]["citations"][0] == {
        "article": "a", "title": "A title", "source": "a.txt", "start": 18, "end": 29, "quote": "Two “sank”.",
        "page": None, "place": None,
    }  # fmt: skip
    assert record["hits"] == [
        {"article": "a", "start": 0, "end": 29, "score": 1.5, "dense_rank": 2, "lexical_rank": None}
    ]
    assert SILENCE.as_json()["answer"] is None and SILENCE.as_json()["abstained"] is True


def test_a_statement_without_a_citation_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="citation"):
        Statement("Two sank", ())


def test_verdicts_tell_which_saved_citations_still_hold() -> None:
    lines = [ANSWER.dumps(), SILENCE.dumps()]
    assert [v.holds for v in verdicts(lines, "f", text_of)] == [True]
    assert [v.holds for v in verdicts(lines, "f", lambda _: "!" + ARTICLE.text)] == [False]


@pytest.mark.parametrize("line", ["{", "[]", "3", '{"statements": [{"text": "x"}]}'])
def test_a_file_of_something_else_is_refused_by_line(line: str) -> None:
    with pytest.raises(UsageError, match="f line 2"):
        verdicts([ANSWER.dumps(), line], "f", text_of)
