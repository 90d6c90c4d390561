"""Reports: what a run or a comparison leaves for people and for CI, all made from its results."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from jinja2 import Environment, PackageLoader, StrictUndefined

from evals import plots
from evals.comparison import Comparison
from evals.figures import FIGURES, Figure, Measured
from evals.gate import Breach
from evals.results import FILE, Results, by_suite
from evals.threshold import thresholds

Category = tuple[str, str, int, int]  # suite, category, passed, cases


def shown(figure: Figure, value: float) -> str:
    """A share as a percentage, anything else with its unit."""
    return f"{value:.1%}" if figure.share else f"{value:.{2 if value < 10 else 0}f} {figure.unit}".rstrip()


def interval(figure: Figure, measured: Measured) -> str:
    return f"{shown(figure, measured.low)} – {shown(figure, measured.high)}"


def write(folder: Path, results: Results, breaches: Sequence[Breach] | None) -> None:
    """``results.json``, ``report.md``, ``report.html`` and ``junit.xml`` in ``folder``.

    ``breaches`` is None for a run that the gate does not judge.
    """
    (folder / FILE).write_text(results.model_dump_json(indent=1), encoding="utf-8")
    for name in ("report.md", "report.html"):
        (folder / name).write_text(_render(name, results, breaches), encoding="utf-8")
    ElementTree.ElementTree(_junit(results, breaches or ())).write(
        folder / "junit.xml", encoding="utf-8", xml_declaration=True
    )


def compared(comparison: Comparison) -> str:
    """A comparison as Markdown."""
    return _environment("comparison.md").get_template("comparison.md").render(comparison=comparison)


def _render(name: str, results: Results, breaches: Sequence[Breach] | None) -> str:
    suites = by_suite(results.records)
    drawn = name.endswith("html")
    template = _environment(name).get_template(name)
    return template.render(
        results=results,
        breaches=breaches,
        figures=FIGURES,
        categories=categories(results),
        thresholds={suite: thresholds(records) for suite, records in suites.items()},
        curves=plots.curves(suites) if drawn else "",
        reliability=plots.reliability(suites) if drawn else "",
        latencies=plots.latencies(suites) if drawn else "",
    )


def _environment(name: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("evals"),
        autoescape=name.endswith("html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = lambda text: " ".join(str(text).split()).replace("|", "\\|")
    environment.globals |= {"shown": shown, "interval": interval}
    return environment


def categories(results: Results) -> list[Category]:
    """How many cases of each category passed."""
    every = Counter((r.asked.suite, r.asked.case.category) for r in results.records)
    passed = Counter((r.asked.suite, r.asked.case.category) for r in results.records if r.passed)
    return [(suite, category, passed[suite, category], count) for (suite, category), count in sorted(every.items())]


def _junit(results: Results, breaches: Sequence[Breach]) -> ElementTree.Element:
    root = ElementTree.Element("testsuites", name="rag eval")
    gate = ElementTree.SubElement(root, "testsuite", name="gate", tests=str(len(breaches)), failures=str(len(breaches)))
    for breach in breaches:
        case = ElementTree.SubElement(gate, "testcase", classname=f"gate.{breach.suite}", name=breach.figure.name)
        ElementTree.SubElement(case, "failure", message=str(breach))
    for suite, records in by_suite(results.records).items():
        failed = [record for record in records if not record.passed]
        counts = {"name": suite, "tests": str(len(records)), "failures": str(len(failed))}
        element = ElementTree.SubElement(root, "testsuite", counts)
        for record in records:
            case = ElementTree.SubElement(
                element,
                "testcase",
                classname=f"{suite}.{record.asked.case.category}",
                name=record.asked.case.id,
                time=f"{record.scores['seconds']:.3f}",
            )
            if not record.passed:
                text = f"{record.asked.case.question}\nanswer: {record.said}\nexpected: {record.expected}"
                ElementTree.SubElement(case, "failure", message=record.verdict).text = text
    return root
