"""What a writer's text becomes, and the grammar that holds a local one to a form."""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from index.errors import UsageError
from rag.language_model import LanguageModel
from rag.local_writer import LONGEST, Grammar, LocalWriter
from rag.models import packaged_model
from rag.prompt import Line
from rag.writer import PARTS, STATEMENTS, Draft, drafts, simple

LINES = [
    Line("The lighthouse of Oss was painted by Mara Quill in 1931.", "The coast"),
    Line("The harbour of Brindle cost $4.25 million and opened in 1962.", "The coast"),
    Line("Ships of more than 90 tonnes may not enter it at low tide.", "The coast"),
]
FORM = re.compile(r"[^\[\]]*[^\W\d_][^\[\]]*(?:\[\d{1,2}\]\s*)+[.!?]?\s*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was painted in 1931 [1].", [("It was painted in 1931.", (1,))]),
        ("It was painted in 1931. [1]", [("It was painted in 1931.", (1,))]),
        ("It was painted [1][3].", [("It was painted.", (1, 3))]),
        ("It was painted [1, 3].", []),  # no mark of ours
        ("It was painted [1], [3].", [("It was painted.", (1, 3))]),
        ("It was painted [3][3][1].", [("It was painted.", (3, 1))]),
        (
            "They are Ada and Piet Vos. They came in 2003 [1].",
            [("They are Ada and Piet Vos.", (1,)), ("They came in 2003.", (1,))],
        ),
        ("One thing [1]. Another thing [2].", [("One thing.", (1,)), ("Another thing.", (2,))]),
        ("- One thing [1]\n- Another\n  thing [2]\n", [("One thing.", (1,)), ("Another thing.", (2,))]),
        ("It was painted in 1931, as stated in sentence [1].", [("It was painted in 1931.", (1,))]),
        ("He was known for long sentences [1].", [("He was known for long sentences.", (1,))]),
        ("It was painted [7].", []),
        ("It was painted [0].", []),
        ("It was painted [1][7].", [("It was painted.", (1,))]),
        ("It was painted.", []),
        ("[1] It was painted.", []),
        ("1931 [1].", []),
        ("", []),
        ("橋は1911年に建てられた[2]。", [("橋は1911年に建てられた。", (2,))]),
        ("Was it painted? [1]", [("Was it painted?", (1,))]),
    ],
)
def test_a_text_becomes_statements_with_their_numbers(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert drafts(text.replace("\\\n", "\n"), 3) == [Draft(*one) for one in expected]


def test_there_are_four_statements_at_most() -> None:
    assert len(drafts("So it is said [1]. " * 6, 3)) == STATEMENTS


def test_a_statement_is_shown_once_it_is_whole_and_stays_as_it_was() -> None:
    text = "One thing is so [1][2]. Another thing. [3] And a third one [2]"
    whole = drafts(text, 3)
    before: list[Draft] = []
    for end in range(len(text) + 1):
        now = drafts(text[:end], 3, over=False)
        assert now[: len(before)] == before, "nothing that was shown changes"
        before = now
    assert before == whole[:2] and len(whole) == 3, "the last one may go on until the text is over"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-> Who built the mill?\n-> When was the mill built?", ["Who built the mill?", "When was the mill built?"]),
        ("1. Who built it?\n2) When was it built?\n", ["Who built it?", "When was it built?"]),
        ("Who built it?\nWho built it?\nWhen?", ["Who built it?", "When?"]),
        ("-> Who built the mill, and when?", ["Q?"]),
        ("", ["Q?"]),
        ("->\n->\n", ["Q?"]),
        ("\n".join(f"-> What about part {word}?" for word in ["a", "b", "c", "d", "e"]), ["Q?"]),
    ],
)
def test_a_question_is_taken_apart_into_lines_or_left_whole(text: str, expected: list[str]) -> None:
    assert simple(text, "Q?") == expected and len(expected) <= PARTS


# the grammar, over rows of log-probabilities that a test makes up


MILD = [" more", " and", " [", "[", "1", "2", "3", "]", "."]  # what it would say instead, likeliest first


def spelled(model: LanguageModel, text: str) -> Iterator[np.ndarray]:
    """Rows of a model that wants to write ``text`` above all, and then to end."""
    for token in [*model.tokens(text), *[model.ends[0]] * 200]:
        row = np.full(model.vocabulary, -50.0, dtype=np.float32)
        for place, piece in enumerate(MILD):
            row[model.tokens(piece)[-1]] = -5.0 - place
        row[token] = 0.0
        yield row


def held(model: LanguageModel, wanted: str, labels: int = 3, known: str = "What is it?", least: int = 1) -> str:
    """What the grammar lets a model say that wants to say ``wanted``."""
    grammar = Grammar(model, labels, known, least)
    for row in spelled(model, wanted):
        if grammar.over:
            break
        grammar.choose(row)
    return grammar.text


@pytest.mark.parametrize(
    "text",
    [
        "It was painted in 1931 [1].",
        "It was painted in 1931. [1]",
        "It was painted in 1931 [1] [3]. It is red [2].",
        "It cost $4.25 million [2]. It is open [3] [1]. It is old [3][2].",
    ],
)
def test_what_keeps_to_the_form_is_left_as_it_is(model: LanguageModel, text: str) -> None:
    assert held(model, text).strip() == text


@pytest.mark.parametrize(
    "wanted",
    [
        "[1] It was painted in 1931.",
        "It was painted in 1931 [7].",
        "It was painted in 1931 [0].",
        "It was painted in 1931 [12].",
        "It was painted in 1931 [one].",
        "It was painted in 1931]. So it was [1].",
        "It was painted in 1931.",
        "It was painted.\n\nIt was blue.\n\nIt was green.",
        "12 [1]. 13 [2].",
        "It was painted in 1931 [1][1][1][1].",
        "It was painted in 1931 [[[[.",
        "It was painted in 1931 [[1]].",
        "It was painted in 1931 [1]].",
    ],
)
def test_what_does_not_is_made_to(model: LanguageModel, wanted: str) -> None:
    said = held(model, wanted)
    assert re.fullmatch(f"(?:{FORM.pattern})*", said), said
    assert all(0 < int(number) <= 3 for number in re.findall(r"\[(\d+)\]", said))


def test_a_sentence_is_over_before_the_next_one_without_its_number(model: LanguageModel) -> None:
    said = held(model, "The lighthouse was painted. The harbour was opened. Ships may not enter [1].")
    assert said.startswith("The lighthouse was painted. [") and all(
        len(re.findall(r"[a-z]{4}\.", part)) < 2 for part in re.split(r"\[\d\]", said)
    )


def test_there_are_four_statements_at_most_and_none_twice(model: LanguageModel) -> None:
    many = "The first is [1]. The second is [1]. The third is [2]. The fourth is [2]. The fifth is [3]."
    assert len(drafts(held(model, many), 3)) == held(model, many).count("[") == STATEMENTS
    assert held(model, "It is there [1]. It is there [1]. It is there [1].").count("It is there") == 2


def test_letters_of_a_script_that_nobody_used_are_not_written(model: LanguageModel) -> None:
    wanted = "The bridge мост is 橋 old [1]."
    assert not re.search(r"[а-я橋]", held(model, wanted))
    assert "мост" in held(model, wanted, known="Что такое мост?")


def test_words_end_somewhere(model: LanguageModel) -> None:
    said = held(model, "word " * 500)
    parts = re.split(r"\[\d\]", said)
    assert 1 < len(parts) <= STATEMENTS + 1 and all(part.count("word") <= LONGEST for part in parts)


def test_a_second_number_is_no_second_statement(model: LanguageModel) -> None:
    four = "It is red [1][2]. It was blue [2][3]. It will be green [1] [3]. It is never grey [3][1]."
    assert held(model, four).strip() == four
    assert "more" in held(model, "It is red [1][2].", least=2), "it is one statement, and two were asked for"


def test_at_least_as_many_statements_as_are_asked_for(model: LanguageModel) -> None:
    assert held(model, "It was painted [1].").strip() == "It was painted [1]."
    assert len(drafts(held(model, "It was painted [1].", least=2), 3)) == 2, "it wants to end, and has to go on"


# the real thing, with the smallest model that chats


@pytest.fixture(scope="module")
def small() -> Iterator[LocalWriter]:
    """Its statements are kept short, for the tests' time."""
    model = LanguageModel(packaged_model(), "small", threads=1)
    with pytest.MonkeyPatch.context() as patch:
        for name, number in {"LONGEST": 12, "STATEMENTS": 2, "SPLIT_TOKENS": 24}.items():
            patch.setattr(f"rag.local_writer.{name}", number)
        yield LocalWriter(model)
    model.close()


def test_a_real_model_writes_statements_that_cite_what_exists_and_the_same_again(small: LocalWriter) -> None:
    steps = list(small.write("What is said about the harbour?", LINES, 2))
    said = [step for step in steps if isinstance(step, Draft)]
    counts = [step for step in steps if isinstance(step, int)]
    assert len(said) == 2 and all(draft.labels and set(draft.labels) <= {1, 2, 3} for draft in said)
    assert all(before <= after for before, after in pairwise(counts)) and counts[-1] > 5
    assert all(part.strip() for part in small.parts("Who painted the lighthouse, and when did the harbour open?"))
    steps_of_another = small.write("Who painted the lighthouse?", LINES[1:])
    assert next(iter(steps_of_another)) == 1
    steps_of_another.close()  # type: ignore[attr-defined]
    assert list(small.write("What is said about the harbour?", LINES, 2)) == steps, "whatever was asked in between"


def test_a_question_longer_than_the_window_is_refused(small: LocalWriter) -> None:
    with pytest.raises(UsageError, match="too long"):
        list(small.write("Who " + "really " * 5000 + "painted it?", LINES))


def test_a_model_without_a_probe_gives_no_verdicts(small: LocalWriter) -> None:
    assert small.verdicts("Who painted the lighthouse?", LINES) is None
    assert small.support("It was painted.", LINES) is None
