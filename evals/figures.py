"""Figures: aggregates of a run's records, each with a bootstrap interval."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel
from scipy.stats import bootstrap

from evals import calibration, threshold
from evals.record import Record
from evals.table import Column, Table

RESAMPLES = 999
LEVEL = 0.95


@dataclass(frozen=True)
class Figure:
    """A number that a table of records comes to: ``statistic`` of ``values``, those that are NaN left out."""

    name: str
    label: str
    values: Callable[[Table], Column]
    statistic: Callable[[Column], float] = np.mean
    higher_is_better: bool = True
    share: bool = True  # from 0 to 1
    unit: str = ""

    def of(self, table: Table) -> float:
        """The figure of ``table``; NaN where no record has it."""
        values = self._values(table)
        return float(self.statistic(values)) if len(values) else float("nan")

    def cases(self, table: Table) -> int:
        """How many records count."""
        return len(self._values(table))

    def _values(self, table: Table) -> Column:
        values = self.values(table)
        kept: Column = values[~np.isnan(values)]
        return kept


class Measured(BaseModel):
    """A figure's value, its bootstrap standard error and its 95% percentile interval; ``cases`` is how many count."""

    value: float
    error: float
    low: float
    high: float
    cases: int


def risk_coverage(table: Table) -> tuple[Column, Column]:
    """Coverage and risk, each of shape (cases,), as the threshold falls from above every confidence to 0.

    Coverage is the share of cases answered, risk the share of wrong answers among them; an answer to what the
    articles do not say is wrong (El-Yaniv & Wiener 2010, "On the Foundations of Noise-free Selective
    Classification"). Cases of the same confidence are answered together: each counts their average.
    """
    confidence, right = table["confidence"], table["forced_facts"] == 1.0
    level = np.unique(-confidence, return_inverse=True)[1]
    average = np.bincount(level, ~right) / np.bincount(level)
    wrong = np.cumsum(average[np.sort(level)])
    answered = np.arange(1.0, len(wrong) + 1)
    return answered / len(wrong), wrong / answered


def _column(name: str) -> Callable[[Table], Column]:
    return lambda table: table[name]


def _quantile(q: float) -> Callable[[Column], float]:
    return lambda values: float(np.quantile(values, q))


def _abstained_at(budget: float) -> Callable[[Table], Column]:
    return lambda table: threshold.abstained(table, budget)


def _best(score: str) -> Callable[[Table], Column]:
    return lambda table: threshold.best(table, score)


def _abstained(table: Table, answerable: bool) -> Column:
    return table.take(table.rows[table["answerable"] == answerable])["abstained"]


FIGURES = (
    Figure("facts", "facts right in the answer", _column("facts")),
    Figure("facts_cited", "facts right counting the cited sentence", _column("facts_cited")),
    Figure("list_facts", "list items in the answer", _column("list_facts")),
    Figure("partial_facts", "in part: the answered half said", _column("partial_facts")),
    Figure("partial_admitted", "in part: the open half named", _column("partial_admitted")),
    Figure("partial_invented", "in part: the open half made up", _column("partial_invented"), higher_is_better=False),
    Figure("forbidden", "says what it must not", _column("forbidden"), higher_is_better=False),
    Figure("unsupported", "statements with a foreign name or number", _column("unsupported"), higher_is_better=False),
    Figure("rouge_l", "ROUGE-L", _column("rouge_l")),
    Figure("exact", "exact match", _column("exact")),
    Figure("f1", "token F1", _column("f1")),
    Figure("citation_validity", "citations that hold", _column("citation_validity")),
    Figure("citation_recall", "citation recall", _column("citation_recall")),
    Figure("citation_precision", "citation precision", _column("citation_precision")),
    Figure("gold_hit", "answers that cite a gold sentence", _column("gold_hit")),
    Figure("gold_recall", "gold sentences cited", _column("gold_recall")),
    Figure("evidence_recall", "gold sentences among the evidence", _column("evidence_recall")),
    Figure("abstains", "unanswerable: abstains (abstention recall)", lambda t: _abstained(t, False)),
    Figure("declines", "answerable: declines", lambda t: _abstained(t, True), higher_is_better=False),
    Figure("abstention_precision", "abstentions that were right", lambda t: 1 - t["answerable"][t["abstained"] == 1]),
    Figure("abstains_at_5", "unanswerable: abstains at 5% declined", _abstained_at(0.05)),
    Figure("abstains_at_10", "unanswerable: abstains at 10% declined", _abstained_at(0.10)),
    Figure("abstains_at_15", "unanswerable: abstains at 15% declined", _abstained_at(0.15)),
    Figure("roc_area", "confidence: area under ROC", calibration.roc_area),
    Figure("calibration_error", "confidence: calibration error", calibration.error, higher_is_better=False),
    Figure("overall_exact", "SQuAD 2.0: exact match over all", _column("overall_exact")),
    Figure("overall_f1", "SQuAD 2.0: F1 over all", _column("overall_f1")),
    Figure("best_exact", "SQuAD 2.0: exact match, best threshold", _best("forced_exact")),
    Figure("best_f1", "SQuAD 2.0: F1, best threshold", _best("forced_f1")),
    Figure("risk_area", "area under risk–coverage", lambda t: risk_coverage(t)[1], higher_is_better=False),
    Figure("recall_at_1", "retrieval: recall@1", _column("recall_at_1")),
    Figure("recall_at_3", "retrieval: recall@3", _column("recall_at_3")),
    Figure("recall_at_5", "retrieval: recall@5", _column("recall_at_5")),
    Figure("recall_at_10", "retrieval: recall@10", _column("recall_at_10")),
    Figure("mrr", "retrieval: MRR@10", _column("mrr")),
    Figure("ndcg_at_10", "retrieval: nDCG@10", _column("ndcg_at_10")),
    Figure("seconds_p50", "seconds, median", _column("seconds"), _quantile(0.5), False, False, "s"),
    Figure("seconds_p95", "seconds, 95th percentile", _column("seconds"), _quantile(0.95), False, False, "s"),
    Figure("tokens", "tokens evaluated, mean", _column("tokens"), np.mean, False, False),
    Figure("memory", "memory, peak", _column("memory"), np.max, False, False, "MiB"),
)
BY_NAME = {figure.name: figure for figure in FIGURES}


def measure(records: Sequence[Record]) -> dict[str, Measured]:
    """Every figure that ``records`` have, by name."""
    table = Table.of(records)
    return {figure.name: resampled(figure.of, table, figure.cases(table)) for figure in FIGURES if figure.cases(table)}


def resampled(statistic: Callable[[Table], float], table: Table, cases: int) -> Measured:
    """``statistic`` of ``table``, and how it spreads over tables of rows drawn with replacement (Efron 1979)."""
    value = statistic(table)
    if cases < 2:
        return Measured(value=value, error=0.0, low=value, high=value, cases=cases)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what never varies has no spread, and scipy says so
        spread = bootstrap(
            (np.arange(len(table.rows)),),
            lambda rows: statistic(table.take(rows)),
            vectorized=False,
            method="percentile",
            n_resamples=RESAMPLES,
            confidence_level=LEVEL,
            rng=np.random.default_rng(0),
        )
    values = spread.bootstrap_distribution[~np.isnan(spread.bootstrap_distribution)]
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Measured(value=value, error=float(values.std(ddof=1)), low=float(low), high=float(high), cases=cases)
