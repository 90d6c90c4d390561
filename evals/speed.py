"""Measure speed: ``python -m evals.speed [FILE] [--out DIR] [--peers PYTHON]``; FILE is in SQuAD's JSON layout.

Without FILE, only the commands are measured: seconds and peak memory of a question, on the articles in seeds/.
Whatever is a ratio is timed in turns within one run, ours and the other, so that both meet the same machine. Each row
is the median of its runs with the lowest and the highest, beside what is to be reached. PYTHON as in `peers.py`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
from llama_cpp import llama_cpp
from llama_cpp.llama import Llama
from numpy.typing import NDArray

from evals import peers, suite
from evals.case import Case
from index import squad
from index.embedder import Embedder
from index.library import Library
from rag.assistant import Assistant
from rag.language_model import LanguageModel
from rag.llama import model_parameters
from rag.models import Models

RUNS = 5
PROMPT = 256  # tokens: about eight sentences and a question
PASSAGES = 128  # embedded in each run
CUTOFF = 5
PEERS = 16  # questions that the peers are asked, too
WRITTEN = 16  # questions that the writer answers
QUESTION = "What would Microsoft lose if OpenAI develops AGI?"
RAG = (sys.executable, "-m", "rag.cli")
IMPORT = (sys.executable, "-c", "import sentence_transformers")
LOAD = (sys.executable, "-c", "from index.embedder import Embedder; Embedder().dimensions")


@dataclass(frozen=True)
class Row:
    """What was measured, once a run, and what is to be reached: ``"<= 0.4"``."""

    what: str
    runs: list[float]
    reach: str
    unit: str = ""

    @property
    def share(self) -> float:
        """How much of what is allowed is taken: at most 1 where it is reached."""
        sign, bound = self.reach.split()
        return median(self.runs) / float(bound) if sign == "<=" else float(bound) / median(self.runs)

    @property
    def reached(self) -> bool:
        return self.share <= 1

    def __str__(self) -> str:
        spread = f"{min(self.runs):.3g} to {max(self.runs):.3g}"
        mark = "yes" if self.reached else "no"
        return f"{self.what:58}{median(self.runs):>8.3g} {self.unit:3} {spread:18} {self.reach:8} {mark}"


def rows(data: Path | None) -> Iterator[Row]:
    """Every row, as soon as it is measured; without ``data`` those of the commands alone."""
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder, "library"))
        article = suite.load("deal").articles[0]
        process(*RAG, "--library", place, "index", str(article))
        yield from commands(place)
        if data is None:
            return
        yield from indexing(article, Path(folder))
        with Library.open(place) as library:
            models = Models()
            yield from answers(Assistant(library, models))
            yield from engine(models.reader.model)
        yield from passages(data)


def commands(library: str) -> Iterator[Row]:
    """Whole processes, the library built and the files in the page cache."""
    rag = (*RAG, "--library", library)
    pairs = [(process(*rag, "ask", "--quick", QUESTION), process(*IMPORT)) for _ in range(RUNS)]
    yield Row("rag ask --quick / import sentence_transformers", [a.seconds / b.seconds for a, b in pairs], "<= 0.4")
    yield Row("rag ask --quick", [a.seconds for a, _ in pairs], "<= 2", "s")
    yield Row("rag ask --quick, peak memory", [a.memory for a, _ in pairs], "<= 600", "MB")
    written = [process(*rag, "ask", QUESTION) for _ in range(RUNS)]
    yield Row("rag ask", [a.seconds for a in written], "<= 15", "s")
    yield Row("rag ask, peak memory", [a.memory for a in written], "<= 2500", "MB")
    yield Row("rag --help", [process(*RAG, "--help").seconds for _ in range(RUNS)], "<= 0.3", "s")
    yield Row("rag articles", [process(*rag, "articles").seconds for _ in range(RUNS)], "<= 0.3", "s")


def indexing(article: Path, folder: Path) -> Iterator[Row]:
    """Making a library of one article, as a whole process."""
    pairs = [
        (process(*RAG, "--library", str(folder / f"new-{run}"), "index", str(article)), process(*LOAD))
        for run in range(RUNS)
    ]
    yield Row("rag index / loading the embedder", [a.seconds / b.seconds for a, b in pairs], "<= 1.5")


def answers(assistant: Assistant) -> Iterator[Row]:
    """The questions of the suite deal, the models being loaded: quick answers, then written ones."""
    assistant.warm_up()
    cases = suite.load("deal").cases
    asked = [assistant.ask(case.question, quick=True) for case in cases]
    yield Row("warm quick answer", [a.timings.total for a in asked], "<= 0.3", "s")
    again = assistant.ask(cases[-1].question, quick=True)
    yield Row("the same evidence again, tokens / the first time", [again.tokens / asked[-1].tokens], "<= 0.5")
    answerable = [case.question for case in cases if case.answerable and not case.history]
    spent = [found for question in answerable[:WRITTEN] if (found := written(assistant, question))]
    yield Row("warm answer, until its first statement is shown", [first for first, _ in spent], "<= 3", "s")
    yield Row("warm answer, whole", [whole for _, whole in spent], "<= 8", "s")


def written(assistant: Assistant, question: str) -> tuple[float, float] | None:
    """Seconds until the first statement is shown, and until all are; None for an abstention."""
    began, shown = time.perf_counter(), 0.0
    for step in assistant.steps(question):
        if step.statements and not shown:
            shown = time.perf_counter() - began
    return (shown, time.perf_counter() - began) if shown else None


def engine(model: LanguageModel) -> Iterator[Row]:
    """Tokens a second of ours / of llama.cpp itself, on the same file, threads and tokens."""
    llama_cpp.llama_model_default_params = model_parameters
    bare = Llama(str(model.file), n_ctx=2 * PROMPT, n_batch=2 * PROMPT, n_threads=os.cpu_count(), verbose=False)
    prompt: list[float] = []
    decode: list[float] = []
    for run in range(RUNS + 1):
        tokens = np.random.default_rng(run).integers(100, 40_000, PROMPT).tolist()
        bare.n_tokens = 0  # forgets what was evaluated
        prompt.append(_seconds(lambda: bare.eval(tokens)) / _seconds(lambda: model.next(tokens)))  # noqa: B023
        decode.append(_seconds(lambda: bare.eval(tokens[:1])) / _seconds(lambda: model.next([*tokens, 100])))  # noqa: B023
    yield Row("prompt speed / llama.cpp's own", prompt[1:], ">= 0.95")
    yield Row("decode speed / llama.cpp's own", decode[1:], ">= 0.95")


def passages(data: Path) -> Iterator[Row]:
    """Embedding passages against the plain loop of sentence-transformers in float32, and what recall it costs."""
    from sentence_transformers import SentenceTransformer

    embedder = Embedder()
    plain = SentenceTransformer(str(embedder.folder))

    def reference(texts: list[str]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = plain.encode(texts, normalize_embeddings=True)
        return found

    texts, questions, right = _paragraphs(data)
    few = texts[:PASSAGES]
    pairs = [(_seconds(lambda: embedder.encode(few)), _seconds(lambda: reference(few))) for _ in range(RUNS)]
    yield Row("passages a second / sentence-transformers in float32", [b / a for a, b in pairs], ">= 3")
    asked = reference(questions)
    ours, theirs = (_recall(asked, encode(texts), right) for encode in (embedder.encode, reference))
    yield Row(f"recall@{CUTOFF} lost by it, in points", [100 * (theirs - ours)], "<= 0.5")


def against_peers(cases: Sequence[Case], answers: dict[str, dict[str, peers.PeerAnswer]]) -> Iterator[Row]:
    """Our warm answers against each peer's, question by question."""
    own = answers[peers.OURS]
    for name, given in answers.items():
        if not name.startswith(peers.OURS):
            ratios = [own[case.id].seconds / given[case.id].seconds for case in cases]
            yield Row(f"warm answer / {name}'s, with the same writer", ratios, "<= 1")


def plot(table: Sequence[Row], file: Path) -> None:
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 0.35 * len(table) + 1), layout="constrained")
    axis.barh([row.what for row in table], [row.share for row in table])
    axis.axvline(1, color="black")
    axis.invert_yaxis()
    axis.set(xlabel="share taken of what is allowed")
    figure.savefig(file)


@dataclass(frozen=True)
class Spent:
    """What a process took: seconds, and at its peak megabytes."""

    seconds: float
    memory: float


def process(*command: str, accept: tuple[int, ...] = (0,)) -> Spent:
    """What ``command`` took; Linux counts the memory of the process that starts it, too, so load no model before.

    Raises CalledProcessError when it exits with another status than those in ``accept``.
    """
    began = time.perf_counter()
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(started.pid, 0)
    seconds = time.perf_counter() - began
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode not in accept:
        raise subprocess.CalledProcessError(started.returncode, command)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    return Spent(seconds, usage.ru_maxrss * unit / 1e6)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _paragraphs(data: Path) -> tuple[list[str], list[str], list[int]]:
    """The paragraphs in ``data``, its answerable questions, and which paragraph each question is about."""
    paragraphs = [paragraph for title in squad.read(data) for paragraph in title.paragraphs]
    asked = [
        (question.question, number)
        for number, paragraph in enumerate(paragraphs)
        for question in paragraph.qas
        if question.answerable
    ]
    return [p.context for p in paragraphs], [text for text, _ in asked], [number for _, number in asked]


def _recall(questions: NDArray[np.float32], texts: NDArray[np.float32], right: list[int]) -> float:
    nearest = np.argsort(-(questions @ texts.T), axis=1)[:, :CUTOFF]
    return float(np.mean([number in row for number, row in zip(right, nearest, strict=True)]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m evals.speed", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="questions in SQuAD's JSON layout")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where speed.json and speed.svg are left")
    parser.add_argument("--peers", metavar="PYTHON", help="the interpreter that can import the peers")
    chosen = parser.parse_args()
    print(f"{'':58}{'median':>8}     {'lowest, highest':18} {'reach':8} reached")
    table = []
    for row in rows(chosen.file):
        print(row, flush=True)
        table.append(row)
    if chosen.peers:
        asked, given = peers.compare(chosen.peers, "fiction", PEERS)
        for row in against_peers(asked, given):
            print(row)
            table.append(row)
        print(peers.table(asked, given))
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        kept = [asdict(row) | {"median": median(row.runs), "reached": row.reached} for row in table]
        (chosen.out / "speed.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        plot(table, chosen.out / "speed.svg")
