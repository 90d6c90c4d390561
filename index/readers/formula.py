"""Formulas in one line, as they are typed: r = 4/2, x², √(a + b). Of Word's and of web pages' (MathML)."""

import re
from collections.abc import Callable
from typing import Any

from index.readers.package import attribute, child, local

RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
MATH = "math"  # stands in the namespace of Word's
PARTS = {
    "f",
    "rad",
    "sSup",
    "sSub",
    "sSubSup",
    "d",
    "nary",
    "m",
}  # Word's elements that are more than their words
WEB_PARTS = {"mfrac", "msup", "msub"}  # and of web pages'


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
        case "d":
            inner = ", ".join(inline(e).strip() for e in element if local(e) == "e")
            return _sign(element, "begChr", "(") + inner + _sign(element, "endChr", ")")
        case "nary":
            limits = (sign + _whole(words) for sign, words in (("_", part("sub")), ("^", part("sup"))) if words)
            return f"{_sign(element, 'chr', '∫')}{''.join(limits)} {part('e')}"
        case "m":
            lines = ([inline(e).strip() for e in line] for line in element if local(line) == "mr")
            return "; ".join(", ".join(line) for line in lines)
    return part("e") + _small(part("sub"), "_", LOWERED) + _small(part("sup"), "^", RAISED)


def _sign(element: Any, name: str, usual: str) -> str:
    """A bracket or a big sign of a formula, where it is not the usual one."""
    found = child(element, f"{local(element)}Pr", name)
    return usual if found is None else attribute(found, "val") or ""


def raised(words: str) -> str:
    """``words`` above the line: a power or a unit as such (m²), anything else as it stands (1st)."""
    return words.translate(RAISED) if re.fullmatch(r"[\d+n-]+", words) else words


def web_formula(element: Any) -> str:
    """One of WEB_PARTS."""
    parts = ["".join(part.text_content().split()) for part in element if isinstance(part.tag, str)]
    if len(parts) != 2:
        return " ".join(parts)
    first, second = parts
    if element.tag == "mfrac":
        return f" {_whole(first)}/{_whole(second)}"
    return first + (_small(second, "^", RAISED) if element.tag == "msup" else _small(second, "_", LOWERED))


def _whole(words: str) -> str:
    return words if words.isalnum() else f"({words})"


def _small(words: str, sign: str, small: dict[int, int]) -> str:
    """``words`` raised or lowered, by characters that are so where there are."""
    return words.translate(small) if all(ord(letter) in small for letter in words) else sign + _whole(words)
