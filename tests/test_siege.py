"""A share of ``python tests/siege.py``: requests of every kind, and visitors at once while articles come and go."""

from collections.abc import Iterator

import pytest
import siege
from gradio_client import Client
from gradio_client.exceptions import AppError


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with siege.besieged() as besieged:
        yield Client(besieged.address, verbose=False, analytics_enabled=False)


@pytest.mark.parametrize(
    ("function", "given", "says"),
    [
        ("/search", ["harbour", "many"], "k: "),
        ("/search", [["harbour"]], "question: "),
        ("/search", [" "], "empty"),
        ("/ask", [None, []], "question: "),
        ("/ask", ["Who?", "nobody"], "history: "),
        ("/ask", ["Who?", [["a"]]], "history: "),
        ("/article", [{"path": "/etc/passwd"}], "key: "),
    ],
)
def test_what_is_none_is_refused_in_one_line(client: Client, function: str, given: list[object], says: str) -> None:
    with pytest.raises(AppError, match=says) as raised:
        client.predict(*given, api_name=function)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("k", [-5, 0, 10**9])
def test_nobody_gets_more_passages_than_are_searched(client: Client, k: int) -> None:
    assert 1 <= len(client.predict(siege.TOWNS[7].question, k, api_name="/search")) <= len(siege.TOWNS)


def test_no_request_is_an_error_of_ours_or_shows_what_it_may_not() -> None:
    told = siege.fuzzed(100, seed=3)
    assert all(sum(statuses.values()) == 100 for statuses in told.values())


def test_nobody_is_told_what_another_asked_while_articles_come_and_go() -> None:
    found = siege.loaded(visitors=20, seconds=5, seed=3)
    assert found["wrong"] == [] and found["questions"] >= 20 and found["changes"] >= 1
    assert found["places told"] > 0 and found["too many told"] == 0
