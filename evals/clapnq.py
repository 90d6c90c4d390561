"""CLAPNQ: real questions with answers of several sentences, and the sentences of a passage that they rest on.

Rosenthal et al., "CLAPNQ: Cohesive Long-form Answers from Passages in Natural Questions for RAG systems", 2024.
"""

from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from evals import jsonl
from evals.case import Case, Proof
from evals.suite import Suite
from evals.unpacked import digest, unpack
from index.errors import UsageError
from index.squad import BETWEEN

ANSWERABLE, UNANSWERABLE = "*-answerable.jsonl", "*-unanswerable.jsonl"


class Passage(BaseModel):
    title: str
    text: str


class Meta(BaseModel):
    non_consecutive: bool = False


class Output(BaseModel):
    """An annotator's answer, empty where the passage has none, and the sentences that it rests on."""

    answer: str
    selected_sentences: list[str] = []
    meta: Meta = Meta()


class Question(BaseModel):
    id: str = Field(min_length=1)
    input: str = Field(min_length=1)
    passages: list[Passage] = Field(min_length=1)
    output: list[Output]


def load(folder: Path, cache: Path) -> Suite:
    """The questions in ``folder``'s files ``*-answerable.jsonl`` and ``*-unanswerable.jsonl``.

    All passages are indexed together, those of one title as one article, written below ``cache``. The references are
    the annotators' answers, the parts of the proof all the sentences that any of them selected.
    Raises UsageError for a folder without these files, and for a file in another layout.
    """
    files = [*sorted(folder.glob(ANSWERABLE)), *sorted(folder.glob(UNANSWERABLE))]
    if not files:
        raise UsageError(f"There is no file {ANSWERABLE} or {UNANSWERABLE} in {folder}.")
    questions = [(file, question) for file in files for question in jsonl.read(file, Question)]
    texts: dict[str, list[str]] = {}
    for _, question in questions:
        for passage in question.passages:
            if passage.text not in texts.setdefault(passage.title, []):
                texts[passage.title].append(passage.text)
    cached = f"clapnq-{digest(files)}"
    articles = cache / cached / "articles"
    whole = {title: BETWEEN.join(passages) for title, passages in texts.items()}
    ids = dict(zip(whole, unpack(articles, list(whole.items())), strict=True))
    cases, proofs = [], {}
    for file, question in questions:
        sentences = _selected(question)
        cases.append(_case(file, question, sentences))
        proofs[question.id] = [
            _proof(file, question, sentence, part, whole, ids) for part, sentence in enumerate(sentences)
        ]
    return Suite("clapnq", (articles,), tuple(cases), proofs, cached=cached)


def _selected(question: Question) -> list[str]:
    return list(dict.fromkeys(s for output in question.output if output.answer for s in output.selected_sentences))


def _case(file: Path, question: Question, sentences: list[str]) -> Case:
    answers = [output for output in question.output if output.answer.strip()]
    kind = "non-consecutive" if any(output.meta.non_consecutive for output in answers) else "consecutive"
    try:
        return Case(
            id=question.id,
            question=question.input,
            category=kind if answers else "unanswerable",
            answerable=bool(answers),
            references=[output.answer for output in answers],
            proof=[[sentence] for sentence in sentences],
        )
    except ValidationError as error:
        raise UsageError(f"{file}, question {question.id}: {error.errors()[0]['msg'].lower()}.") from error


def _proof(
    file: Path, question: Question, sentence: str, part: int, whole: dict[str, str], ids: dict[str, str]
) -> Proof:
    for passage in question.passages:
        if sentence in passage.text:
            start = whole[passage.title].index(passage.text) + passage.text.index(sentence)
            return Proof(article=ids[passage.title], start=start, end=start + len(sentence), part=part)
    raise UsageError(f"{file}, question {question.id}: “{sentence}” does not stand in its passages.")
