"""The whole way of a question: the real reader and articles, and a writer that says what a test wants."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from made_up import Given, MadeUpJudge, MadeUpWriter, Saying, label

from index.errors import UsageError
from index.library import Library
from rag.abstention import EMPTY_LIBRARY, NOT_SAID, NOTHING_FOUND
from rag.answer import Answer
from rag.assistant import FEWEST, MOST, SMALL_TALK, Assistant
from rag.composition import LEAST
from rag.exchange import Exchange
from rag.models import Models
from rag.prompt import Line
from rag.question import Kind
from rag.reader import Reader
from rag.stage import Stage
from rag.writer import Draft

ARTICLES = {
    "lighthouse.md": """# The lighthouse of Oss

The lighthouse of Oss was painted by Mara Quill in 1931. It stands on a rock of basalt. Its lamp was electrified in
1952. The keeper of the lighthouse, Tom Reed, retired in 1974. Boats are warned by a horn when there is fog. Visitors
may climb its stairs on Sundays.""",
    "harbour.md": """# The harbour of Brindle

The harbour of Brindle cost $4.25 million and opened in 1962. Ships of more than 90 tonnes may not enter it at low
tide. The fish market moved to the east quay in 2004. Children may swim behind the pier.""",
    "museum.md": """# The museum of Marl

The museum of Marl was founded by Ada Thorne in 1911. It shows ropes, nets and the jaw of a whale. Tickets cost three
crowns.""",
    "records.md": """# Parish records

According to the records, the museum of Marl was founded by Ida Holm in 1911. The parish has four hundred souls.""",
}
PAINTER = "Who painted the lighthouse of Oss?"
PAINTED = "The lighthouse of Oss was painted by Mara Quill in 1931."


@pytest.fixture(scope="module")
def coast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("coast")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Library.open(tmp_path_factory.mktemp("library")) as library:
        library.sync([folder])
        yield library


def writes(*said: tuple[str, str]) -> Saying:
    """Drafts, each a text and words of the sentence that it cites; none for a sentence that is not read."""
    return lambda lines: [Draft(text, (k,)) for text, words in said if (k := label(lines, words))]


def with_writer(
    library: Library,
    reader: Reader,
    saying: Saying,
    parts: dict[str, list[str]] | None = None,
    judge: MadeUpJudge | None = None,
) -> tuple[Assistant, MadeUpWriter]:
    writer = MadeUpWriter(saying, parts)
    return Assistant(library, Given(reader, writer, judge)), writer


def texts(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.statements]


def quotes(answer: Answer) -> list[list[str]]:
    return [[citation.quote for citation in statement.citations] for statement in answer.statements]


# quick answers: the reader alone


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Which company did OpenAI sign a deal with earlier this year?", "Oracle"),
        ("Until what year are the key elements of the agreement intact?", "2030"),
        ("How much profit would AGI have to generate?", "$100 billion"),
    ],
)
def test_a_fact_is_answered_by_its_sentence_word_for_word(
    assistant: Assistant, seed_text: str, question: str, fact: str
) -> None:
    answer = assistant.ask(question)
    assert fact in (answer.short or "") and fact in (answer.text or "")
    (citation,) = answer.citations
    assert seed_text[citation.start : citation.end] == citation.quote == answer.text


def test_a_question_of_yes_or_no_gets_one_and_the_sentence(assistant: Assistant) -> None:
    answer = assistant.ask("Are key elements of the agreement intact?")
    assert (answer.text or "").startswith("Yes: Key elements") and answer.short == "Yes"


def test_a_sentence_that_says_no_itself_is_not_told_as_a_yes(models: Models, tmp_path: Path) -> None:
    (tmp_path / "pool.md").write_text("# The pool\n\n## Has the pool been sold?\n\nNo. The town keeps it.")
    with Library.open(tmp_path / "library") as library:
        library.sync([tmp_path / "pool.md"])
        answer = Assistant(library, models).ask("Has the pool been sold?", quick=True)
    assert answer.short == "No" and answer.text == "No."


@pytest.mark.parametrize("question", ["Who is the CEO of OpenAI?", "What is the recipe for lentil soup?"])
def test_what_the_articles_do_not_hold_is_not_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained and answer.reason and answer.text is None and answer.short is None


def test_the_same_question_gets_the_same_answer_byte_for_byte(assistant: Assistant) -> None:
    def frozen(answer: Answer) -> dict[str, object]:
        return answer.as_json() | {"timings": None, "tokens": None}

    first = frozen(assistant.ask("What strained the relationship with Microsoft?"))
    assistant.ask("Who is involved in Stargate?")
    assert frozen(assistant.ask("What strained the relationship with Microsoft?")) == first


def test_a_summary_is_a_handful_of_cited_sentences(assistant: Assistant, seed_text: str) -> None:
    answer = assistant.ask("Summarise the article")
    assert 3 <= len(answer.statements) <= 7
    assert all(seed_text[c.start : c.end] == c.quote for s in answer.statements for c in s.citations)
    assert assistant.ask("Summarise the tax report of 2031").abstained


def test_a_greeting_gets_a_line_that_does_not_come_from_the_articles(assistant: Assistant) -> None:
    answer = assistant.ask("Hello")
    assert answer.abstained and answer.reason == SMALL_TALK


def test_an_empty_library_says_how_to_fill_it(tmp_path: Path, models: Models) -> None:
    with Library.open(tmp_path) as library:
        assert Assistant(library, models).ask("Who painted it?").reason == EMPTY_LIBRARY


def test_a_question_longer_than_the_window_is_refused(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="too long"):
        assistant.ask("Who " + "really " * 5000 + "signed it?")


def test_a_higher_threshold_declines_more(coast: Library, models: Models) -> None:
    assert Assistant(coast, models).ask(PAINTER).text == PAINTED
    assert Assistant(coast, models, 1.0).ask(PAINTER).abstained


def test_a_follow_up_is_read_with_the_question_before_it(coast: Library, models: Models) -> None:
    assistant = Assistant(coast, models)
    assert assistant.ask("And when?", [PAINTER]).text == PAINTED
    assert assistant.ask("And when?").text != PAINTED


def test_two_threads_asking_get_their_own_answers(assistant: Assistant) -> None:
    asked = {"How much profit would AGI have to generate?": "$100 billion",
             "Until what year are the key elements of the agreement intact?": "2030"}  # fmt: skip
    given: dict[str, str | None] = {}
    threads = [threading.Thread(target=lambda q=q: given.update({q: assistant.ask(q).text})) for q in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(fact in (given[question] or "") for question, fact in asked.items())


# written answers


def test_what_the_writer_says_truly_is_said_with_its_citation(coast: Library, reader: Reader) -> None:
    assistant, writer = with_writer(coast, reader, writes(("Mara Quill painted it in 1931.", "Mara Quill")))
    answer = assistant.ask(PAINTER)
    assert texts(answer) == ["Mara Quill painted it in 1931."] and quotes(answer) == [[PAINTED]]
    assert answer.model == "made up" and answer.short == "Mara Quill" and answer.unanswered is None
    ((question, lines, least),) = writer.asked
    assert (question, least) == (PAINTER, 1) and FEWEST <= len(lines) <= MOST


@pytest.mark.parametrize(
    "draft",
    ["Mara Quill painted it in 1932.", "Tom Reed painted it.", "Mara Quill never painted it.", "It is a lovely sight."],
)
def test_what_it_says_falsely_of_the_sentence_that_answers_is_replaced_by_that_sentence(
    coast: Library, reader: Reader, draft: str
) -> None:
    assistant, _ = with_writer(coast, reader, writes((draft, "Mara Quill")))
    answer = assistant.ask(PAINTER)
    assert texts(answer) == [PAINTED] and quotes(answer) == [[PAINTED]]


def test_a_reason_that_the_writer_puts_together_needs_the_judges_yes(tmp_path: Path, reader: Reader) -> None:
    (tmp_path / "tram.md").write_text(
        "# The tramway opens late\n\nThe mayor blamed a Roman bath. Not everybody is happy."
    )
    said = "The tramway is late because not everybody is happy."
    with Library.open(tmp_path / "library") as library:
        library.sync([tmp_path / "tram.md"])
        for support, kept in {1.8: False, 3.0: True}.items():
            judge = MadeUpJudge(lambda line: 3.0 if "happy" in line.text else -3.0, support)
            assistant, _ = with_writer(library, reader, lambda x: [Draft(said, (label(x, "happy"),))], judge=judge)
            assert (said in texts(assistant.ask("Why is the tramway late?"))) is kept


@pytest.mark.parametrize(("said", "short"), [("No, they are not intact.", None), ("Key elements are intact.", "Yes")])
def test_where_reader_and_writer_decide_otherwise_there_is_no_yes(
    seed_library: Library, reader: Reader, said: str, short: str | None
) -> None:
    assistant, _ = with_writer(seed_library, reader, lambda lines: [Draft(said, (label(lines, "Key elements"),))])
    answer = assistant.ask("Are key elements of the agreement intact?")
    assert answer.short == short and any("Key elements" in quote for (quote,) in quotes(answer))


@pytest.mark.parametrize("draft", ["Somebody painted it.", "The lighthouse was painted by somebody of Oss."])
def test_where_it_leaves_out_the_words_that_answer_the_sentence_is_said(
    coast: Library, reader: Reader, draft: str
) -> None:
    assistant, _ = with_writer(coast, reader, writes((draft, "Mara Quill")))
    assert texts(assistant.ask(PAINTER)) == [PAINTED]


@pytest.mark.parametrize(("verdict", "answered"), [(4.0, True), (-8.0, False)])
def test_a_judge_that_finds_no_answer_is_listened_to(
    coast: Library, reader: Reader, verdict: float, answered: bool
) -> None:
    drafts = writes(("Mara Quill painted it in 1931.", "Mara Quill"))
    assistant, writer = with_writer(coast, reader, drafts, judge=MadeUpJudge(lambda line: verdict))
    answer = assistant.ask(PAINTER)
    assert answer.abstained is not answered and bool(writer.asked) is answered


@pytest.mark.parametrize("support", [4.0, -2.0])
def test_a_statement_in_other_words_is_said_where_the_judge_stands_by_it(
    coast: Library, reader: Reader, support: float
) -> None:
    said = "In 1931 Mara Quill decorated the lighthouse of Oss."
    assistant, _ = with_writer(coast, reader, writes((said, "Mara Quill")), judge=MadeUpJudge(support=support))
    assert texts(assistant.ask(PAINTER)) == [said if support > 0 else PAINTED]


@pytest.mark.parametrize("support", [4.0, -2.0])
def test_a_word_of_the_question_that_only_the_sentence_beside_the_quote_holds_needs_the_judges_yes(
    coast: Library, reader: Reader, support: float
) -> None:
    said = "The rock was electrified in 1952."
    assistant, _ = with_writer(coast, reader, writes((said, "lamp")), judge=MadeUpJudge(support=support))
    assistant.threshold = 0.0
    answer = assistant.ask("When was the rock electrified?")
    assert (said in texts(answer)) is (support > 0)


@pytest.mark.parametrize("support", [4.0, -2.0])
def test_a_statement_that_may_have_taken_the_wrong_number_needs_the_judges_yes(
    tmp_path: Path, reader: Reader, support: float
) -> None:
    (tmp_path / "geese.txt").write_text("In 2010 there were 2,300 geese; in 2022 Ines Holm counted 9,800.")
    said = "Ines Holm counted the geese in 2010."
    with Library.open(tmp_path / "library") as library:
        library.sync([tmp_path / "geese.txt"])
        assistant, _ = with_writer(library, reader, writes((said, "Ines")), judge=MadeUpJudge(support=support))
        assistant.threshold = 0.0
        assert (said in texts(assistant.ask("Who counted the geese in 2010?"))) is (support > 0)


def test_a_statement_that_fails_gives_way_to_each_of_its_sentences_that_answers(coast: Library, reader: Reader) -> None:
    lamp = "Its lamp was electrified in 1952."

    def both(lines: Sequence[Line]) -> list[Draft]:
        return [Draft("Zed Orlin did both.", (label(lines, "Mara Quill"), label(lines, "lamp")))]

    judge = MadeUpJudge(lambda line: 5.0 * ("lamp" in line.text) + 4.0 * ("Mara" in line.text))
    assistant, _ = with_writer(coast, reader, both, judge=judge)
    assert sorted(texts(assistant.ask("Who painted the lighthouse of Oss, and lit its lamp?"))) == sorted(
        [PAINTED, lamp]
    )


def test_each_sentence_that_convinces_the_judge_is_written_about(coast: Library, reader: Reader) -> None:
    drafts = writes(("Mara Quill painted it in 1931.", "Mara Quill"))
    judge = MadeUpJudge(lambda line: 9.0 * ("lamp" in line.text))
    assistant, writer = with_writer(coast, reader, drafts, judge=judge)
    assistant.ask(PAINTER)
    assert all("lamp" in line.text for line in writer.asked[0][1])


def test_no_verdict_makes_up_for_the_names_that_an_article_lacks(coast: Library, reader: Reader) -> None:
    assistant, _ = with_writer(coast, reader, writes(), judge=MadeUpJudge(lambda line: 1.0))
    citations = assistant.ask("Who founded the lighthouse of Oss?").citations
    assert {c.title for c in citations} == {"The lighthouse of Oss"}, "not who founded the museum of Marl"


def test_what_it_says_falsely_of_another_sentence_is_dropped(coast: Library, reader: Reader) -> None:
    drafts = writes(("Its lamp was electrified in 1999.", "lamp"), ("Mara Quill painted it.", "Mara Quill"))
    said = " ".join(texts(with_writer(coast, reader, drafts)[0].ask(PAINTER)))
    assert "Mara Quill" in said and "1999" not in said


def test_what_is_true_and_beside_the_point_is_dropped(coast: Library, reader: Reader) -> None:
    drafts = writes(("Mara Quill painted it.", "Mara Quill"), ("Its lamp was electrified in 1952.", "lamp"))
    assert texts(with_writer(coast, reader, drafts)[0].ask(PAINTER)) == ["Mara Quill painted it."]


def test_a_number_that_cites_the_wrong_sentence_is_corrected(coast: Library, reader: Reader) -> None:
    drafts = writes(("Mara Quill painted the lighthouse of Oss in 1931.", "lamp"))
    assert quotes(with_writer(coast, reader, drafts)[0].ask(PAINTER)) == [[PAINTED]]


def test_the_same_said_twice_is_shown_once(coast: Library, reader: Reader) -> None:
    said = ("Mara Quill painted the lighthouse.", "Mara Quill")
    again = ("The lighthouse was painted by Mara Quill.", "Mara Quill")
    assert texts(with_writer(coast, reader, writes(said, again, said))[0].ask(PAINTER)) == [said[0]]


def test_a_sentence_that_was_cited_is_not_quoted_after_that(coast: Library, reader: Reader) -> None:
    drafts = writes(("Mara Quill painted it.", "Mara Quill"), (PAINTED, "Mara Quill"))
    assert texts(with_writer(coast, reader, drafts)[0].ask(PAINTER)) == ["Mara Quill painted it."]


@pytest.mark.parametrize("drafts", [writes(), writes(("The lamp has 3000 candles.", "lamp"))])
def test_where_nothing_that_was_written_holds_the_readers_sentence_is_said(
    coast: Library, reader: Reader, drafts: Saying
) -> None:
    assert texts(with_writer(coast, reader, drafts)[0].ask(PAINTER)) == [PAINTED]


def test_what_a_stage_shows_is_never_taken_back(coast: Library, reader: Reader) -> None:
    drafts = writes(
        ("Mara Quill painted it.", "Mara Quill"),
        ("Mara Quill painted it in 1940.", "Mara Quill"),
        ("Mara Quill painted it.", "Mara Quill"),
        ("Mara Quill painted the lighthouse of Oss in 1931.", "Mara Quill"),
    )
    *stages, answer = with_writer(coast, reader, drafts)[0].steps(PAINTER)
    assert isinstance(answer, Answer) and len(answer.statements) > 1
    before: tuple[object, ...] = ()
    for stage in [s for s in stages if isinstance(s, Stage)]:
        assert stage.statements[: len(before)] == before
        before = stage.statements
    assert before and answer.statements[: len(before)] == before


def test_each_stage_says_where_a_question_is(coast: Library, reader: Reader) -> None:
    assistant, _ = with_writer(coast, reader, writes(("Mara Quill painted it.", "Mara Quill")))
    said = [stage.text for stage in assistant.steps(PAINTER) if isinstance(stage, Stage)]
    assert said[0] == "Searching the articles" and "Writing, 1 tokens so far" in said
    assert any(text.startswith("Reading ") for text in said)


@pytest.mark.parametrize(
    ("question", "reason"),
    [("Who is the bishop of Oss?", NOT_SAID), ("Which comets did Zwicky photograph in Kenya?", NOTHING_FOUND)],
)
def test_that_nothing_is_about_it_is_said_only_where_that_is_so(
    coast: Library, reader: Reader, question: str, reason: str
) -> None:
    assert with_writer(coast, reader, writes())[0].ask(question).reason == reason


@pytest.mark.parametrize("question", ["Who is the king of Marl?", "What is the recipe for lentil soup?"])
def test_where_the_reader_finds_no_answer_nothing_is_written(coast: Library, reader: Reader, question: str) -> None:
    assistant, writer = with_writer(coast, reader, writes(("The museum was founded by Ada Thorne.", "Ada Thorne")))
    answer = assistant.ask(question)
    assert answer.abstained and answer.reason and not writer.asked


def test_a_quick_answer_leaves_the_writer_out(coast: Library, reader: Reader) -> None:
    assistant, writer = with_writer(coast, reader, writes(("Mara Quill painted it.", "Mara Quill")))
    answer = assistant.ask(PAINTER, quick=True)
    assert answer.text == PAINTED and answer.model == reader.model.name and not writer.asked


def test_two_articles_that_answer_differently_are_both_said(coast: Library, reader: Reader) -> None:
    said = ("Ada Thorne founded the museum of Marl.", "Ada Thorne")
    records = ("Ida Holm founded the museum of Marl.", "Ida Holm")
    judge = MadeUpJudge(lambda line: 3.0 if "founded" in line.text else -3.0, -2.0)
    for drafts in (writes(said), writes(records)):
        answer = with_writer(coast, reader, drafts, judge=judge)[0].ask("Who founded the museum of Marl?")
        assert {c.title for c in answer.citations} == {"The museum of Marl", "Parish records"}
        assert "Ada Thorne" in (answer.text or "") and "Ida Holm" in (answer.text or "")
    both = with_writer(coast, reader, writes(said, records), judge=judge)[0].ask("Who founded the museum of Marl?")
    assert len(both.statements) == 2, "what was written already is not told once more"


def test_closing_the_steps_ends_the_writing(coast: Library, reader: Reader) -> None:
    ended: list[str] = []

    def endless(lines: Sequence[Line]) -> Iterator[Draft]:
        try:
            while True:
                yield Draft("Mara Quill painted it.", (label(lines, "Mara Quill"),))
        finally:
            ended.append("closed")

    steps = with_writer(coast, reader, endless)[0].steps(PAINTER)
    while not getattr(next(steps), "statements", ()):
        assert not ended
    steps.close()
    assert ended == ["closed"]


# questions of several parts, and what stays open

BOTH = "Who painted the lighthouse of Oss, and when did the harbour of Brindle open?"
ONE_OPEN = "Who painted the lighthouse of Oss, and who designed the flag of Marl?"
PARTS = {
    BOTH: [PAINTER, "When did the harbour of Brindle open?"],
    ONE_OPEN: [PAINTER, "Who designed the flag of Marl?"],
}


def test_a_question_of_two_parts_is_written_from_the_evidence_of_both(coast: Library, reader: Reader) -> None:
    drafts = writes(("Mara Quill painted it.", "Mara Quill"), ("The harbour of Brindle opened in 1962.", "1962"))
    assistant, writer = with_writer(coast, reader, drafts, PARTS)
    answer = assistant.ask(BOTH)
    assert texts(answer) == ["Mara Quill painted it.", "The harbour of Brindle opened in 1962."]
    assert {c.title for c in answer.citations} == {"The lighthouse of Oss", "The harbour of Brindle"}
    assert [asked for asked, *_ in writer.asked] == PARTS[BOTH] and answer.unanswered is None


def test_a_part_is_understood_from_the_answer_to_the_one_before_it(
    coast: Library, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Who painted the lighthouse of Oss, and when did she paint it?"
    heard: list[Exchange] = []

    def standalone(question: str, said: Sequence[Exchange]) -> str:
        heard.extend(said)
        return "When did Mara Quill paint it?"

    drafts = writes(("Mara Quill painted it in 1931.", "Mara Quill"))
    assistant, writer = with_writer(coast, reader, drafts, {question: [PAINTER, "When did she paint it?"]})
    monkeypatch.setattr(writer, "standalone", standalone)
    assistant.ask(question)
    assert heard == [Exchange(PAINTER, PAINTED)]
    assert [asked for asked, *_ in writer.asked] == [PAINTER, "When did Mara Quill paint it?"]


def test_a_number_that_answers_the_second_part_is_said_though_its_sentence_was_cited(
    coast: Library, reader: Reader
) -> None:
    question = "Who painted the lighthouse of Oss, and when did Mara Quill paint it?"
    drafts = writes(("Mara Quill painted it.", "Mara Quill"))
    assistant, _ = with_writer(coast, reader, drafts, {question: [PAINTER, "When did Mara Quill paint it?"]})
    assert texts(assistant.ask(question)) == ["Mara Quill painted it.", PAINTED]


def test_a_part_that_loses_the_name_of_the_question_is_not_asked(coast: Library, reader: Reader) -> None:
    asked = "Who painted the lighthouse when Petrus Vane owned it?"
    parts = {asked: ["Who painted the lighthouse?", "When did Petrus Vane own the lighthouse?"]}
    assistant, writer = with_writer(coast, reader, writes(("Mara Quill painted it.", "Mara Quill")), parts)
    assistant.ask(asked)
    assert parts[asked][0] not in [question for question, _, _ in writer.asked]


def test_the_part_that_the_articles_leave_open_is_named(coast: Library, reader: Reader) -> None:
    assistant, _ = with_writer(coast, reader, writes(("Mara Quill painted it.", "Mara Quill")), PARTS)
    answer = assistant.ask(ONE_OPEN)
    assert texts(answer) == ["Mara Quill painted it."]
    assert answer.unanswered == "The articles do not say: Who designed the flag of Marl?"


def test_where_nothing_survives_the_check_the_sentences_that_answer_are_said(coast: Library, reader: Reader) -> None:
    drafts = writes(("Tom Reed painted it.", "Mara Quill"), ("The harbour opened in 1999.", "1962"))
    answer = with_writer(coast, reader, drafts, PARTS)[0].ask(BOTH)
    assert texts(answer)[0] == PAINTED and "1999" not in (answer.text or "") and "Tom Reed" not in (answer.text or "")


def test_a_name_of_the_question_that_no_article_knows_is_told(coast: Library, reader: Reader) -> None:
    assistant, _ = with_writer(coast, reader, writes(("Mara Quill painted it.", "Mara Quill")))
    assistant.threshold = 0.0
    answer = assistant.ask("Who painted the lighthouse of Oss for Zed Orlin?")
    assert answer.unanswered == "The articles do not say anything about Zed, Orlin."


def test_a_summary_is_asked_for_several_statements_and_each_is_checked(coast: Library, reader: Reader) -> None:
    drafts = writes(
        ("The museum of Marl was founded in 1911.", "museum"),
        ("The museum of Marl has a million visitors.", "museum"),
        ("Its tickets cost three crowns.", "Tickets cost"),
    )
    assistant, writer = with_writer(coast, reader, drafts)
    answer = assistant.ask("Summarise the article about the museum of Marl")
    said, filled = texts(answer)[:2], texts(answer)[2:]
    assert said == ["The museum of Marl was founded in 1911.", "Its tickets cost three crowns."]
    assert writer.asked[0][2] == LEAST[Kind.SUMMARY] == len(said + filled)
    assert [[text] for text in filled] == quotes(answer)[2:], "what is missing is said in the article's words"


def test_what_the_library_knows_of_itself_needs_no_model(coast: Library, reader: Reader) -> None:
    assistant, writer = with_writer(coast, reader, writes())
    before = reader.model.evaluated
    answer = assistant.ask("How many articles are there?")
    assert "4 articles" in (answer.text or "") and answer.citations and answer.model == "library"
    assert reader.model.evaluated == before and not writer.asked


def test_an_article_that_is_removed_while_it_is_read_is_not_cited(tmp_path: Path, models: Models) -> None:
    for name, builder in (("one", "Ida Brandt"), ("two", "Jon Falk")):
        (tmp_path / f"{name}.txt").write_text(f"The mill\n\nThe mill of Oss was built by {builder}, as {name} says.")
    with Library.open(tmp_path / "library") as library:
        library.sync([tmp_path / "one.txt", tmp_path / "two.txt"])
        steps = Assistant(library, models).steps("Who built the mill of Oss?", quick=True)
        cited = next(step for step in steps if isinstance(step, Stage) and step.evidence).evidence[0].article
        library.remove(cited)
        *_, answer = steps
    assert isinstance(answer, Answer) and not answer.abstained
    assert cited not in {citation.article for citation in answer.citations}
