"""Multi-hop questions: what two to four articles say together, with the supporting sentences.

Made for records of HotpotQA (Yang et al. 2018), 2WikiMultihopQA (Ho et al. 2020) and MuSiQue (Trivedi et al. 2022).
"""

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from evals import jsonl
from evals.case import Case, Proof
from evals.suite import Suite
from evals.unpacked import digest, unpack
from index.errors import UsageError
from index.squad import BETWEEN

BLANK = " "


class Text(BaseModel):
    """An article, or a paragraph of it, as its sentences."""

    title: str
    sentences: list[str] = Field(min_length=1)

    @property
    def text(self) -> str:
        return BLANK.join(sentence.strip() for sentence in self.sentences)

    def place(self, number: int) -> tuple[int, int]:
        """Where sentence ``number`` starts and ends in ``text``."""
        lengths = [len(sentence.strip()) for sentence in self.sentences]
        start = [0, *accumulate(length + len(BLANK) for length in lengths)][number]
        return start, start + lengths[number]


class Question(BaseModel):
    """``supporting`` holds the title and the sentence's number, from 0, of each supporting sentence."""

    source: str
    id: str  # 2WikiMultihopQA's is empty here and there
    type: str
    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)
    articles: list[Text] = Field(min_length=1)
    supporting: list[tuple[str, int]] = Field(min_length=1)


@dataclass(frozen=True)
class _Articles:
    """The articles of all questions: texts by title, with the paragraphs that differ joined."""

    paragraphs: dict[str, list[str]]

    @classmethod
    def of(cls, questions: list[Question]) -> "_Articles":
        paragraphs: dict[str, list[str]] = {}
        for question in questions:
            for article in question.articles:
                if article.text not in paragraphs.setdefault(article.title, []):
                    paragraphs[article.title].append(article.text)
        return cls(paragraphs)

    def text(self, title: str) -> str:
        return BETWEEN.join(self.paragraphs[title])

    def start(self, article: Text) -> int:
        before = self.paragraphs[article.title][: self.paragraphs[article.title].index(article.text)]
        return sum(len(paragraph) + len(BETWEEN) for paragraph in before)


def load(file: Path, cache: Path) -> list[Suite]:
    """The questions in ``file`` twice: as they are, and (multihop-removed) without one supporting article of each.

    The articles of all questions are indexed together, written below ``cache``; those of one title are one article.
    Which supporting article is removed, for all questions at once, is drawn by the question's id: with it gone the
    right answer is to abstain. Raises UsageError for a file in another layout.
    """
    read = enumerate(jsonl.read(file, Question), 1)
    questions = [question.model_copy(update={"id": question.id or f"line-{line}"}) for line, question in read]
    articles = _Articles.of(questions)
    removed = {_removed(question) for question in questions}
    return [
        _suite("multihop", file, cache, questions, articles, frozenset()),
        _suite("multihop-removed", file, cache, questions, articles, frozenset(removed)),
    ]


def _removed(question: Question) -> str:
    return Random(question.id).choice(sorted({title for title, _ in question.supporting}))


def _suite(
    name: str, file: Path, cache: Path, questions: list[Question], articles: _Articles, without: frozenset[str]
) -> Suite:
    cached = f"{name}-{digest([file])}"
    folder = cache / cached / "articles"
    titles = [title for title in articles.paragraphs if title not in without]
    ids = dict(zip(titles, unpack(folder, [(title, articles.text(title)) for title in titles]), strict=True))
    proofs = {} if without else {q.id: _proofs(file, q, articles, ids) for q in questions}
    cases = tuple(_case(file, question, answerable=not without) for question in questions)
    return Suite(name, (folder,), cases, proofs, cached=cached)


def _case(file: Path, question: Question, answerable: bool) -> Case:
    kind = f"{question.source} {question.type}"
    about: dict[str, Any] = {"id": question.id, "question": question.question, "category": kind}
    try:
        if not answerable:
            return Case(answerable=False, **about)
        sentences = [[a.sentences[n] for a in _supporting(question, title, n)] for title, n in question.supporting]
        return Case(answerable=True, contains=[[question.answer]], proof=sentences, **about)
    except ValidationError as error:
        raise UsageError(f"{file}, question {question.id}: {error.errors()[0]['msg'].lower()}.") from error


def _supporting(question: Question, title: str, number: int) -> list[Text]:
    """The articles that the supporting sentence may be in: MuSiQue has several paragraphs of one title."""
    return [a for a in question.articles if a.title == title and number < len(a.sentences)]


def _proofs(file: Path, question: Question, articles: _Articles, ids: dict[str, str]) -> list[Proof]:
    proofs = []
    for part, (title, number) in enumerate(question.supporting):
        held = _supporting(question, title, number)
        if not held:
            raise UsageError(f"{file}, question {question.id}: there is no sentence {number} of “{title}”.")
        for article in held:
            start, end = (articles.start(article) + offset for offset in article.place(number))
            proofs.append(Proof(article=ids[title], start=start, end=end, part=part))
    return proofs
