"""Evidence: what is searched for, and which sentences are read."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from index.article import Article
from index.library import Library
from index.passage import Passage
from index.search import Hit
from rag.evidence import Evidence, lead, searches, select, thinned, together, united


def hit(text: str, start: int = 0, rank: int = 1, article: str = "a") -> Hit:
    return Hit(Passage(article, start, start + len(text), text), 1.0 / rank, rank, rank, rank)


def unit(text: str, start: int, article: str = "a", score: float = 0.0) -> Evidence:
    return Evidence(article, start, start + len(text), text, score)


def test_evidence_is_the_articles_own_characters(seed_library: Library) -> None:
    question = "What would Microsoft lose?"
    found = select(question, seed_library.search(question), 8, seed_library.article)
    assert found and len(found) <= 8
    for evidence in found:
        assert seed_library.article(evidence.article).text[evidence.start : evidence.end] == evidence.text


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
    found = select("boats", [hit("Boats came. Then they left. Boats sank."), hit("More boats.", 90, 2)], 12)
    assert [e.start for e in found] == sorted(e.start for e in found)


def test_a_title_and_a_heading_stand_above_their_sentences_and_count() -> None:
    text = (
        "# The Lamp\n\n## Keepers\n\nThere were two. They were paid.\n\n## Light\n\nIt was seen from afar. It was red."
    )
    article = Article("a", "The Lamp", "a.md", text, "", date="2024-05-01")
    found = select("How many keepers had the lamp?", [hit(text)], 2, lambda _: article)
    assert [e.text for e in found] == ["There were two.", "They were paid."]
    assert {e.title for e in found} == {"The Lamp (2024-05-01)"} and all("Keepers" in e.line.context for e in found)


def test_a_heading_is_no_sentence_but_a_list_item_is() -> None:
    text = "# The Lamp\n\nWhy Oss Has a Lamp\n\nIt was built in 1901.\n\n- Two keepers\n\nOpen: nine to five"
    assert {e.text for e in select("lamp", [hit(text)], 9)} == {
        "It was built in 1901.",
        "Two keepers",
        "Open: nine to five",
    }


def test_a_summary_draws_on_the_whole_article(seed_library: Library) -> None:
    (article,) = seed_library.articles()
    found = lead(article, seed_library.passages(article.id), 9)
    assert len(found) >= 3 and found[-1].start > len(article.text) / 2
    assert all(article.text[e.start : e.end] == e.text and e.title == article.title for e in found)


def test_questions_that_are_asked_at_once_get_the_evidence_of_one_asked_alone(seed_library: Library) -> None:
    asked = ["Which agreements were strained by limited computing capacities?", "What would Microsoft be losing?"]
    hits = {question: seed_library.search(question) for question in asked}
    alone = {question: select(question, hits[question], 9) for question in asked}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: select(question, hits[question], 9), asked * 100))
    assert found == [alone[question] for question in asked * 100]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who painted the lighthouse?", ["Who painted the lighthouse?"]),
        ("Who painted the lighthouse of Oss?", ["Who painted the lighthouse of Oss?"]),
        (
            "Is Oss Tower older or Brandt Hall?",
            ["Is Oss Tower older or Brandt Hall?", "Oss Tower Is older or ?", "Brandt Hall Is older or ?"],
        ),
        ("What changed between 1990 and 2010?", [
            "What changed between 1990 and 2010?", "1990 What changed between and ?", "2010 What changed between and ?",
        ]),
    ],
)  # fmt: skip
def test_each_of_several_names_is_searched_for_on_its_own(question: str, expected: list[str]) -> None:
    assert searches(question) == expected


def test_hits_of_several_searches_come_in_turns_and_once() -> None:
    one, two, three, four = (hit(f"Text {n}.", n * 100, n + 1) for n in range(4))
    assert together([[one, two], [three, one], [four]]) == [one, three, four, two]
    assert together([]) == together([[], []]) == []


def test_what_the_reader_finds_likely_is_kept_in_its_order() -> None:
    units = [unit(f"Text {n}.", n * 10) for n in range(6)]
    labels = [0.1, 0.0, 0.3, 0.0, 0.5, 0.1, 0.0]
    kept = [e.start // 10 for e in thinned(units, labels, 1, 4, 0.97)]
    assert kept == [1, 3, 4]
    assert [e.start // 10 for e in thinned(units, labels, 1, 2, 0.97)] == [1, 3], "at most so many"
    assert [e.start // 10 for e in thinned(units, labels, 1, 4, 0.5)] == [3], "enough is enough"
    assert len(thinned(units, labels, 5, 6, 0.5)) == 5, "at least so many"
    assert thinned(units[:2], labels[:3], 4, 8, 0.97) == units[:2]


def test_what_retrieval_finds_counts_where_the_reader_is_undecided() -> None:
    units = [unit("Text 0.", 0, score=0.0), unit("Text 1.", 10, score=1.0)]
    assert thinned(units, [1.0, 0.0, 0.0], 1, 1, 0.97) == units[1:]


def test_evidence_of_several_parts_is_put_together_by_article() -> None:
    a, b, c = unit("One.", 50), unit("Two.", 0, "b"), unit("Three.", 10)
    assert united([[a, b], [c, a]]) == [c, a, b]
