"""Forms of web pages: what is filled in, as it is shown."""

from typing import Any

FIELDS = {"input", "select"}
UNSHOWN = {"hidden", "password", "submit", "reset", "button", "image", "file", "range", "color"}


def filled(field: Any) -> str:
    """The value of a field, ☒ or ☐ for a box that may be ticked; "" where none is shown."""
    if field.tag == "select":
        return ", ".join(filter(None, map(_words, _chosen(field))))
    kind = (field.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "☐" if field.get("checked") is None else "☒"
    return "" if kind in UNSHOWN else field.get("value") or ""


def _chosen(field: Any) -> list[Any]:
    """The options that are chosen; of a list that folds out the first one, unless it only says what to do."""
    options = list(field.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None]
    if chosen or field.get("multiple") is not None:
        return chosen
    return [option for option in options[:1] if option.get("value") != ""]


def _words(option: Any) -> str:
    return " ".join((option.get("label") or option.text_content()).split())
