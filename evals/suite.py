"""Suites: cases and the articles that they are about, from YAML."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.case import Case, Proof
from index.article import Article, UnreadableFile, find, read
from index.errors import UsageError

SUITES = Path(__file__).with_name("suites")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    articles: str
    cases: list[dict[str, Any]] = Field(min_length=1)


@dataclass(frozen=True)
class Suite:
    """Named cases on the articles in ``folder`` (a folder or a file), indexed together.

    ``proofs`` holds for the id of each answerable case where its proving sentences stand.
    """

    name: str
    folder: Path
    cases: tuple[Case, ...]
    proofs: dict[str, list[Proof]]

    def sample(self, count: int | None, seed: int = 0) -> "Suite":
        """At most ``count`` of the cases, drawn by ``seed``, in their order."""
        if count is None or count >= len(self.cases):
            return self
        drawn = sorted(Random(seed).sample(range(len(self.cases)), count))
        return replace(self, cases=tuple(self.cases[i] for i in drawn))


def names() -> list[str]:
    """The suites that come with Footnote."""
    return sorted(file.stem for file in SUITES.glob("*.yaml"))


def load(name: str) -> Suite:
    """The suite ``name``, or the one in the YAML file ``name``.

    Raises UsageError, naming file and case, for an unknown suite, a file that is not YAML, a case that does not
    fit the schema, and a proof that does not stand in the articles.
    """
    file = Path(name) if name.endswith((".yaml", ".yml")) else SUITES / f"{name}.yaml"
    if not file.is_file():
        raise UsageError(f"There is no suite {name}: there are {', '.join(names())} and squad (with --data FILE).")
    content = _content(file)
    folder = (file.parent / content.articles).resolve()
    articles = _articles(file, folder)
    cases = [_case(file, number, record) for number, record in enumerate(content.cases, 1)]
    ids = [case.id for case in cases]
    if twice := next((id for id in ids if ids.count(id) > 1), None):
        raise UsageError(f"{file}, case {twice}: the id is used twice.")
    proofs = {case.id: [_proof(file, case, sentence, articles) for sentence in case.proof] for case in cases}
    return Suite(file.stem, folder, tuple(cases), proofs)


def _content(file: Path) -> _File:
    try:
        return _File.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{file}, line {line}: this is not YAML ({error.problem}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not YAML ({str(error).splitlines()[0]}).") from error
    except ValidationError as error:
        raise UsageError(f"{file}: {_complaint(error)}.") from error


def _articles(file: Path, folder: Path) -> list[Article]:
    try:
        articles = [read(path) for path in find([folder])]
    except (UsageError, UnreadableFile) as error:
        raise UsageError(f"{file}, articles: {error}") from error
    if not articles:
        raise UsageError(f"{file}, articles: there is no .txt or .md file in {folder}.")
    return articles


def _case(file: Path, number: int, record: dict[str, Any]) -> Case:
    try:
        return Case.model_validate(record)
    except ValidationError as error:
        raise UsageError(f"{file}, case {record.get('id', number)}: {_complaint(error)}.") from error


def _complaint(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message[0].lower()}{message[1:]}" if place else message


def _proof(file: Path, case: Case, sentence: str, articles: Sequence[Article]) -> Proof:
    places = [(article, start) for article in articles if (start := article.text.find(sentence)) >= 0]
    if len(places) != 1:
        where = "in no article" if not places else f"in {len(places)} articles"
        raise UsageError(f"{file}, case {case.id}: the proof “{sentence}” stands {where}.")
    article, start = places[0]
    return Proof(article=article.id, start=start, end=start + len(sentence))
