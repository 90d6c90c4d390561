"""Front matter: fields are read, whatever else it holds, and a rule with prose under it is text."""

import pytest

from index.front_matter import body, front_matter

DEEP = "x: " + "[" * 9000


@pytest.mark.parametrize(
    ("matter", "fields"),
    [
        ("title: New note\ndate: 0000-00-00", {"title": "New note", "date": "0000-00-00"}),
        ("created: 2023-02-30 10:00:00", {"created": "2023-02-30 10:00:00"}),
        ("date: 2024-13-01", {"date": "2024-13-01"}),
        ("title: {{ title }}", None),
        ("title: [broken", {}),
        (DEEP, {}),
        ("title: 'It''s: here'", {"title": "It's: here"}),
        ("tags: [a, b]", {"tags": ["a", "b"]}),
        ("a: &a [x]\nb: *a", {"a": ["x"], "b": ["x"]}),
        ("# only a comment", {}),
        ("", {}),
    ],
)
def test_fields_are_read_and_nothing_ends_the_run(matter: str, fields: dict[str, object] | None) -> None:
    text = f"---\n{matter}\n---\nThe words.\n"
    if fields is not None:
        assert front_matter(text) == fields
    assert text[body(text) :] == "The words.\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nThe board met on 3 May. Nils Bratt was elected.\n\n---\n\nThe next meeting is in June.\n",
        "---\n- one\n- two\n---\nMore.\n",
        "----\ntitle: x\n----\nMore.\n",
        "Text first.\n---\ntitle: x\n---\n",
        "---\nno end of it",
    ],
)
def test_a_rule_as_the_first_line_swallows_nothing(text: str) -> None:
    assert body(text) == 0 and front_matter(text) == {}
