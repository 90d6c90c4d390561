"""Front matter: fields are read, whatever else it holds, and a rule with prose under it is text."""

import time
from pathlib import Path

import pytest

from index.article import read
from index.front_matter import body, front_matter, tags

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
        ("tags: &a [x]\nb: *a", {"tags": ["x"], "b": ["x"]}),
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
        "---\nChairman: Nils Bratt\nTreasurer: Ove Lund\n---\nMore.\n",
        "+++\nThe board met.\n+++\nMore.\n",
        '{\n"title": "The quay"\n}\n',
        '{\n"title": "The quay"\n}\n{\n"title": "The weir"\n}\n',
        '{\n"chairman": "Nils Bratt"\n}\nMore.\n',
        '{\n"title": "The quay\n}\nMore.\n',
    ],
)
def test_a_rule_as_the_first_line_swallows_nothing(text: str) -> None:
    assert body(text) == 0 and front_matter(text) == {}


@pytest.mark.parametrize(
    ("matter", "title", "day"),
    [
        ("---\ntitle: The quay\ndate: 2024/3/5\n---", "The quay", "2024-03-05"),
        ('+++\ntitle = "The quay"\ndate = 2024-13-45\n+++', "The quay", None),
        ("---\ntitle: The quay\ndate: 5 March 2024\n...", "The quay", "2024-03-05"),
        ('+++\ntitle = "The quay"\ndate = 2024-03-05T10:00:00Z\n+++', "The quay", "2024-03-05"),
        ('{\n  "title": "The quay",\n  "date": "2024-03-05"\n}', "The quay", "2024-03-05"),
        ("---\ntitle: [The, quay]\ndate: {a: b}\n---", "Quay", None),
        ("---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: *b\n---", "Quay", None),
        ('+++\ntitle = "The quay\n+++', "Quay", None),
        ("---\ntitle: The quay: a history\ndate: 2024-03-05\n---", "The quay: a history", "2024-03-05"),
    ],
)
def test_titles_and_days_are_told_by_words_alone(tmp_path: Path, matter: str, title: str, day: str | None) -> None:
    (tmp_path / "quay.md").write_text(f"{matter}\n\nIt was built by Egon Thal.\n")
    article = read(tmp_path / "quay.md")
    assert (article.title, article.date) == (title, day)
    assert article.text[article.body :].strip() == "It was built by Egon Thal."


@pytest.mark.parametrize(
    ("matter", "found"),
    [
        ("tags: [harbour, Sea law]", ("harbour", "Sea law")),
        ("tags:\n- harbour\n- '#sea'\ncategories: [news, harbour]", ("harbour", "sea", "news")),
        ("keywords: harbour,  sea law,", ("harbour", "sea law")),
        ("tags:\n- {a: b}\n- [c]\n- 7", ("7",)),
        ("tags:", ()),
        ("title: Tags", ()),
    ],
)
def test_tags_are_read_in_the_ways_that_people_write_them(matter: str, found: tuple[str, ...]) -> None:
    assert tags(f"---\n{matter}\n---\nThe words.\n") == found
    assert tags(f"The words.\n\n{matter}\n") == ()


@pytest.mark.parametrize(
    ("text", "top"),
    [
        ("---\ntags: [a]\nTitle: The quay\nDate: 2024-05-06\n---\nWords.\n", "tags"),
        ("\n\n---\ntitle: The quay\ndate: 2024-05-06\n---\nWords.\n", "title"),
        ("---\nTitle: The quay\nDate: 6 May 2024\nChairman: Nils Bratt\n---\nWords.\n", ""),
        ("title: The quay\ndate: 2024/5/6 20:46:25\n---\nWords.\n", ""),
        ("title:: The quay\ndate:: 2024-05-06\n\n- Words.\n", ""),
        ("% The quay\n% Ada Brun; Bo Sten\n% 6 May 2024\n\nWords.\n", ""),
        ("Title: The quay\r\nAuthor: Ada Brun\r\nDate: 2024-05-06\r\n\r\nWords.\r\n", ""),
    ],
)
def test_titles_and_days_stand_in_front_in_the_ways_of_all_programs(tmp_path: Path, text: str, top: str) -> None:
    (tmp_path / "a.md").write_text(text, newline="")
    article = read(tmp_path / "a.md")
    assert (article.title, article.date) == ("The quay", "2024-05-06")
    assert (top in text[: article.body]) if top else article.body == 0  # what may say something is kept in reach


def test_many_fields_without_an_end_take_no_time() -> None:
    began = time.perf_counter()
    assert front_matter("title: The quay\n" + "y: z\n" * 10_000) == {}
    assert time.perf_counter() - began < 2
