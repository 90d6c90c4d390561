"""SQuAD: any file in its JSON layout as a suite; each title is one article, and all are indexed together."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.case import Case, Proof, Span
from evals.suite import Suite
from evals.unpacked import digest, unpack
from index.errors import UsageError
from index.squad import Gold, Paragraph, Question, Title, read


def load(file: Path, cache: Path) -> Suite:
    """The questions in ``file``; the articles are written below ``cache``.

    The proofs of a question are the places of its gold answers. Its category is its article's title.
    Raises UsageError for a file that is not SQuAD's layout.
    """
    titles = read(file)
    cached = f"squad-{digest([file])}"
    articles = cache / cached / "articles"
    ids = unpack(articles, [(title.title, title.text) for title in titles])
    cases: list[Case] = []
    proofs: dict[str, list[Proof]] = {}
    paragraphs: dict[str, Span] = {}
    for id, title in zip(ids, titles, strict=True):
        for start, paragraph in title.placed():
            for question in paragraph.qas:
                cases.append(_case(file, title, paragraph, question))
                proofs[question.id] = [_proof(id, start, gold) for gold in question.answers]
                paragraphs[question.id] = Span(article=id, start=start, end=start + len(paragraph.context))
    return Suite("squad", (articles,), tuple(cases), proofs, paragraphs, cached)


def both(file: Path, cache: Path) -> list[Suite]:
    """The questions in ``file`` twice: asked of the library, and (squad-paragraph) read from the gold paragraph alone.

    The second is the setting of SQuAD 2.0's leaderboard. Raises as ``load`` does.
    """
    given = load(file, cache)
    return [replace(given, paragraphs={}), replace(given, name="squad-paragraph")]


def _case(file: Path, title: Title, paragraph: Paragraph, question: Question) -> Case:
    for gold in question.answers:
        if paragraph.context[gold.answer_start : gold.answer_start + len(gold.text)] != gold.text:
            raise UsageError(f"{file}, question {question.id}: “{gold.text}” does not stand at {gold.answer_start}.")
    answerable = question.answerable
    golds = list(dict.fromkeys(gold.text for gold in question.answers))
    record: dict[str, Any] = {"id": question.id, "question": question.question, "category": title.title}
    if answerable:
        record |= {"contains": [golds], "proof": golds}
    try:
        return Case(answerable=answerable, **record)
    except ValidationError as error:
        raise UsageError(f"{file}, question {question.id}: {error.errors()[0]['msg'].lower()}.") from error


def _proof(article: str, paragraph: int, gold: Gold) -> Proof:
    start = paragraph + gold.answer_start
    return Proof(article=article, start=start, end=start + len(gold.text))
