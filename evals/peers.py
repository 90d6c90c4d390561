"""Compare with other RAG libraries: ``python -m evals.peers PYTHON``, quality beside speed.

PYTHON is the interpreter of the virtual environment in which LlamaIndex and LangChain are installed (`make peers`).
All answer the same questions of a suite, one after the other on the same machine, and have the same writer: by default
of fiction, for with one article a peer's prompt is nearly the same each time, and llama.cpp reads it once.
"""

import argparse
import json
import random
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from evals import suite, text_matching
from evals.case import Case
from index.embedder import Embedder
from index.library import Library
from rag.assistant import Assistant
from rag.catalog import writer_file
from rag.models import Models, packaged_model

OURS = "Footnote"  # and the quick answers beside them
SCRIPT = Path(__file__).with_name("peer_answers.py")
MARK = re.compile(r"\[(\d+)\]")
DECLINES = re.compile(
    r"(?:\b(?:not|no)|n['’]t) (?:\w+ ){0,3}(?:say|mention|specif|state|provide|contain|information|answer|know|clear)",
    re.I,
)


@dataclass(frozen=True)
class PeerAnswer:
    """An answer: seconds, what it says (None for an abstention), and the texts that it cites."""

    seconds: float
    text: str | None
    cited: list[str]


def footnote_answers(cases: Sequence[Case], articles: Path, quick: bool = False) -> dict[str, PeerAnswer]:
    """Footnote's answers by case."""
    with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
        library.sync([articles])
        assistant = Assistant(library, Models(quick=quick))
        assistant.ask(cases[0].question)  # the first is not counted
        answers = {case.id: assistant.ask(case.question) for case in cases}
    return {id: PeerAnswer(a.timings.total, a.text, [c.quote for c in a.citations]) for id, a in answers.items()}


def peer_answers(python: str, cases: Sequence[Case], articles: Path) -> dict[str, dict[str, PeerAnswer]]:
    """The answers of each peer by case; a source counts as cited where the answer names its number."""
    with tempfile.TemporaryDirectory() as folder:
        questions = Path(folder, "questions.json")
        questions.write_text(json.dumps({case.id: case.question for case in cases}), encoding="utf-8")
        command = [python, "-P", SCRIPT, articles, questions, writer_file() or packaged_model(), Embedder().folder]
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, dict[str, PeerAnswer]] = {}
    for record in map(json.loads, done.stdout.splitlines()):
        text, sources = record["answer"].strip(), record["sources"]
        named = [int(number) for number in MARK.findall(text)]
        cited = [sources[number - 1] for number in named if 0 < number <= len(sources)]
        given = PeerAnswer(record["seconds"], None if not text or DECLINES.search(text) else text, cited)
        found.setdefault(record["peer"], {})[record["id"]] = given
    return found


def row(name: str, given: dict[str, PeerAnswer], cases: Iterable[Case], base: dict[str, PeerAnswer]) -> str:
    """One row: facts right and a proof cited (of the answerable), abstained (of the others), seconds, our share."""
    answerable = [case for case in cases if case.answerable]
    facts = mean(text_matching.recall(given[c.id].text or "", c.contains, c.excludes) for c in answerable)
    cited = mean(_proves(given[c.id].cited, c) for c in answerable)
    abstained = mean(given[c.id].text is None for c in cases if not c.answerable)
    seconds = median(one.seconds for one in given.values())
    ratio = median(one.seconds for one in base.values()) / seconds
    return f"{name:18}{facts:>8.1%}{cited:>8.1%}{abstained:>11.1%}{seconds:>10.2f}{ratio:>12.2f}"


def compare(python: str, name: str, sample: int) -> tuple[list[Case], dict[str, dict[str, PeerAnswer]]]:
    """Questions of the suite ``name`` and everybody's answers to them by case, ours first."""
    chosen = suite.load(name)
    alone = [case for case in chosen.cases if not case.history]
    cases = random.Random(0).sample(alone, min(sample, len(alone)))
    own = {f"{OURS}{', quick' * quick}": footnote_answers(cases, chosen.articles[0], quick) for quick in (False, True)}
    return cases, own | peer_answers(python, cases, chosen.articles[0])


def table(cases: Sequence[Case], answers: dict[str, dict[str, PeerAnswer]]) -> str:
    """Quality beside speed, a line for each."""
    head = f"{'':18}{'facts':>8}{'cited':>8}{'abstains':>11}{'seconds':>10}{'our share':>12}"
    return "\n".join([head, *(row(name, given, cases, answers[OURS]) for name, given in answers.items())])


def _proves(cited: Iterable[str], case: Case) -> bool:
    quotes = [" ".join(text.split()) for text in cited]
    return any(" ".join(proof.split()) in quote for part in case.parts for proof in part for quote in quotes)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.peers", description=__doc__)
    parser.add_argument("python", help="the interpreter that can import the peers")
    parser.add_argument("--suite", default="fiction", choices=["deal", "fiction"])
    parser.add_argument("--sample", type=int, default=40, help="questions, drawn at random (all take half an hour)")
    options = parser.parse_args()
    cases, answers = compare(options.python, options.suite, options.sample)
    print(f"{len(cases)} questions of the suite {options.suite}")
    print(table(cases, answers))


if __name__ == "__main__":
    main()
