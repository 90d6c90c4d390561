"""The command ``rag eval``: runs suites, judges them at the gate, compares two runs."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import FootnoteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evals.options import Options

PACKAGES = ("inspect_ai", "ir_measures", "matplotlib")  # of the extra evals


class GateFailed(FootnoteError):
    """A figure in the gate does not hold."""


@click.command(name="eval")
@click.argument("suites", nargs=-1, metavar="[SUITE…]")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="PLACE",
    help="A file in SQuAD's layout for suite squad, a folder for clapnq, a file for multihop.",
)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="N cases of each suite, a stratified sample.")
@click.option("--full", is_flag=True, help="Every case of the suites.")
@click.option("--seed", default=0, show_default=True, metavar="S", help="Seed of the sample.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), help="Abstain below this confidence instead of the calibrated one."
)
@click.option(
    "--runs", type=click.Path(path_type=Path), metavar="DIR", help="Where runs are kept [default: .rag/evals]."
)
@click.option("--resume", "resumed", is_flag=True, help="Continue the newest run, which was interrupted.")
@click.option(
    "--compare", nargs=2, type=click.Path(path_type=Path), metavar="A B", help="Compare two runs, case by case."
)
@click.pass_obj
def evaluate(
    options: dict[str, Any],
    suites: tuple[str, ...],
    data: Path | None,
    sample: int | None,
    full: bool,
    seed: int,
    threshold: float | None,
    runs: Path | None,
    resumed: bool,
    compare: tuple[Path, Path] | None,
) -> None:
    """Measure the answers to a suite of questions.

    SUITE is one of ours, a YAML file of your own, or a data set. Without it, the questions are a sample of deal,
    fiction and composed, always the same: the gate judges it, and the exit status is 1 when one of its figures does not
    hold. A run leaves its log, results.json, report.md, report.html and junit.xml in a folder of its own.

    \b
    rag eval
    rag eval --full
    rag eval --quick composed                  without the writer
    rag --model FILE.gguf eval composed
    rag eval squad --data dev.json --sample 300 --seed 1
    rag eval clapnq --data FOLDER --sample 100
    rag eval multihop --data FILE --sample 100
    rag eval --compare .rag/evals/2026-01-01T10-00-00 .rag/evals/2026-01-02T10-00-00
    inspect view --log-dir .rag/evals
    """
    _check_packages()
    if compare:
        _compare(*compare)
        return
    if full and sample:
        raise UsageError("--full asks every case: leave out --sample.")
    from evals.options import DEFAULT, GATE_SAMPLE, Options
    from index.open import folder

    home = runs or folder(options["library"]) / "evals"
    if resumed:
        _report(_resumed(home, options))
    else:
        chosen = Options(
            suites=suites or DEFAULT,
            data=data,
            sample=sample if suites or full or sample else GATE_SAMPLE,
            seed=seed,
            model=options["model"],
            quick=options["quick"],
            threshold=threshold,
        )
        _report(_started(home, chosen, options))


def _check_packages() -> None:
    from importlib.util import find_spec

    if missing := [package for package in PACKAGES if not find_spec(package)]:
        raise UsageError(f"rag eval needs {', '.join(missing)}: pip install 'footnote-qa[evals]'.")


def _compare(a: Path, b: Path) -> None:
    from evals.comparison import compare
    from evals.report import compared
    from evals.results import Results

    click.echo(compared(compare(Results.read(a), Results.read(b))))


def _started(home: Path, chosen: "Options", options: dict[str, Any]) -> Path:
    from evals import run
    from evals.assistant import assistants
    from index.embedder import Embedder

    chosen.load(home / run.CACHE)
    return run.start(home, chosen, assistants(chosen), Embedder(options["embedder"]))


def _resumed(home: Path, options: dict[str, Any]) -> Path:
    from evals import run
    from evals.assistant import assistants
    from index.embedder import Embedder

    folder = run.newest(home)
    run.resume(folder, assistants(run.options_of(folder)), Embedder(options["embedder"]))
    return folder


def _report(folder: Path) -> None:
    from evals import gate, report, run
    from evals.results import Results

    chosen = run.options_of(folder)
    results = Results.of(folder.name, chosen, run.records(folder))
    breaches = gate.check(results, gate.read()) if chosen.standard else None
    report.write(folder, results, breaches)
    for line in _summary(results.figures, folder):
        click.echo(line)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write((folder / "report.md").read_text(encoding="utf-8"))
    if breaches:
        raise GateFailed("The gate fails: " + "; ".join(map(str, breaches)) + ".")


def _summary(figures: Any, folder: Path) -> "Iterator[str]":
    from evals.figures import FIGURES
    from evals.report import interval, shown

    for suite, measured in figures.items():
        yield suite
        for figure in FIGURES:
            if one := measured.get(figure.name):
                yield f"  {figure.label:46}{shown(figure, one.value):>10}   {interval(figure, one)}"
    yield f"Report: {folder / 'report.html'}"
