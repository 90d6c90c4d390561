"""Sentences and their spans."""

import pytest

from index.sentence import sentences

TEXTS = [
    "",
    " \n\t\r\n ",
    "One. Two! Three?",
    "First line.\r\n\r\nSecond 🐝 line. And more.\r\nThird.",
    "「東京です。」 Ünïcode e\u0301 here. \u2028Next.",
    "- one\n- two\n\n1. three\n# Head\nBody. Tail",
    "No end" + " word" * 500,
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_sentence_is_the_text_at_its_span(text: str) -> None:
    end = 0
    for sentence in sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert sentence.start >= end
        end = sentence.end


@pytest.mark.parametrize("text", TEXTS)
def test_no_word_is_lost(text: str) -> None:
    kept = "".join(sentence.text for sentence in sentences(text))
    assert sum(map(str.isalpha, kept)) == sum(map(str.isalpha, text))


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith of St. John's paid $1.5 billion to the U.S. Army.",
        "It grew 3.5% vs. 2.1% in No. 5.",
        "He left at 5 p.m. on Jan. 3, 2020.",
        "Microsoft holds a “right of first refusal” for OpenAI’s needs.",
    ],
)
def test_abbreviations_and_figures_do_not_end_a_sentence(text: str) -> None:
    assert [sentence.text for sentence in sentences(text)] == [text]


def test_sentences_end_at_stops_and_quotes() -> None:
    text = "It cost $100 billion. “Is it true?” he asked. Yes!"
    assert [s.text for s in sentences(text)] == ["It cost $100 billion.", "“Is it true?” he asked.", "Yes!"]


def test_lines_that_stand_alone_are_sentences_and_lose_their_bullets() -> None:
    text = "Key Takeaways\n- Expanded: Oracle joins.\n- AGI clause: it ends.\n## Next\nA paragraph that goes on."
    assert [s.text for s in sentences(text)] == [
        "Key Takeaways",
        "Expanded: Oracle joins.",
        "AGI clause: it ends.",
        "Next",
        "A paragraph that goes on.",
    ]


def test_hard_wrapped_prose_is_joined() -> None:
    text = "The harbour was built in 1742 by the engineer\nAnna Thorsen, who had studied for some years\n"
    text += "in Bergen. It was dear."
    assert [s.text for s in sentences(text)] == [text[: text.index(" It was")], "It was dear."]


def test_lines_that_end_in_stops_are_not_hard_wrapped() -> None:
    lines = ["The harbour was built in 1742 by an engineer", "It cost 3,400 crowns, twice what they had voted."]
    lines += ["A storm broke the north wall in January 1801.", "Rebuilding took nine years, until 1810."]
    assert [s.text for s in sentences("\n".join(lines))] == lines
