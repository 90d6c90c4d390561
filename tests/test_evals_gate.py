"""The gate, on the real assistant: it lets the sound one pass and stops it each time that it is broken on purpose."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from evals import gate, run
from evals.options import Options
from evals.results import Results
from evals.solver import SystemUnderTest
from index.embedder import Embedder
from index.library import Library
from index.search import Hit
from rag.answer import Answer
from rag.assistant import Assistant
from rag.citation import Citation
from rag.models import Models
from rag.stage import Stage

SUBSET = Options(suites=("fiction",), sample=16, seed=5)

Build = Callable[[Library], SystemUnderTest]


class Measure:
    """Runs the subset with the assistant that ``build`` gives; the articles are embedded once."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.embedder = Embedder()

    def __call__(self, name: str, build: Build) -> Results:
        folder = run.start(self.home, SUBSET, build, self.embedder)
        return Results.of(name, SUBSET, run.records(folder))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measure:
    return Measure(tmp_path_factory.mktemp("evals"))


@pytest.fixture(scope="module")
def bounds(measured: Measure, models: Models, tmp_path_factory: pytest.TempPathFactory) -> gate.Bounds:
    """The gate that the sound assistant sets on the subset; it passes it."""
    sound = measured("sound", lambda library: Assistant(library, models))
    file = tmp_path_factory.mktemp("gate") / "gate.toml"
    file.write_text(gate.new_gate(sound), encoding="utf-8")
    assert gate.check(sound, gate.read(file)) == []
    return gate.read(file)


def breached(results: Results, bounds: gate.Bounds) -> set[str]:
    """The figures that break both the subset's gate and the one that comes with Footnote."""
    own, shipped = ({breach.figure.name for breach in gate.check(results, each)} for each in (bounds, gate.read()))
    return own & shipped


class Scattered:
    """A library whose search returns passages at random."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._random = Random(0)

    def __getattr__(self, name: str) -> object:
        return getattr(self._library, name)

    def search_all(self, questions: Sequence[str], k: int = 10) -> list[list[Hit]]:
        return [self._scattered(k) for _ in questions]

    def _scattered(self, k: int) -> list[Hit]:
        passages = [p for article in self._library.articles() for p in self._library.passages(article.id)]
        drawn = enumerate(self._random.sample(passages, k), 1)
        return [Hit(passage, 1 / rank, rank, rank, rank) for rank, passage in drawn]


def test_random_retrieval_is_caught(measured: Measure, models: Models, bounds: gate.Bounds) -> None:
    results = measured("scattered", lambda library: Assistant(Scattered(library), models))  # type: ignore[arg-type]
    assert {"facts", "declines", "recall_at_5", "mrr"} <= breached(results, bounds)


class Shifted:
    """An assistant whose citations begin and end one character late."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.threshold = assistant.threshold

    def __getattr__(self, name: str) -> object:
        return getattr(self._assistant, name)

    def steps(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Iterator[Stage | Answer]:
        self._assistant.threshold = self.threshold
        for step in self._assistant.steps(question, history, quick):
            yield self._shifted(step) if isinstance(step, Answer) else step

    def _shifted(self, answer: Answer) -> Answer:
        return replace(
            answer,
            statements=tuple(
                replace(statement, citations=tuple(self._late(citation) for citation in statement.citations))
                for statement in answer.statements
            ),
        )

    def _late(self, citation: Citation) -> Citation:
        article = self._assistant.library.article(citation.article)
        return Citation.of(article, citation.start + 1, citation.end + 1)


def test_citations_shifted_by_one_character_are_caught(measured: Measure, models: Models, bounds: gate.Bounds) -> None:
    results = measured("shifted", lambda library: Shifted(Assistant(library, models)))
    assert "citation_validity" in breached(results, bounds)  # they still overlap the gold sentence


def test_abstention_switched_off_is_caught(measured: Measure, models: Models, bounds: gate.Bounds) -> None:
    results = measured("reckless", lambda library: Assistant(library, models, threshold=0.0))
    assert "abstains" in breached(results, bounds)
