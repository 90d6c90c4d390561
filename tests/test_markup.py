"""Markup: what a reader of a Markdown page sees of a line."""

from pathlib import Path

import pytest

from index.markup import plain
from index.readers.markdown import markdown
from index.sentence import sentences
from rag.evidence import Evidence


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("**Water.** The *Orla* is __deep__.", "Water. The Orla is deep."),
        ("***All*** of ~~this~~ and `that`", "All of this and that"),
        ("**_both_** and **“quoted”**", "both and “quoted”"),
        ('See [the map](maps/a_(b).png "A map") and ![a plan](p.png).', "See the map and a plan."),
        ("[[Holm]] met [[people/anna|Anna]].", "Holm met Anna."),
        ("2*3*4 * 5 of snake_case_names, C* and D*", "2*3*4 * 5 of snake_case_names, C* and D*"),
        ("a note [1] and [a list]", "a note [1] and [a list]"),
    ],
)
def test_marks_and_targets_of_links_are_not_seen(written: str, seen: str) -> None:
    assert plain(written) == seen


@pytest.mark.parametrize("sign", ["**", "*", "__", "~~"])
def test_what_ends_emphasis_belongs_to_the_sentence_before(sign: str) -> None:
    text = f"1. {sign}Water.{sign} The pump is open. {sign}Fees.{sign} Members pay.\n"
    found = sentences(text)
    assert [s.text for s in found] == [f"{sign}Water.{sign}", "The pump is open.", f"{sign}Fees.{sign}", "Members pay."]
    assert all(text[s.start : s.end] == s.text for s in found)


def test_a_sentence_is_said_without_marks_and_cited_with_them() -> None:
    text = "The *Orla* pump is open to [members](people.md)."
    evidence = Evidence("a", 0, len(text), text, 1.0, "Pumps")
    assert evidence.spoken == "The Orla pump is open to members." == evidence.line.text
    assert evidence.text == text


def test_a_title_has_no_marks(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# The **Orla** works\n\nThey are old.\n")
    assert markdown(tmp_path / "a.md").title == "The Orla works"
