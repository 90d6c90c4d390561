"""Formulas of Word documents, in one line as they are spoken: r = 4/2, x², √(a + b)."""

from collections.abc import Callable
from typing import Any

from index.readers.package import child, local

RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
PARTS = {"f", "rad", "sSup", "sSub", "sSubSup"}  # the elements that are more than what stands in them


def formula(element: Any, inline: Callable[[Any], str]) -> str:
    """One of PARTS; ``inline`` gives the words of an element within it."""

    def part(name: str) -> str:
        found = child(element, name)
        return inline(found).strip() if found is not None else ""

    match local(element):
        case "f":
            return f" {_whole(part('num'))}/{_whole(part('den'))}"
        case "rad":
            return f"{part('deg').translate(RAISED)}√{_whole(part('e'))}"
    low, high = part("sub"), part("sup")
    return part("e") + _small(low, "_", LOWERED) + _small(high, "^", RAISED)


def _whole(words: str) -> str:
    return words if words.isalnum() else f"({words})"


def _small(words: str, sign: str, small: dict[int, int]) -> str:
    """``words`` raised or lowered, by characters that are so where there are."""
    if all(ord(letter) in small for letter in words):
        return words.translate(small)
    return sign + _whole(words)
