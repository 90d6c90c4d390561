"""The scorers: what a sample's answer is worth. None of them uses a model."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ir_measures
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState
from ir_measures import RR, R, nDCG

from evals import wording
from evals.case import Case, Proof
from evals.dataset import Asked
from evals.solver import Answered
from index.library import Library

METRICS = {"*": [mean(), stderr()]}
MEASURES = {
    "recall_at_1": R @ 1,
    "recall_at_3": R @ 3,
    "recall_at_5": R @ 5,
    "recall_at_10": R @ 10,
    "mrr": RR @ 10,
    "ndcg_at_10": nDCG @ 10,
}

Citations = Sequence[dict[str, Any]]


def read(state: TaskState) -> tuple[Asked, Answered]:
    return Asked.model_validate(state.metadata), Answered.model_validate(state.metadata)


def cited(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The citations of an answer as JSON, statement by statement."""
    return [citation for statement in answer["statements"] for citation in statement["citations"]]


@scorer(metrics=METRICS)
def words() -> Scorer:
    """The words of the answer to an answerable question; all 0 for an abstention."""

    async def score(state: TaskState, target: Target) -> Score | None:
        asked, answered = read(state)
        return Score(value=worded(asked.case, answered.answer)) if asked.case.answerable else None

    return score


def worded(case: Case, answer: dict[str, Any]) -> dict[str, float]:
    """Fact recall in the answer's own text and counting the cited sentences; SQuAD's exact match and token F1.

    What must not be said spoils both recalls when the answer itself says it.
    """
    text = answer["answer"]
    if text is None:
        return {"facts": 0.0, "facts_cited": 0.0, "exact": 0.0, "f1": 0.0}
    golds = case.contains[0] if len(case.contains) == 1 else [" ".join(a[0] for a in case.contains)]
    said = wording.recall(text, case.contains, case.excludes)
    shown = wording.recall("\n".join([text, *(c["quote"] for c in cited(answer))]), case.contains)
    spoilt = any(wording.says(text, phrase) for phrase in case.excludes)
    return {
        "facts": said,
        "facts_cited": 0.0 if spoilt else shown,
        "exact": wording.exact(text, golds),
        "f1": wording.token_f1(text, golds),
    }


@scorer(metrics=METRICS)
def citations(libraries: Mapping[str, Library]) -> Scorer:
    """The citations of an answer that was given."""

    async def score(state: TaskState, target: Target) -> Score | None:
        asked, answered = read(state)
        made = cited(answered.answer)
        if not made:
            return None
        library = libraries[asked.suite]
        texts = {c["article"]: library.article(c["article"]).text for c in made}
        return Score(value={"citation_validity": validity(made, texts)})

    return score


@scorer(metrics=METRICS)
def proof() -> Scorer:
    """Whether the citations of an answer to an answerable question prove it."""

    async def score(state: TaskState, target: Target) -> Score | None:
        asked, answered = read(state)
        if answered.answer["abstained"] or not asked.case.answerable:
            return None
        return Score(value=proven([s["citations"] for s in answered.answer["statements"]], asked.proofs))

    return score


def validity(made: Citations, texts: Mapping[str, str]) -> float:
    """The share of citations whose quote stands at its offsets and cuts no word in two."""
    return sum(_holds(citation, texts[citation["article"]]) for citation in made) / len(made)


def _holds(citation: dict[str, Any], text: str) -> bool:
    start, end = citation["start"], citation["end"]
    cut = any(0 < edge < len(text) and text[edge - 1 : edge + 1].isalnum() for edge in (start, end))
    return bool(text[start:end] == citation["quote"]) and not cut


def proven(statements: Sequence[Citations], proofs: Sequence[Proof]) -> dict[str, float]:
    """ALCE's citation recall and precision, a gold sentence standing in for its judge of entailment.

    Recall is the share of statements of which a citation covers a proof, precision the share of citations that
    cover one (Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations", section 4).
    """
    covers = [[_covers(citation, proofs) for citation in citations] for citations in statements]
    each = [covered for row in covers for covered in row]
    return {
        "citation_recall": sum(map(any, covers)) / len(covers),
        "citation_precision": sum(each) / len(each),
    }


def _covers(citation: dict[str, Any], proofs: Iterable[Proof]) -> bool:
    return any(
        citation["article"] == proof.article and citation["start"] <= proof.start and proof.end <= citation["end"]
        for proof in proofs
    )


@scorer(metrics=METRICS)
def abstention() -> Scorer:
    """Whether it abstained and should have; how sure it was (-1: had nothing to say); what it would have got right."""

    async def score(state: TaskState, target: Target) -> Score:
        asked, answered = read(state)
        would = worded(asked.case, answered.undeterred) if asked.case.answerable else {"facts_cited": 0.0}
        mute = answered.undeterred["abstained"]
        return Score(
            value={
                "abstained": float(answered.answer["abstained"]),
                "right": float(answered.answer["abstained"] != asked.case.answerable),
                "confidence": -1.0 if mute else answered.undeterred["confidence"],
                "undeterred_facts": would["facts_cited"],
            }
        )

    return score


@scorer(metrics=METRICS)
def retrieval(libraries: Mapping[str, Library]) -> Scorer:
    """The ranking of passages for an answerable question; a passage is relevant when it overlaps a proof."""

    async def score(state: TaskState, target: Target) -> Score | None:
        asked, answered = read(state)
        if not asked.case.answerable:
            return None
        relevant = _relevant(libraries[asked.suite], asked.proofs)
        ranked = [f"{h['article']}:{h['start']}" for h in answered.answer["hits"]]
        return Score(value=ranking(relevant, ranked))

    return score


def ranking(relevant: Iterable[str], ranked: Sequence[str]) -> dict[str, float]:
    """Recall at k, reciprocal rank and nDCG of passages ``ranked`` best first, by ir-measures."""
    grades = {"q": dict.fromkeys(relevant, 1)}
    run = {"q": {passage: float(-rank) for rank, passage in enumerate(ranked)}}
    found = ir_measures.calc_aggregate(MEASURES.values(), grades, run)
    return {name: float(found[measure]) for name, measure in MEASURES.items()}


def _relevant(library: Library, proofs: Iterable[Proof]) -> set[str]:
    return {
        f"{proof.article}:{passage.start}"
        for proof in proofs
        for passage in library.passages(proof.article)
        if passage.start < proof.end and proof.start < passage.end
    }


@scorer(metrics=METRICS)
def cost() -> Scorer:
    """Seconds and evaluated tokens of the answer; the process's memory in MiB after it."""

    async def score(state: TaskState, target: Target) -> Score:
        _, answered = read(state)
        return Score(
            value={
                "seconds": answered.answer["timings"]["total"],
                "tokens": float(answered.answer["tokens"]),
                "memory": answered.memory,
            }
        )

    return score
