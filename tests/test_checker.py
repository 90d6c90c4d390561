"""The checker's rules: what a writer may say of a sentence, and which sentences are cited for it."""

import pytest

from rag.checker import (
    asked_of,
    checked,
    drops_reserve,
    has_others,
    holds_answer,
    names,
    names_reordered,
    near_duplicate,
    only_in_question,
    own_stems,
    says_more,
    unsupported,
    words_reordered,
)
from rag.prompt import Line

LINES = [
    Line("The lighthouse of Oss was painted by Mara Quill in 1931.", "The coast (2024-05-01)"),
    Line("The harbour of Brindle cost $4.25 million and opened in 1962.", "The coast (2024-05-01)"),
    Line("Ships of more than 1,500 tonnes may not enter the harbour at low tide.", "The coast (2024-05-01)"),
    Line("Ada Thorne, the mayor's daughter, met Jean-Luc Picard-Smith on 5 May.", "Thorne and Sons"),
    Line("Die Brücke über die Lem wurde 1870 von Ada Thorne gebaut und kostete 4,75 Millionen Mark.", "Brücken"),
    Line("Le pont n'a jamais été fermé aux piétons.", "Ponts"),
    Line("Мост через реку построила Вера Лунина в 1911 году.", "Мосты"),
    Line("橋は1911年に建てられた。", "橋"),
    Line("Shipments rose by 12% to 3,400,000 barrels.", "Trade › 2019"),
]
QUESTION = "What is known about it?"


def cited(text: str, *labels: int, question: str = QUESTION) -> tuple[int, ...] | None:
    """What ``text`` cites once it is checked; None where it is refused."""
    found = checked(text, labels, LINES, question)
    return found.labels if found else None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The lighthouse of Oss was painted by Mara Quill in 1931.", 1),
        ("Mara Quill painted the lighthouse of Oss in 1931.", 1),
        ("In 1931, Mara Quill painted the lighthouse.", 1),
        ("Mara Quill's lighthouse of Oss was painted in 1931.", 1),
        ("Mara Quill’s lighthouse of Oss was painted in 1931.", 1),
        ("It was Mara Quill.", 1),  # a name alone
        ("In 1931.", 1),
        ("The harbour of Brindle cost 4.25 million dollars.", 2),
        ("The harbour opened in 1962, at a cost of $4.25 million.", 2),
        ("Ships of more than 1500 tonnes may not enter the harbour.", 3),
        ("Ships of more than 1\u202f500 tonnes may not enter the harbour.", 3),
        ("Ships of more than 1,500 tonnes can't enter the harbour at low tide.", 3),
        ("Ada Thorne met Jean-Luc Picard-Smith on 5 May.", 4),
        ("Jean-Luc Picard-Smith met the mayor's daughter.", 4),
        ("The mayor's daughter met Picard-Smith on 5 May.", 4),
        ("Die Brücke wurde 1870 von Ada Thorne gebaut.", 5),
        ("Die Brücke kostete 4,75 Millionen Mark.", 5),
        ("Le pont n'a jamais été fermé.", 6),
        ("Вера Лунина построила мост в 1911 году.", 7),
        ("橋は1911年に建てられた。", 8),
        ("Shipments rose to 3400000 barrels.", 9),
    ],
)
def test_a_sentence_in_other_words_is_let_through_with_its_citation(text: str, label: int) -> None:
    assert cited(text, label) == (label,)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Mara Quill painted the lighthouse of Oss in 1932.", 1),  # a changed year
        ("Mara Quill painted the lighthouse of Oss 3 times in 1931.", 1),  # a number that nothing holds
        ("The harbour of Brindle cost $425 million.", 2),  # without its point
        ("The harbour of Brindle cost $4.2 million.", 2),
        ("The harbour of Brindle cost $4.25 million and opened in 62.", 2),
        ("Ships of more than 1.500 tonnes may not enter the harbour.", 3),  # a point is no mark of thousands
        ("Ships of more than 150 tonnes may not enter the harbour at low tide.", 3),
        ("Ada Thorne met Jean-Luc Picard-Smith on 15 May.", 4),
        ("Die Brücke kostete 475 Millionen Mark.", 5),
        ("Мост через реку построила Вера Лунина в 1912 году.", 7),
        ("橋は1912年に建てられた。", 8),
        ("Shipments rose by 21% to 3,400,000 barrels.", 9),
    ],
)
def test_a_number_that_does_not_stand_there_is_refused(text: str, label: int) -> None:
    assert cited(text, label) is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The lighthouse of Oss was painted by Mara Quinn in 1931.", 1),
        ("The lighthouse of Oss was painted by Tom Reed in 1931.", 1),
        ("Tom Reed painted the lighthouse of Oss in 1931.", 1),  # two names at the beginning
        ("The harbour of Marl cost $4.25 million and opened in 1962.", 2),
        ("The harbour of Brindle opened in 1962; Queen Ida came.", 2),
        ("Ada Thorne met Jean-Paul Picard-Smith on 5 May.", 4),  # half of a hyphenated name
        ("Ada Thorne's daughter met Picard-Jones on 5 May.", 4),
        ("Die Brücke wurde 1870 von Mara Vogel gebaut.", 5),
        ("Мост через реку построила Анна Лунина в 1911 году.", 7),
    ],
)
def test_a_name_that_does_not_stand_there_is_refused(text: str, label: int) -> None:
    assert cited(text, label) is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The lighthouse of Oss was not painted by Mara Quill in 1931.", 1),
        ("The lighthouse of Oss was never painted by Mara Quill.", 1),
        ("Mara Quill didn't paint the lighthouse of Oss in 1931.", 1),
        ("Mara Quill painted no lighthouse of Oss in 1931.", 1),
        ("The harbour of Brindle opened in 1962 without cost.", 2),
        ("Die Brücke wurde 1870 nicht von Ada Thorne gebaut.", 5),
    ],
)
def test_a_negation_that_does_not_stand_there_is_refused(text: str, label: int) -> None:
    """Though other sentences, about other things, hold one."""
    assert cited(text, label) is None


def test_a_name_of_the_question_or_the_title_may_be_said() -> None:
    said = "The lighthouse of Oss in Varland was painted by Mara Quill."
    assert cited(said, 1) is None
    question = "Who painted the lighthouse of Oss in Varland?"
    assert cited(said, 1, question=question) is None, "nothing in the quote points at it"
    assert checked(said, [1], [Line("It was painted by Mara Quill, the lighthouse of Oss.")], question)
    assert cited("Ada Thorne of Thorne and Sons met Jean-Luc Picard-Smith.", 4) == (4,), "the title"


def test_a_number_may_stand_in_the_heading_but_not_in_the_question() -> None:
    assert cited("Shipments rose by 12% in 2019.", 9) == (9,)
    assert cited("Shipments rose by 12% in 2020.", 9, question="How much did shipments rise in 2020?") is None


@pytest.mark.parametrize(
    ("text", "proposed", "label"),
    [
        ("The harbour of Brindle opened in 1962.", 1, 2),
        ("Mara Quill painted the lighthouse of Oss.", 3, 1),
        ("Ships of more than 1,500 tonnes may not enter at low tide.", 2, 3),
        ("Ada Thorne met Jean-Luc Picard-Smith.", 1, 4),
    ],
)
def test_where_another_sentence_holds_clearly_more_it_is_cited_instead(text: str, proposed: int, label: int) -> None:
    assert cited(text, proposed) == (label,)
    assert cited(text) == cited(text, 99) == (label,), "and where no sentence, or none that exists, is proposed"


def test_two_sentences_are_cited_where_each_holds_a_part() -> None:
    said = "Mara Quill painted the lighthouse of Oss in 1931, and the harbour of Brindle opened in 1962."
    assert cited(said, 1) == cited(said, 2) == cited(said) == (1, 2)


def test_a_name_that_one_other_sentence_holds_has_that_sentence_cited_too() -> None:
    lines = [Line("The painter of the lighthouse was born in Oss."), Line("Its painter was Mara Quill.")]
    found = checked("The painter of the lighthouse, Mara Quill, was born in Oss.", [1], lines, QUESTION)
    assert found and set(found.labels) == {1, 2}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Mara Quill painted the lighthouse of Oss in 1962.", 1),  # the harbour's year
        ("The harbour of Brindle opened in 1931.", 2),
        ("The harbour of Brindle was opened by Ada Thorne in 1962.", 2),
        ("Ada Thorne painted the lighthouse of Oss in 1931.", 1),
        ("Shipments rose by 4.25% to 3,400,000 barrels.", 9),
    ],
)
def test_a_detail_of_another_sentence_proves_nothing(text: str, label: int) -> None:
    assert cited(text, label) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The harbour of Brindle opened in 1962 and the harbour of Marl in 1975.", "When did the harbours open?"),
        ("Brindle paid 12 crowns in 2019 and 14 crowns in 2020.", "What did Brindle pay in 2019 and in 2020?"),
        ("Brindle's mayor is Ada Thorne and Marl's mayor is Ida Holm.", "Who are the mayors of Brindle and Marl?"),
        ("Ada Thorne, who founded the museum, was born in Oss.", "Where was the founder of the museum born?"),
    ],
)
def test_what_two_sentences_say_of_two_things_or_one_may_be_said_in_one(text: str, question: str) -> None:
    lines = [
        Line("The harbour of Brindle opened in 1962."), Line("The harbour of Marl opened in 1975."),
        Line("Brindle paid 12 crowns in 2019."), Line("Brindle paid 14 crowns in 2020."),
        Line("The mayor of Brindle is Ada Thorne."), Line("The mayor of Marl is Ida Holm."),
        Line("The museum was founded by Ada Thorne."), Line("Ada Thorne was born in Oss."),
    ]  # fmt: skip
    found = checked(text, [], lines, question)
    assert found and len(found.labels) == 2


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Ada Thorne, the mayor's daughter, never met Jean-Luc Picard-Smith.", 4),
        ("Ships of more than 1,500 tonnes may enter the harbour at low tide.", 3),
        ("Le pont a été fermé aux piétons.", 6),
    ],
)
def test_a_negation_is_neither_added_nor_left_out(text: str, label: int) -> None:
    assert cited(text, label) is None


@pytest.mark.parametrize(
    "text",
    [
        "It is widely seen as a great success for everybody.",  # none of its words stand there
        "The lighthouse attracts many visitors with wonderful views over the green valley.",
        "",
        "—",
    ],
)
def test_what_hardly_stands_there_is_refused(text: str) -> None:
    assert cited(text, 1) is None


def test_yes_and_no_at_the_beginning_are_no_words_to_prove() -> None:
    assert cited("Yes, the harbour of Brindle opened in 1962.", 2) == (2,)
    found = checked("Yes, Mara Quill painted it.", [1], LINES, "Did Mara Quill paint the lighthouse?")
    assert found and found.text == "Yes, Mara Quill painted it."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The mayor met Ada Thorne.", ["Ada", "Thorne"]),
        ("Ada met the mayor.", []),
        ("Ada Thorne met the mayor.", ["Ada", "Thorne"]),
        ("It rained. Then it stopped: Everyone left.", []),
        ("It rained. Tom Reed left.", ["Tom", "Reed"]),
        ('He said: "Nobody knows Oss."', ["Oss"]),
    ],
)
def test_names_are_capitals_inside_a_sentence(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_what_is_invented_is_named() -> None:
    assert unsupported("Tom Reed painted 3 boats for Mara Quill.", LINES[:1], QUESTION) == ["3", "Tom", "Reed"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The harbour opened in 1962.", "In 1962 the harbour opened.", True),
        ("The harbour opened in 1962.", "The harbour opened in 1963.", False),
        ("The harbour opened.", "The harbour of Brindle opened after the lighthouse was painted.", True),
        ("The harbour opened.", "The lighthouse was painted.", False),
        ("", "The lighthouse was painted.", False),
    ],
)
def test_statements_that_say_the_same_are_told(one: str, other: str, same: bool) -> None:
    assert near_duplicate(one, other) is near_duplicate(other, one) is same


@pytest.mark.parametrize(
    ("text", "otherwise"),
    [
        ("Marbled snails are eaten by the fern.", True),
        ("The fern is eaten by marbled snails.", False),
        ("In wet years the fern is eaten.", True),
        ("The fern has been eaten since 1990.", False),
    ],
)
def test_words_in_another_order_may_say_something_else(text: str, otherwise: bool) -> None:
    assert (
        words_reordered(text, [Line("The fern is eaten by the marbled snail in wet years, since 1990.")]) is otherwise
    )


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Ines counted the geese in 2010.", True),
        ("There were 2,300 geese in 2010 and 9,800 in 2022, as Ines counted.", False),
        ("The county pays Ines for geese.", False),
        ("In 2022 there was Ines.", True),
    ],
)
def test_a_quote_with_other_numbers_or_names_may_have_been_mixed_up(text: str, others: bool) -> None:
    assert has_others(text, [Line("In 2010 there were 2,300 geese; in 2022 Ines counted 9,800.")]) is others


def test_words_of_its_own_are_those_that_say_something() -> None:
    around, question = "The new glue softens at 85 °C, the old one at 140 °C.", "When does the glue soften?"
    assert own_stems("The old glue softens at 140 °C, while the new one does at 85 °C.", around, question) == []
    assert own_stems("The glue softens because it was designed badly.", around, question) != []


@pytest.mark.parametrize(
    ("text", "around", "question", "echoed"),
    [
        ("Ada Thorne founded the mill.", "Ada Thorne has run the mill since 2014.", "Who founded the mill?", True),
        ("Ada Thorne runs the mill.", "Ada Thorne has run the mill since 2014.", "Who runs the mill?", False),
        ("The mill began in 1870.", "The mill opened in 1870.", "When did it open?", False),  # its own word
        ("Yes, it is open.", "It is open daily.", "Is it open?", False),
    ],
)
def test_a_word_that_only_the_question_holds_is_an_echo(text: str, around: str, question: str, echoed: bool) -> None:
    assert bool(only_in_question(text, around, question)) is echoed


@pytest.mark.parametrize(
    ("statement", "words", "told"),
    [
        ("It cost 4,000 crowns.", "4,000 crowns", True),
        ("It cost a great deal.", "4,000 crowns", False),
        ("It cost 5,000 crowns.", "4,000 crowns", False),
        ("The steering gear has to be inspected.", "steering gear be inspected every six months", False),
        ("Its gear is to be inspected every six months.", "gear be inspected every six months", True),
    ],
)
def test_a_statement_says_the_key_words_or_leaves_them_out(statement: str, words: str, told: bool) -> None:
    assert holds_answer(statement, words) is told


def test_names_are_asked_for_without_their_possessive() -> None:
    assert asked_of("Whose monopoly on hosting OpenAI's models and Marl’s was broken in 1931?") == [
        "OpenAI", "Marl", "1931",
    ]  # fmt: skip


def test_words_of_the_question_alone_inform_nobody() -> None:
    assert not says_more("The lighthouse", "Who painted the lighthouse?")
    assert says_more("Mara Quill", "Who painted the lighthouse?")
    assert says_more("A river", "Is it a lake or a river?")


def test_a_list_is_proved_by_one_sentence_for_each_of_its_items() -> None:
    rows = [Line(f"Name: {name}; Post: driver") for name in ("Dario Fenn", "Yusuf Adan", "Lene Brekk")]
    said = "The drivers are Dario Fenn, Yusuf Adan and Lene Brekk."
    found = checked(said, [1], [*rows, Line("Name: Piet Vos; Post: mechanic")], "List all the drivers.")
    assert found is not None and found.labels == (1, 2, 3)
    assert checked("The drivers are Dario Fenn and Piet Vos.", [1], [rows[0]], "List all the drivers.") is None


def test_of_the_date_of_an_article_only_the_year_may_be_told() -> None:
    line = Line("The court dismissed the appeal on 12 April.", "The Courier (2024-04-13)")
    question = "When was the appeal dismissed?"
    assert checked("The court dismissed the appeal on 12 April 2024.", [1], [line], question)
    assert not checked("The court dismissed the appeal on 13 April 2024.", [1], [line], question)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("If Dale Works fails, Orrin Mill is free.", True),
        ("If Orrin Mill fails, Dale Works is free.", False),
        ("Dale Works hired Orrin Mill first.", True),
        ("Dale Works is free.", False),
    ],
)
def test_names_that_change_places_are_noticed(text: str, other: bool) -> None:
    quote = Line("The contract names Orrin Mill first, but if it fails, Dale Works is free to choose.")
    assert names_reordered(text, [quote]) is other


def test_an_article_before_a_name_is_no_name() -> None:
    row = Line("Ship: Stella; Seats: 60; Built: 2011", "Ferries")
    assert checked("The Stella has 60 seats.", [1], [row], "How many seats does the Stella have?")


@pytest.mark.parametrize(
    ("text", "quote", "drops"),
    [
        ("A ticket will cost 90 crowns.", "The head has proposed that a ticket cost 90 crowns.", True),
        ("The head proposes a ticket of 90 crowns.", "The head has proposed that a ticket cost 90 crowns.", False),
        ("The tower will be repaired.", "If the grant is paid, the tower will be repaired.", True),
        ("Mara won the race.", "Mara almost won the race.", True),
        ("The fair is in May.", "Every year, the fair is in May.", False),
        ("The mill was sold.", "The mill was sold in May.", False),
    ],
)
def test_what_is_said_with_reserve_is_not_said_flatly(text: str, quote: str, drops: bool) -> None:
    assert drops_reserve(text, [Line(quote)]) is drops
