"""The queue in which visitors take turns."""

import random

from ui.fair_queue import FairQueue


def test_who_asks_a_hundred_things_waits_for_themselves() -> None:
    queue = FairQueue[str]()
    for number in range(100):
        queue.put(f"a{number}", "ada")
    assert queue.take() == "a0"
    queue.put("b0", "ben")
    queue.put("b1", "ben")
    queue.put("c0", "cem")
    assert [queue.take() for _ in range(6)] == ["b0", "c0", "a1", "b1", "a2", "a3"]


def test_of_one_visitor_first_come_is_first_served() -> None:
    queue = FairQueue[int]()
    for number in range(20):
        queue.put(number, "")
    assert [queue.take() for _ in range(20)] == list(range(20))


def test_who_left_is_not_taken() -> None:
    queue = FairQueue[str]()
    for thing in ("a", "b", "c"):
        queue.put(thing, thing)
    queue.leave("b")
    queue.leave("b")
    assert list(queue) == ["a", "c"] and len(queue) == 2


def test_nobody_waits_for_ever_and_nothing_is_lost() -> None:
    """What somebody asks first is told first, whoever else comes."""
    chance, queue = random.Random(1), FairQueue[tuple[str, int]]()
    taken, number = list[tuple[str, int]](), 0
    while number < 2000 or len(queue):
        for _ in range(chance.randint(0, 2) if number < 2000 else 0):
            visitor = chance.choice(["ada", "ada", "ada", "ben", f"new {number}"])
            queue.put((visitor, number), visitor)
            number += 1
        if len(queue):
            taken.append(queue.take())
    assert sorted(n for _, n in taken) == list(range(number))
    for visitor in ("ada", "ben"):
        own = [place for place, (who, _) in enumerate(taken) if who == visitor]
        assert [taken[place][1] for place in own] == sorted(taken[place][1] for place in own)
