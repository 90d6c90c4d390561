"""Reach: whether every letter and figure of a text can be cited, or is told with what can be."""

import re

from index.front_matter import body
from index.unit import units

BULLET = re.compile(r"\s*\(?\d{1,3}[.)]\s*$")


def out_of_reach(text: str) -> list[str]:
    """The words that stand in no unit, and in the context of none that follows; the numbers of list items aside."""
    found = units(text)
    lost = []
    end = body(text)
    contexts = [" ".join(unit.context.split()) for unit in found]
    for place in range(len(found) + 1):
        start = found[place].start if place < len(found) else len(text)
        below = " ".join(dict.fromkeys(contexts[place:]))
        gap = text[end:start]
        for line in gap.split("\n"):
            words = re.findall(r"\w+", "" if BULLET.match(line) else line)
            lost += [word for word in words if any(map(str.isalnum, word)) and word not in re.findall(r"\w+", below)]
        end = found[place].end if place < len(found) else start
    return lost
