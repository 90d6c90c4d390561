"""The scorers: what a sample's answer is worth. None of them uses a model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import ir_measures
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState
from ir_measures import RR, R, nDCG

from evals import text_matching
from evals.case import COLLECTION, LIST, Case, Proof
from evals.dataset import Asked
from evals.grounding import unsupported
from evals.rouge import rouge_l
from evals.solver import Answered
from index.library import Library

MEASURES = {
    "recall_at_1": R @ 1,
    "recall_at_3": R @ 3,
    "recall_at_5": R @ 5,
    "recall_at_10": R @ 10,
    "mrr": RR @ 10,
    "ndcg_at_10": nDCG @ 10,
}

Citations = Sequence[dict[str, Any]]
Scores = dict[str, float]


def scorers(libraries: Mapping[str, Library]) -> list[Scorer]:
    """Every scorer, for suites whose ``libraries`` are given by name."""
    of_library = (partial(citations, libraries), partial(retrieval, libraries))
    of_answer = (
        answer_text,
        rouge,
        list_items,
        forbidden,
        grounding,
        partial_answer,
        proof,
        evidence,
        abstention,
        given_paragraph,
        cost,
    )
    return [_scorer(scores) for scores in (*of_answer, *of_library)]


def _scorer(scores: Callable[[Asked, Answered], Scores | None]) -> Scorer:
    """``scores`` as inspect has it: always under the same names, or None for a sample that they don't apply to."""
    name = scores.func.__name__ if isinstance(scores, partial) else scores.__name__

    @scorer(metrics={"*": [mean(), stderr()]}, name=name)
    def made() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score | None:
            asked, answered = Asked.model_validate(state.metadata), Answered.model_validate(state.metadata)
            found = scores(asked, answered)
            return Score(value=dict(found)) if found else None

        return score

    return made()


def cited(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The citations of an answer as JSON, statement by statement."""
    return [citation for statement in answer["statements"] for citation in statement["citations"]]


def answer_text(asked: Asked, answered: Answered) -> Scores | None:
    """The words of the answer to an answerable question."""
    return text_scores(asked.case, answered.answer) if asked.case.contains else None


def text_scores(case: Case, answer: dict[str, Any]) -> Scores:
    """Fact recall by part, in the answer's own text and counting the cited sentences; all 0 for an abstention.

    What must not be said spoils both recalls when the answer itself says it. SQuAD's exact match and token F1 are
    those of the answer's key words, where it names them.
    """
    text = answer["answer"]
    if text is None:
        return {"facts": 0.0, "facts_cited": 0.0, "exact": 0.0, "f1": 0.0}
    golds = case.contains[0] if len(case.contains) == 1 else [" ".join(a[0] for a in case.contains)]
    short = answer.get("short") or text
    shown = text_matching.recall("\n".join([text, *(c["quote"] for c in cited(answer))]), case.contains)
    return {
        "facts": text_matching.recall(text, case.contains, case.excludes),
        "facts_cited": 0.0 if says_forbidden(case, answer) else shown,
        "exact": text_matching.exact(short, golds),
        "f1": text_matching.token_f1(short, golds),
    }


def says_forbidden(case: Case, answer: dict[str, Any]) -> bool:
    """Whether the answer says what it must not."""
    return any(text_matching.says(answer["answer"] or "", phrase) for phrase in case.excludes)


def rouge(asked: Asked, answered: Answered) -> Scores | None:
    """ROUGE-L against whole answers, where there are some; 0 for an abstention."""
    references = asked.case.references
    return {"rouge_l": rouge_l(answered.answer["answer"] or "", references)} if references else None


def list_items(asked: Asked, answered: Answered) -> Scores | None:
    """The recall of a list's items."""
    listed = asked.case.category == LIST and asked.case.contains
    return {"list_facts": text_scores(asked.case, answered.answer)["facts"]} if listed else None


def forbidden(asked: Asked, answered: Answered) -> Scores | None:
    """Whether what must not be said is said, also where there is no answer."""
    return {"forbidden": float(says_forbidden(asked.case, answered.answer))} if asked.case.excludes else None


def grounding(asked: Asked, answered: Answered) -> Scores | None:
    """The share of an answer's statements with a number or name that is foreign to what they cite.

    Questions about the collection itself are left out: that there are 26 articles is said by none of them.
    """
    case, statements = asked.case, answered.answer["statements"]
    if not statements or case.category == COLLECTION:
        return None
    return {"unsupported": unsupported(statements, [*case.history, case.question])}


def partial_answer(asked: Asked, answered: Answered) -> Scores | None:
    """A question that the articles answer in part: the facts of that part, and what becomes of the other.

    ``partial_admitted`` is whether the answer says that it is open, ``partial_invented`` whether it makes something
    up for it: it says what it must not, or something that is foreign to what it cites.
    """
    case, answer = asked.case, answered.answer
    if not case.unanswered:
        return None
    foreign = answer["statements"] and unsupported(answer["statements"], [*case.history, case.question])
    return {
        "partial_facts": text_matching.recall(answer["answer"] or "", case.contains),
        "partial_admitted": float(bool(answer.get("unanswered"))),
        "partial_invented": float(says_forbidden(case, answer) or bool(foreign)),
    }


def citations(libraries: Mapping[str, Library], asked: Asked, answered: Answered) -> Scores | None:
    """The citations of an answer that was given."""
    made = cited(answered.answer)
    library = libraries[asked.suite]
    texts = {c["article"]: library.article(c["article"]).text for c in made}
    return {"citation_validity": validity(made, texts)} if made else None


def validity(made: Citations, texts: Mapping[str, str]) -> float:
    """The share of citations whose quote stands at its offsets and cuts no word in two."""
    return sum(_holds(citation, texts[citation["article"]]) for citation in made) / len(made)


def _holds(citation: dict[str, Any], text: str) -> bool:
    start, end = citation["start"], citation["end"]
    cut = any(0 < edge < len(text) and text[edge - 1 : edge + 1].isalnum() for edge in (start, end))
    return bool(text[start:end] == citation["quote"]) and not cut


def proof(asked: Asked, answered: Answered) -> Scores | None:
    """Whether the citations of an answer to an answerable question prove it."""
    if answered.answer["abstained"] or not asked.proofs:
        return None
    return citation_scores([s["citations"] for s in answered.answer["statements"]], asked.proofs)


def citation_scores(statements: Sequence[Citations], proofs: Sequence[Proof]) -> Scores:
    """ALCE's citation recall and precision, a gold sentence standing in for its judge of entailment; gold recall.

    Citation recall is the share of statements of which a citation overlaps a proof, precision the share of citations
    that overlap one (Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations", section 4).
    ``gold_recall`` is the share of the proof's parts that are cited, ``gold_hit`` whether any is.
    """
    hits = [[_hit(citation, proofs) for citation in citations] for citations in statements]
    each = [hit for row in hits for hit in row]
    return {
        "citation_recall": sum(map(any, hits)) / len(hits),
        "citation_precision": sum(each) / len(each),
        "gold_recall": covered(proofs, [citation for citations in statements for citation in citations]),
        "gold_hit": float(any(each)),
    }


def covered(proofs: Sequence[Proof], spans: Citations) -> float:
    """The share of the parts of a proof of which ``spans``, as JSON, overlap one sentence or more."""
    parts = {proof.part for proof in proofs}
    found = {proof.part for proof in proofs if any(_hit(span, [proof]) for span in spans)}
    return len(found) / len(parts)


def _hit(span: dict[str, Any], proofs: Iterable[Proof]) -> bool:
    return any(proof.overlaps(span["article"], span["start"], span["end"]) for proof in proofs)


def evidence(asked: Asked, answered: Answered) -> Scores | None:
    """How much of the proof of an answerable question is among the evidence that the models read."""
    if not asked.proofs or asked.paragraph:
        return None
    return {"evidence_recall": covered(asked.proofs, [span.model_dump() for span in answered.evidence])}


def abstention(asked: Asked, answered: Answered) -> Scores:
    """Whether it abstained and should have; how sure it was (-1: had nothing to say); what it would have got right."""
    mute = answered.forced["abstained"]
    return {
        "abstained": float(answered.answer["abstained"]),
        "right": float(answered.answer["abstained"] != asked.case.answerable),
        "confidence": -1.0 if mute else answered.answer["confidence"],  # one scale, whether it abstained or not
        "forced_facts": correctness(asked, answered.forced),
    }


def correctness(asked: Asked, answer: dict[str, Any]) -> float:
    """The share of facts in ``answer``, the cited sentences counted; 0 for a question without an answer.

    Where a case has only whole answers to compare with: whether it cites a gold sentence.
    """
    if asked.case.contains:
        return text_scores(asked.case, answer)["facts_cited"]
    return float(any(_hit(citation, asked.proofs) for citation in cited(answer)))


def given_paragraph(asked: Asked, answered: Answered) -> Scores | None:
    """Exact match and F1 over all questions as SQuAD 2.0 has them, where abstaining is the right answer to some.

    ``forced_…`` are those of the answer that would have been given with no threshold; 0 where there is none.
    """
    if not asked.paragraph:
        return None
    if not asked.case.answerable:
        silent = float(answered.answer["abstained"])
        return {"overall_exact": silent, "overall_f1": silent, "forced_exact": 0.0, "forced_f1": 0.0}
    said, would = text_scores(asked.case, answered.answer), text_scores(asked.case, answered.forced)
    return {
        "overall_exact": said["exact"],
        "overall_f1": said["f1"],
        "forced_exact": would["exact"],
        "forced_f1": would["f1"],
    }


def retrieval(libraries: Mapping[str, Library], asked: Asked, answered: Answered) -> Scores | None:
    """The ranking of passages for an answerable question; a passage is relevant when it overlaps a proof."""
    if not asked.proofs or asked.paragraph:
        return None
    relevant = _relevant(libraries[asked.suite], asked.proofs)
    return ranking(relevant, [f"{h['article']}:{h['start']}" for h in answered.answer["hits"]])


def ranking(relevant: Iterable[str], ranked: Sequence[str]) -> Scores:
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


def cost(asked: Asked, answered: Answered) -> Scores:
    """Seconds and evaluated tokens of the answer; the process's memory in MiB after it."""
    return {
        "seconds": answered.answer["timings"]["total"],
        "tokens": float(answered.answer["tokens"]),
        "memory": answered.memory,
    }
