"""The line in which visitors take turns."""

import random

from ui.line import Line


def test_who_asks_a_hundred_things_waits_for_themselves() -> None:
    line = Line[str]()
    for number in range(100):
        line.put(f"a{number}", "ada")
    assert line.take() == "a0"
    line.put("b0", "ben")
    line.put("b1", "ben")
    line.put("c0", "cem")
    assert [line.take() for _ in range(6)] == ["b0", "c0", "a1", "b1", "a2", "a3"]


def test_of_one_visitor_first_come_is_first_served() -> None:
    line = Line[int]()
    for number in range(20):
        line.put(number, "")
    assert [line.take() for _ in range(20)] == list(range(20))


def test_who_left_is_not_taken() -> None:
    line = Line[str]()
    for thing in ("a", "b", "c"):
        line.put(thing, thing)
    line.leave("b")
    line.leave("b")
    assert list(line) == ["a", "c"] and len(line) == 2


def test_nobody_waits_for_ever_and_nothing_is_lost() -> None:
    """What somebody asks first is told first, whoever else comes."""
    chance, line = random.Random(1), Line[tuple[str, int]]()
    taken, number = list[tuple[str, int]](), 0
    while number < 2000 or len(line):
        for _ in range(chance.randint(0, 2) if number < 2000 else 0):
            visitor = chance.choice(["ada", "ada", "ada", "ben", f"new {number}"])
            line.put((visitor, number), visitor)
            number += 1
        if len(line):
            taken.append(line.take())
    assert sorted(n for _, n in taken) == list(range(number))
    for visitor in ("ada", "ben"):
        own = [place for place, (who, _) in enumerate(taken) if who == visitor]
        assert [taken[place][1] for place in own] == sorted(taken[place][1] for place in own)
