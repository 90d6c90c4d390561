"""Splitting articles into passages."""

from pathlib import Path

import pytest

from index.article import Article, read
from index.embedder import Embedder
from index.passage import split
from index.sentence import sentences

ARTICLES = Path(__file__).parent / "data" / "articles"
SENTENCE = "The council of Brindle voted for the wall, and the wall was built of granite. "
LONG = (SENTENCE * 30).strip()
TEXTS = [
    "Short.",
    "\n\n  Indented.\r\n\r\nCRLF paragraph 🐝 with bees.\r\n\r\n\r\nLast one.  \r\n",
    LONG,
    "Heading\n" + LONG + "\n\nAnother heading\n\n" + LONG,
    "x" * 5000,
    "日本の首都は東京です。" * 200,
    "\n".join(f"line {number} without a stop" for number in range(300)),
    "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 200,
    "¶\u2028é e\u0301 \U0001f469\u200d\U0001f4bb " * 100,
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


def article(text: str) -> Article:
    return Article("a", "A", "a.txt", text, "")


@pytest.mark.parametrize("text", TEXTS)
def test_a_passage_is_the_text_at_its_span_and_fits_the_window(text: str, embedder: Embedder) -> None:
    end = 0
    for passage in split(article(text), embedder.count_tokens, embedder.window):
        assert text[passage.start : passage.end] == passage.text.strip() != ""
        assert text[end : passage.start].strip() == "", "nothing is left out"
        assert embedder.count_tokens(passage.text) <= embedder.window
        end = passage.end
    assert text[end:].strip() == ""


def test_each_paragraph_is_a_passage(embedder: Embedder) -> None:
    paragraphs = [(SENTENCE * count).strip() for count in (4, 6, 10, 3)]
    passages = list(split(article("\n\n".join(paragraphs)), embedder.count_tokens, embedder.window))
    assert [passage.text for passage in passages] == paragraphs


def test_a_long_paragraph_is_cut_between_sentences(embedder: Embedder) -> None:
    passages = list(split(article(LONG), embedder.count_tokens, embedder.window))
    assert len(passages) > 1
    assert all(sentence.text == SENTENCE.strip() for p in passages for sentence in sentences(p.text))


def test_headings_stay_with_what_follows(embedder: Embedder) -> None:
    text = read(ARTICLES / "harbour.txt").text + "\nThe Railway\n\n" + LONG
    passages = list(split(article(text), embedder.count_tokens, embedder.window))
    assert passages[0].text.startswith("The Old Harbour of Brindle\nThe harbour")
    assert any(passage.text.startswith("The Railway\n\nThe council") for passage in passages)
    assert not any(passage.text.endswith("The Railway") for passage in passages)


def test_lines_are_joined_to_about_a_paragraph(embedder: Embedder) -> None:
    passages = list(split(article("\n".join([SENTENCE.strip()] * 40)), embedder.count_tokens, embedder.window))
    assert all(80 <= len(passage.text.split()) <= 150 for passage in passages[:-1])


def test_front_matter_is_not_a_passage(embedder: Embedder) -> None:
    bees = read(ARTICLES / "bees.md")
    passages = list(split(bees, embedder.count_tokens, embedder.window))
    assert passages[0].text.startswith("# Bees\n\nA swarm")
    assert all(bees.text[p.start : p.end] == p.text for p in passages)
