"""The tables of speed, growth and of the peers: what a row says of what was measured."""

import subprocess
import sys
import time

import pytest

from evals.breakdown import REST, Clock
from evals.case import Case
from evals.growth import Curve
from evals.peers import DECLINES, PeerAnswer, row
from evals.speed import Row, process

SENTENCE = "Ada Thorne is the mayor of Brindle."
CASES = (
    Case(
        id="a",
        category="who",
        question="Who is the mayor?",
        answerable=True,
        contains=[["Ada Thorne"]],
        proof=[SENTENCE],
    ),
    Case(id="b", category="who", question="Who is the baker?", answerable=False),
)


def test_a_row_is_judged_by_the_median_of_its_runs() -> None:
    assert Row("seconds", [0.1, 0.2, 9.0], "<= 0.3").reached
    assert not Row("seconds", [0.1, 0.4, 0.5], "<= 0.3").reached
    assert Row("speed", [1.0, 0.96, 0.2], ">= 0.95").reached
    assert "0.1 to 9" in str(Row("seconds", [0.1, 0.2, 9.0], "<= 0.3", "s"))


def test_a_process_that_fails_is_no_measurement() -> None:
    assert process(sys.executable, "-c", "bytearray(80_000_000)").memory > 80
    with pytest.raises(subprocess.CalledProcessError):
        process(sys.executable, "-c", "raise SystemExit(1)")


def test_peers_are_scored_as_we_are() -> None:
    sound = {"a": PeerAnswer(1.0, "Ada Thorne", [SENTENCE]), "b": PeerAnswer(1.0, None, [])}
    loose = {"a": PeerAnswer(4.0, "Bo", []), "b": PeerAnswer(4.0, "Ada Thorne", [SENTENCE])}
    assert row("sound", sound, CASES, sound).split() == ["sound", "100.0%", "100.0%", "100.0%", "1.00", "1.00"]
    assert row("loose", loose, CASES, sound).split() == ["loose", "0.0%", "0.0%", "0.0%", "4.00", "0.25"]


@pytest.mark.parametrize("text", ["The context does not say.", "It doesn't mention that.", "There is no information."])
def test_a_peer_that_declines_abstains(text: str) -> None:
    assert DECLINES.search(text)
    assert not DECLINES.search("Ada Thorne is not the baker.")


def test_the_exponent_of_a_curve_says_how_cost_grows() -> None:
    assert Curve("", "", "s", [10, 100, 1000], [0.2, 2, 20]).exponent == pytest.approx(1)
    assert Curve("", "", "s", [10, 100, 1000], [5, 5, 5]).exponent == pytest.approx(0)
    assert Curve("", "", "s", [1, 2, 4], [3, 12, 48]).exponent == pytest.approx(2)


def test_the_parts_of_an_answer_add_up_and_none_counts_twice() -> None:
    class Work:
        def outer(self) -> None:
            time.sleep(0.02)
            self.inner()

        def inner(self) -> None:
            time.sleep(0.05)

    clock = Clock(time.time())
    clock.watch(Work, "outer", "outer")
    clock.watch(Work, "inner", "inner")
    Work().outer()
    time.sleep(0.01)
    parts = clock.lap()
    assert next(iter(parts)) == "inner"
    assert parts["outer"] < parts["inner"]
    assert parts[REST] >= 10
    assert not set(clock.lap()) - {REST}
