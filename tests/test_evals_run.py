"""Runs, reports, comparisons: with stand-ins for the embedder and the assistant, whose own tests use the real ones."""

import hashlib
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from filelock import FileLock
from numpy.typing import NDArray

from evals import command, gate, report, run, suite
from evals.command import evaluate
from evals.comparison import compare
from evals.options import DEFAULT, GATE_SAMPLE, Options
from evals.results import Results
from evals.suite_libraries import open_libraries
from index.embedder import Embedder
from index.errors import Interrupted, UsageError
from index.library import Library
from rag.answer import Answer, Statement, Timings
from rag.citation import Citation
from rag.evidence import Evidence
from rag.stage import Stage

OPTIONS = Options(suites=("deal",), sample=12)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


class HashedWords(Embedder):
    """Stands in for the embedder: a word is a dimension."""

    @property
    def dimensions(self) -> int:
        return 64

    @property
    def window(self) -> int:
        return 256

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def encode(self, texts: Sequence[str], progress: bool = False) -> NDArray[np.float32]:
        vectors = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                vectors[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


class Quoter:
    """Stands in for the assistant: cites the best passage, as sure as it shares words with the question."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.models: Any = None
        self.threshold: float | None = 0.5

    def steps(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Iterator[Stage | Answer]:
        hits = self.library.search(question)
        passage = hits[0].passage
        article = self.library.article(passage.article_id)
        sure = len(words(question) & words(passage.text)) / len(words(question))
        quoted = Statement(passage.text, (Citation.of(article, passage.start, passage.end),))
        statements = (quoted,) if sure >= (self.threshold or 0) else ()
        reason = None if statements else "They do not say."
        yield Stage("Searching")
        yield Stage("Reading", (Evidence(article.id, passage.start, passage.end, passage.text, 1.0),))
        yield Answer(question, statements, reason, tuple(hits), "quoter", sure, 7, Timings(total=0.1))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evals")


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    return run.start(home, OPTIONS, Quoter, HashedWords())


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return Results.of(folder.name, run.options_of(folder), run.records(folder))


def test_a_run_leaves_a_log_of_every_answer(folder: Path, results: Results) -> None:
    assert len(list((folder / run.LOGS).iterdir())) == 1
    assert results.options == OPTIONS and results.model == "quoter"
    assert len({record.id for record in results.records}) == 12
    assert results.figures["deal"]["citation_validity"].value == 1.0
    assert results.figures["deal"]["recall_at_10"].value == 1.0
    assert {record.scores["tokens"] for record in results.records} == {7.0}
    answerable = [record for record in results.records if record.asked.case.answerable]
    assert answerable and all("evidence_recall" in record.scores for record in answerable)


def test_what_was_abstained_from_is_known_all_the_same(results: Results) -> None:
    shy = [record for record in results.records if record.answer["abstained"]]
    assert shy and all(0 <= record.scores["confidence"] < 0.5 for record in shy)


def test_what_it_would_have_said_is_asked_without_the_writer(tmp_path: Path) -> None:
    heard: list[tuple[bool, float | None]] = []

    class Listening(Quoter):
        def steps(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Iterator[Stage | Answer]:
            heard.append((quick, self.threshold))
            return super().steps(question, history, quick)

    shy = run.records(run.start(tmp_path, OPTIONS, Listening, HashedWords()))
    count = sum(record.answer["abstained"] for record in shy)
    assert count and heard.count((True, 0.0)) == count and heard.count((False, 0.5)) == 12


def test_a_second_run_embeds_no_article(folder: Path, home: Path) -> None:
    class Refusing(HashedWords):
        def encode(self, texts: Sequence[str], progress: bool = False) -> NDArray[np.float32]:
            raise AssertionError("Everything is embedded already.")

    with ExitStack() as stack:
        libraries = open_libraries([suite.load("deal")], home / run.CACHE, Refusing(), stack)
        assert [article.id for article in libraries["deal"].articles()] == [
            "openai-broadens-its-cloud-beyond-microsoft"
        ]


def test_an_interrupted_run_is_kept_and_resumed(tmp_path: Path) -> None:
    class Stopped(Quoter):
        asked = 0

        def steps(self, question: str, history: Sequence[str] = (), quick: bool = False) -> Iterator[Stage | Answer]:
            Stopped.asked += 1
            if Stopped.asked == 9:
                signal.raise_signal(signal.SIGINT)
            return super().steps(question, history, quick)

    with pytest.raises(Interrupted, match=r"Interrupted after \d+ of 12 cases, .* rag eval --resume goes on"):
        run.start(tmp_path, OPTIONS, Stopped, HashedWords())
    folder = run.newest(tmp_path)
    done = len(run.records(folder))
    assert 0 < done < 12
    run.resume(folder, Quoter, HashedWords())
    ids = [record.id for record in run.records(folder)]
    assert len(ids) == len(set(ids)) == 12
    with pytest.raises(UsageError, match="is complete"):
        run.resume(folder, Quoter, HashedWords())


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock"), pytest.raises(UsageError, match="Another run is going on"):
        run.start(tmp_path, OPTIONS, Quoter, HashedWords())


def test_nothing_to_resume(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no run in"):
        run.newest(tmp_path)


@pytest.fixture
def written(folder: Path, results: Results) -> Iterator[Callable[[str], str]]:
    breaches = gate.check(results, {"deal": {"exact": 0.9, "declines": 1.0}})
    report.write(folder, results, breaches)
    yield lambda name: (folder / name).read_text(encoding="utf-8")


def test_reports_hold_figures_failures_and_breaches(written: Callable[[str], str], results: Results) -> None:
    failure = results.failures[0]
    for name in ("report.md", "report.html"):
        text = written(name)
        assert "deal: exact match is" in text and "must be at least 0.900" in text
        assert failure.id in text and "area under risk–coverage" in text
    page = written("report.html")
    assert page.count("<svg") == 3 and not re.search(r"""(?:src|href)=["']?(?!#|http://www\.w3)\w""", page)


def test_junit_counts_cases_and_breaches(written: Callable[[str], str], results: Results) -> None:
    suites = {suite.get("name"): suite for suite in ElementTree.fromstring(written("junit.xml"))}
    assert suites["gate"].get("failures") == "1"
    assert suites["deal"].get("tests") == "12"
    assert len(suites["deal"].findall(".//failure")) == len(results.failures)


def test_results_are_read_back(written: Callable[[str], str], folder: Path, results: Results) -> None:
    assert Results.read(folder) == results
    with pytest.raises(UsageError, match="holds no results"):
        Results.read(folder / "report.md")
    with pytest.raises(UsageError, match="can't be read"):
        Results.read(folder / "nowhere")


def test_a_run_is_no_different_from_itself(results: Results) -> None:
    same = compare(results, results)
    assert not same.won and not same.lost
    assert {d.verdict for d in same.differences["deal"]} == {"no difference beyond noise"}
    assert "no difference beyond noise" in report.compared(same)


def test_flips_are_named_in_both_directions(results: Results) -> None:
    best, worst = results.model_copy(deep=True), results.model_copy(deep=True)
    for right, wrong in zip(best.records, worst.records, strict=True):
        answerable = right.asked.case.answerable
        right.scores |= {"facts": 1.0} if answerable else {"abstained": 1.0}
        wrong.scores |= {"facts": 0.0} if answerable else {"abstained": 0.0}
    up, down = compare(worst, best), compare(best, worst)
    assert len(up.won) == len(down.lost) == 12 and not up.lost and not down.won
    assert {d.figure.name: d.verdict for d in up.differences["deal"]}["facts"] == "better"
    assert {d.figure.name: d.verdict for d in down.differences["deal"]}["facts"] == "worse"
    assert all(record.id in report.compared(up) for record in results.records)


def test_a_gate_is_set_from_a_run_and_then_holds(results: Results, tmp_path: Path) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(gate.new_gate(results), encoding="utf-8")
    assert gate.read(file)["deal"] and gate.check(results, gate.read(file)) == []


@pytest.mark.parametrize("text", ["facts = 1", "[deal]\nfancy = 1", "[deal]\nfacts = 'high'", "[deal"])
def test_a_broken_gate_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"gate\.toml"):
        gate.read(file)


def chosen(monkeypatch: pytest.MonkeyPatch, *arguments: str, quick: bool = False) -> Options:
    """The options that ``rag eval`` with ``arguments`` would run."""
    asked: list[Options] = []
    monkeypatch.setattr(command, "_started", lambda home, options, _: asked.append(options))
    monkeypatch.setattr(command, "_report", lambda folder: None)
    options = {"library": "x", "model": "small.gguf", "embedder": None, "quick": quick}
    CliRunner().invoke(evaluate, arguments, obj=options, catch_exceptions=False)
    return asked[0]


def test_the_command_asks_the_sample_of_the_gate_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = chosen(monkeypatch)
    assert (plain.suites, plain.sample, plain.quick, plain.model) == (DEFAULT, GATE_SAMPLE, False, "small.gguf")
    assert chosen(monkeypatch, "--full").sample is None and chosen(monkeypatch, "deal").sample is None
    quick = chosen(monkeypatch, "--sample", "5", quick=True)
    assert quick == plain.model_copy(update={"sample": 5, "quick": True})


def test_the_command_compares_and_refuses_bad_input(
    written: Callable[[str], str], folder: Path, tmp_path: Path
) -> None:
    def invoke(*arguments: str) -> tuple[str, BaseException | None]:
        settings = {"library": str(tmp_path), "model": None, "embedder": None, "quick": False}
        asked = CliRunner().invoke(evaluate, arguments, obj=settings)
        return asked.output, asked.exception

    assert "no difference beyond noise" in invoke("--compare", str(folder), str(folder))[0]
    for arguments, complaint in [
        (["nonsense"], "There is no suite nonsense"),
        (["squad"], "needs a file or folder"),
        (["squad", "--data", "nowhere.json"], "can't be read"),
        (["--resume"], "There is no run"),
        (["--full", "--sample", "3"], "leave out --sample"),
        (["deal", "--data", "nowhere"], "--data belongs to one of the suites"),
    ]:
        error = invoke(*arguments)[1]
        assert isinstance(error, UsageError) and complaint in str(error)
