"""SQuAD: any file in its JSON layout as a suite; each title is one article, and all are indexed together."""

import hashlib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.case import Case, Proof
from evals.suite import Suite
from index.article import slug
from index.errors import UsageError
from index.squad import Gold, Paragraph, Question, Title, read


def load(file: Path, cache: Path) -> Suite:
    """The questions in ``file``; the articles are written below ``cache``.

    The proofs of a question are the places of its gold answers. Its category is its article's title.
    Raises UsageError for a file that is not SQuAD's layout.
    """
    titles = read(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    folder = cache / f"squad-{digest}" / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    cases: list[Case] = []
    proofs: dict[str, list[Proof]] = {}
    for name, title in _named(titles).items():
        (folder / f"{name}.txt").write_text(title.text, encoding="utf-8", newline="")
        for start, paragraph in title.placed():
            for question in paragraph.qas:
                cases.append(_case(file, title, paragraph, question))
                proofs[question.id] = [_proof(slug(name), start, gold) for gold in question.answers]
    return Suite("squad", folder, tuple(cases), proofs)


def _named(titles: list[Title]) -> dict[str, Title]:
    """The titles by file name, each with an id of its own."""
    named: dict[str, Title] = {}
    ids: set[str] = set()
    for title in titles:
        name = title.title.replace("/", "-").strip(". ") or "article"
        number = 2
        while slug(name) in ids:
            name, number = f"{title.title} {number}".replace("/", "-"), number + 1
        ids.add(slug(name))
        named[name] = title
    return named


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
