from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from index.library import Library
from index.passage import Passage
from index.search import Hit
from rag.evidence import lead, select, statements


def hit(text: str, start: int = 0, rank: int = 1) -> Hit:
    return Hit(Passage("a", start, start + len(text), text), 1.0 / rank, rank, rank, rank)


def test_evidence_is_the_articles_own_characters(seed_library: Library) -> None:
    question = "What would Microsoft lose?"
    for evidence in select(question, seed_library.search(question)):
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
    found = select("boats", [hit("Boats came. Then they left. Boats sank."), hit("More boats.", 90, 2)])
    assert [e.start for e in found] == sorted(e.start for e in found)


def test_a_heading_proves_nothing_but_a_list_item_and_opening_hours_do() -> None:
    text = "# The Lamp\n\nWhy Oss Has a Lamp\n\nIt was built in 1901.\n\n- Two keepers\n\nOpen: nine to five"
    assert [s.text for s in statements(text)] == ["It was built in 1901.", "Two keepers", "Open: nine to five"]


def test_a_summary_draws_on_the_whole_article(seed_library: Library) -> None:
    (article,) = seed_library.articles()
    found = lead(seed_library.passages(article.id), 9)
    assert len(found) >= 5
    assert found[-1].start > len(article.text) / 2


def test_questions_that_are_asked_at_once_get_the_evidence_of_one_asked_alone(seed_library: Library) -> None:
    asked = ["Which agreements were strained by limited computing capacities?", "What would Microsoft be losing?"]
    hits = {question: seed_library.search(question) for question in asked}
    alone = {question: select(question, hits[question]) for question in asked}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: select(question, hits[question]), asked * 100))
    assert together == [alone[question] for question in asked * 100]
