"""Evidence: which units of an article are read for a question."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from index.article import Article
from index.library import Library
from index.passage import Passage
from index.search import Hit
from rag.evidence import Evidence, lead, merged_hits, most_probable, queries, select


def hit(text: str, start: int = 0, rank: int = 1) -> Hit:
    return Hit(Passage("a", start, start + len(text), text), 1.0 / rank, rank, rank, rank)


def test_evidence_is_the_articles_own_characters_under_its_title(seed_library: Library) -> None:
    question = "What would Microsoft lose?"
    found = select(question, seed_library.search(question), 9, seed_library.article)
    assert len(found) == 9
    for evidence in found:
        article = seed_library.article(evidence.article)
        assert article.text[evidence.start : evidence.end] == evidence.text
        assert evidence.line.context.startswith(article.title)


def test_the_sentence_with_the_questions_rare_words_is_kept() -> None:
    dull = " ".join(f"The harbour of Oss was seen {n} times by the crew." for n in range(20))
    found = select("Who painted the lighthouse of Oss?", [hit(f"{dull} Mara Quill painted the lighthouse.")], 3)
    assert "Mara Quill painted the lighthouse." in [e.text for e in found]


def test_words_that_are_akin_or_written_without_accents_count() -> None:
    dull = " ".join(f"Nobody came to the harbour in winter {n}." for n in range(5))
    for telling in ("The proclamation was read aloud.", "Béla Szabó spoke."):
        for question in ("What was proclaimed at the harbour?", "What did Bela Szabo say at the harbour?"):
            found = select(question, [hit(f"{dull} {telling}")], 1)
            akin = ("proclaim" in question) == ("proclam" in telling)
            assert (found[0].text == telling) == akin


def test_of_two_alike_the_sentence_that_holds_what_is_asked_for_is_kept() -> None:
    found = select("When was the mill built?", [hit("The mill was built of oak. The mill was built in 1870.")], 1)
    assert found[0].text == "The mill was built in 1870."


def test_a_sentence_of_a_far_better_passage_is_kept_before_one_with_a_word_more() -> None:
    hits = [hit("Boats came to Oss."), replace(hit("Boats came ashore at Brindle.", 50, 2), score=-9.0)]
    assert [e.text for e in select("Where did boats come ashore?", hits, 1)] == ["Boats came to Oss."]


def test_evidence_stands_in_the_order_of_the_articles() -> None:
    found = select("boats", [hit("Boats came. Then they left. Boats sank."), hit("More boats.", 90, 2)], 9)
    assert [e.start for e in found] == sorted(e.start for e in found)


def test_copies_of_an_article_take_no_place_from_others() -> None:
    said = "The mill of Brindle was built in 1870 by Ada Thorne."
    texts = {**{f"copy-{n}": said for n in range(30)}, "other": "The mill of Brindle burnt in 1901."}
    articles = {id: Article(id, "Mills", id, text, "") for id, text in texts.items()}
    hits = [Hit(Passage(id, 0, len(text), text), 1.0, 1, 1, 1) for id, text in texts.items()]
    found = select("When was the mill of Brindle built?", hits, 2, articles.__getitem__)
    assert [e.article for e in found] == ["copy-0", "other"]


def test_short_lines_and_long_sentences_can_be_evidence() -> None:
    long = "The house is run by Petra Holub, " + ", ".join(f"who sold {n} tonnes of ice" for n in range(60)) + "."
    for text, question in ((f"Rota\n\nKeeper\nTiril Voss\n\n{long}", "Who is Tiril Voss?"), (long, "Petra Holub?")):
        found = select(question, [hit(text)], 2)
        assert any(name in e.text for e in found for name in ("Tiril Voss", "Petra Holub"))


def test_each_of_several_names_is_searched_for_by_itself() -> None:
    assert queries("What did it cost?") == ["What did it cost?"]
    asked = queries("Compare the prices of the Brandt Tower and Larkhaven Mill.")
    assert asked[0].startswith("Compare") and ["Brandt" in q for q in asked[1:]] == [True, False]


def test_hits_of_several_searches_come_in_turns_and_once() -> None:
    one, other, third = hit("One.", 0), hit("Two.", 10), hit("Three.", 20)
    assert merged_hits([[one, other], [one, third]]) == [one, other, third]


def test_a_sentence_that_points_is_read_after_the_one_before_it() -> None:
    text = "The guild was founded in 1996. It has 17 farms. Its cheese is blue. The mayor likes it."
    hits = [hit(text)]
    read = {e.text: e.in_context().line.text for e in select("What of the guild and the mayor?", hits, 9)}
    assert read["It has 17 farms."] == "The guild was founded in 1996. It has 17 farms."
    assert read["Its cheese is blue."] == "It has 17 farms. Its cheese is blue."
    assert read["The mayor likes it."] == "The mayor likes it." and read["The guild was founded in 1996."].endswith(
        "1996."
    )


def test_the_writer_gets_what_holds_the_readers_probability() -> None:
    found = [Evidence("a", n, n + 1, str(n), 0.0) for n in range(6)]
    assert [e.text for e in most_probable(found, [0.0, 0.0, 0.98, 0.0, 0.02, 0.0, 0.0], 1, 4, 0.97)] == ["1"]
    assert [e.text for e in most_probable(found, [0.0, 0.3, 0.3, 0.0, 0.4, 0.0, 0.0], 1, 4, 0.97)] == ["0", "1", "3"]
    assert len(most_probable(found, [0.0, *[1 / 6] * 6], 1, 4, 0.97)) == 4


def test_a_summary_draws_on_the_whole_article(seed_library: Library) -> None:
    (article,) = seed_library.articles()
    found = lead(article, seed_library.passages(article.id), 9)
    assert len(found) >= 5
    assert found[-1].start > len(article.text) / 2


def test_questions_that_are_asked_at_once_get_the_evidence_of_one_asked_alone(seed_library: Library) -> None:
    asked = ["Which agreements were strained by limited computing capacities?", "What would Microsoft be losing?"]
    hits = {question: seed_library.search(question) for question in asked}
    alone = {question: select(question, hits[question], 9) for question in asked}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: select(question, hits[question], 9), asked * 100))
    assert found == [alone[question] for question in asked * 100]


ROTA = (
    "| Warden | District | Deputy |\n|---|---|---|\n| Signe Moe | Harbour | Rolf Aker |\n"
    "| Tiril Voss | Mill Hill | Per Straum |"
)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Who is the warden of Mill Hill?", "Warden: Tiril Voss; District: Mill Hill"),
        ("Which district does Tiril Voss look after?", "Warden: Tiril Voss; District: Mill Hill"),
        ("Who looks after the district Mill Hill?", "Warden: Tiril Voss; District: Mill Hill; Deputy: Per Straum"),
    ],
)
def test_the_reader_gets_the_cells_of_a_row_that_the_question_is_about(question: str, read: str) -> None:
    (row,) = [e for e in select(question, [hit(ROTA)], 9) if "Tiril" in e.text]
    assert row.undated.text == read
    assert row.line.text == "Warden: Tiril Voss; District: Mill Hill; Deputy: Per Straum"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Treasurer\nLone Falk", "Treasurer: Lone Falk"),
        ("The treasurer:\nLone Falk", "The treasurer: Lone Falk"),
        ("Who leads?\nLone Falk", "Who leads? Lone Falk"),
        ("The board:\nAda Thorne\nRolf Aker", "The board: Ada Thorne; Rolf Aker"),
        ("Two eggs\nRye flour\nBrown butter", "Two eggs; Rye flour; Brown butter"),
        ("The ferry made its last crossing\non a grey morning.", "The ferry made its last crossing on a grey morning."),
        (
            "She was built by the engineer Anna\nThorsen, who came from the island of Sorrel, in 1903.",
            "She was built by the engineer Anna Thorsen, who came from the island of Sorrel, in 1903.",
        ),
        ("The tenant shall pay\nthe landlord each month;", "The tenant shall pay the landlord each month;"),
    ],
)
def test_lines_that_stand_for_themselves_are_told_apart(text: str, spoken: str) -> None:
    assert Evidence("a", 0, len(text), text, 0.0).spoken == spoken


@pytest.mark.parametrize(
    ("text", "whole"),
    [("It closed.", True), ("开放。", True), ("Abstract.", False), ("Opening hours", False), ("3 May 1911", False)],
)
def test_a_heading_with_a_full_stop_is_no_sentence(text: str, whole: bool) -> None:
    assert Evidence("a", 0, len(text), text, 0.0).is_sentence is whole
