"""SQuAD: any file in its JSON layout as a suite; each title is one article, and all are indexed together."""

import hashlib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from evals.case import Case, Proof
from evals.suite import Suite
from index.article import slug
from index.errors import UsageError

BETWEEN = "\n\n"  # paragraphs


class _Gold(BaseModel):
    text: str
    answer_start: int


class _Question(BaseModel):
    id: str
    question: str = Field(min_length=1)
    answers: list[_Gold] = []
    is_impossible: bool = False


class _Paragraph(BaseModel):
    context: str
    qas: list[_Question]


class _Title(BaseModel):
    title: str
    paragraphs: list[_Paragraph]


class _Data(BaseModel):
    data: list[_Title] = Field(min_length=1)


def load(file: Path, cache: Path) -> Suite:
    """The questions in ``file``; the articles are written below ``cache``.

    The proofs of a question are the places of its gold answers. Its category is its article's title.
    Raises UsageError for a file that is not SQuAD's layout.
    """
    data, digest = _read(file)
    folder = cache / f"squad-{digest}" / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    cases: list[Case] = []
    proofs: dict[str, list[Proof]] = {}
    for name, title in _named(data).items():
        (folder / f"{name}.txt").write_text(_text(title), encoding="utf-8", newline="")
        start = 0
        for paragraph in title.paragraphs:
            for question in paragraph.qas:
                cases.append(_case(file, title, paragraph, question))
                proofs[question.id] = [_proof(slug(name), start, gold) for gold in question.answers]
            start += len(paragraph.context) + len(BETWEEN)
    return Suite("squad", folder, tuple(cases), proofs)


def _read(file: Path) -> tuple[_Data, str]:
    try:
        content = file.read_bytes()
        return _Data.model_validate_json(content), hashlib.sha256(content).hexdigest()[:12]
    except OSError as error:
        raise UsageError(f"{file} can't be read: {(error.strerror or str(error)).lower()}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(f"{file} is not in SQuAD's layout: {place}: {first['msg'].lower()}.") from error


def _named(data: _Data) -> dict[str, _Title]:
    """The titles by file name, each with an id of its own."""
    named: dict[str, _Title] = {}
    ids: set[str] = set()
    for title in data.data:
        name = title.title.replace("/", "-").strip(". ") or "article"
        number = 2
        while slug(name) in ids:
            name, number = f"{title.title} {number}".replace("/", "-"), number + 1
        ids.add(slug(name))
        named[name] = title
    return named


def _text(title: _Title) -> str:
    return BETWEEN.join(paragraph.context for paragraph in title.paragraphs)


def _case(file: Path, title: _Title, paragraph: _Paragraph, question: _Question) -> Case:
    for gold in question.answers:
        if paragraph.context[gold.answer_start : gold.answer_start + len(gold.text)] != gold.text:
            raise UsageError(f"{file}, question {question.id}: “{gold.text}” does not stand at {gold.answer_start}.")
    answerable = bool(question.answers) and not question.is_impossible
    golds = list(dict.fromkeys(gold.text for gold in question.answers))
    record: dict[str, Any] = {"id": question.id, "question": question.question, "category": title.title}
    if answerable:
        record |= {"contains": [golds], "proof": golds}
    try:
        return Case(answerable=answerable, **record)
    except ValidationError as error:
        raise UsageError(f"{file}, question {question.id}: {error.errors()[0]['msg'].lower()}.") from error


def _proof(article: str, paragraph: int, gold: _Gold) -> Proof:
    start = paragraph + gold.answer_start
    return Proof(article=article, start=start, end=start + len(gold.text))
