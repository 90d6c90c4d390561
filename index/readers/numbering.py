"""Numbering: the numbers that Word shows before paragraphs and does not write into them."""

import re
from typing import Any

from index.readers.package import attribute, child, local

LEVELS = 9
BULLET = "-"
SIGNS = {
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "russianLower": "абвгдежзиклмнопрстуфхцчшщэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ", "aiueoFullWidth": "アイウエオカキクケコサシスセソ",
    "ganada": "가나다라마바사아자차카타파하", "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
}  # fmt: skip
SIGNS["decimalEnclosedCircleChinese"] = SIGNS["decimalEnclosedCircle"]
ENDS = {1: "st", 2: "nd", 3: "rd"}  # of ordinal numbers
CHINESE = {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"}
NUMERALS = "〇一二三四五六七八九"


class Numbering:
    """The lists of a document, counted as its paragraphs go by; made of its parts ``numbering`` and ``styles``."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        elements = list(numbering) if numbering is not None else []
        abstract = {attribute(e, "abstractNumId"): e for e in elements if local(e) == "abstractNum"}
        self._levels: dict[str, dict[int, Any]] = {}
        self._lists: dict[str, str] = {}  # which numbers are counted together
        self._starts: dict[str, dict[int, Any]] = {}  # from where a list counts, where it begins anew
        for element in elements:
            if local(element) == "num":
                number = attribute(element, "numId") or ""
                key = _value(child(element, "abstractNumId"))
                found = abstract.get(key)
                self._levels[number] = _levels(found) | _overrides(element, "lvl")
                self._starts[number] = _overrides(element, "startOverride")
                self._lists[number] = f"n{number}" if self._starts[number] else f"a{key}"
        self._styles = {
            attribute(style, "styleId"): style
            for style in (styles if styles is not None else ())
            if local(style) == "style"
        }
        self._counts: dict[tuple[str, int], int] = {}

    def label(self, paragraph: Any) -> tuple[str, bool]:
        """What stands before ``paragraph``: "2.1", "(a)", "-" or ""; and whether it is an item of a list."""
        number, depth = self._place(paragraph)
        level = self._levels.get(number, {}).get(depth)
        if level is None or number == "0":
            return "", False
        together = self._lists[number]
        start = _value(self._starts[number].get(depth)) or _value(child(level, "start"))
        first = int(start) if start.isdigit() else 1
        self._counts[together, depth] = self._counts.get((together, depth), first - 1) + 1
        for deeper in range(depth + 1, LEVELS):
            self._counts.pop((together, deeper), None)
        form = _value(child(level, "numFmt")) or "decimal"
        if form in ("bullet", "none"):
            return (BULLET if form == "bullet" else ""), True

        legal = child(level, "isLgl") is not None  # all numbers in figures: 2.1, where the chapter is II

        def counted(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            other = self._levels[number].get(at)
            shape = (_value(child(other, "numFmt")) if other is not None and not legal else "") or "decimal"
            return shaped(self._counts.get((together, at), 1), shape)

        text = re.sub(r"%([1-9])", counted, _value(child(level, "lvlText"))).strip()
        return text, child(paragraph, "pPr", "outlineLvl") is None

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list and the level of a paragraph, its own or its style's."""
        properties = child(paragraph, "pPr")
        seen: set[str | None] = set()
        while properties is not None:
            own = child(properties, "numPr")
            if own is not None:
                depth = _value(child(own, "ilvl"))
                return _value(child(own, "numId")), int(depth) if depth.isdigit() else 0
            name = _value(child(properties, "pStyle")) or _value(child(properties.getparent(), "basedOn"))
            if not name or name in seen:
                break
            seen.add(name)
            style = self._styles.get(name)
            properties = child(style, "pPr") if style is not None else None
        return "", 0


def _value(element: Any | None) -> str:
    return (attribute(element, "val") or "") if element is not None else ""


def _levels(element: Any | None, name: str = "lvl") -> dict[int, Any]:
    """The parts called so, by their level."""
    found = {}
    for level in element if element is not None else ():
        depth = attribute(level, "ilvl") or ""
        if local(level) == name and depth.isdigit():
            found[int(depth)] = level
    return found


def _overrides(number: Any, name: str) -> dict[int, Any]:
    """What a list says otherwise than the one that it is made of: of each level, the part called so."""
    found = {depth: child(level, name) for depth, level in _levels(number, "lvlOverride").items()}
    return {depth: part for depth, part in found.items() if part is not None}


def shaped(number: int, form: str) -> str:
    """``number`` as a list shows it: 4, d, D, iv, IV or 04."""
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form.startswith("upper") else letter
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = ""
        for value, sign in zip(
            (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
            ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
            strict=True,
        ):
            roman += sign * (number // value)
            number %= value
        return roman.upper() if form.startswith("upper") else roman
    if form in SIGNS and 0 < number <= len(SIGNS[form]):
        return SIGNS[form][number - 1]
    if form == "ordinal":
        teens = 10 < number % 100 < 14
        return f"{number}{'th' if teens else ENDS.get(number % 10, 'th')}"
    if form in CHINESE and 0 < number < 100:
        tens, ones = divmod(number, 10)
        return (NUMERALS[tens] if tens > 1 else "") + "十" * (tens > 0) + (NUMERALS[ones] if ones else "")
    return {"decimalZero": f"{number:02}", "numberInDash": f"- {number} -"}.get(form, str(number))
