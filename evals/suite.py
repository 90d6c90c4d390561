"""Suites: cases and the articles that they are about, from YAML."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import floor
from pathlib import Path
from random import Random
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals import text_matching
from evals.case import Case, Proof, Span
from index.article import Article, UnreadableFile, find, read
from index.errors import UsageError
from index.readers.encoding import decode

log = logging.getLogger(__name__)
SUITES = Path(__file__).with_name("suites")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    articles: str | Annotated[list[str], Field(min_length=1)]
    cases: list[dict[str, Any]] = Field(min_length=1)


@dataclass(frozen=True)
class Suite:
    """Named cases on ``articles`` (files and folders), indexed together.

    ``proofs`` holds for the id of each answerable case where its proving sentences stand, ``paragraphs`` where the
    paragraph stands that a case is about, for cases that are to be read from it alone. ``cached`` names the folder of
    the cache that the articles were unpacked into; None for articles that lie elsewhere.
    """

    name: str
    articles: tuple[Path, ...]
    cases: tuple[Case, ...]
    proofs: dict[str, list[Proof]]
    paragraphs: dict[str, Span] = field(default_factory=dict)
    cached: str | None = None

    def sample(self, count: int | None, seed: int = 0) -> "Suite":
        """At most ``count`` of the cases, in their order: a stratified sample, drawn by ``seed``.

        Cases of one category that are answerable, answerable in part or not at all are a stratum, and each stratum
        has the share of the sample that it has of the suite, to within one case (largest remainders).
        """
        if count is None or count >= len(self.cases):
            return self
        strata: dict[tuple[str, bool, bool], list[int]] = {}
        for number, case in enumerate(self.cases):
            strata.setdefault((case.category, case.answerable, case.unanswered), []).append(number)
        draw = Random(seed)
        shares = [count * len(stratum) / len(self.cases) for stratum in strata.values()]
        sizes = [floor(share) for share in shares]
        by_remainder = sorted(range(len(sizes)), key=lambda k: (sizes[k] - shares[k], draw.random()))
        for k in by_remainder[: count - sum(sizes)]:
            sizes[k] += 1
        drawn = [i for stratum, size in zip(strata.values(), sizes, strict=True) for i in draw.sample(stratum, size)]
        return replace(self, cases=tuple(self.cases[i] for i in sorted(drawn)))


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
        raise UsageError(
            f"There is no suite {name}: there are {', '.join(names())}, and with --data squad, clapnq and multihop."
        )
    content = _content(file)
    named = [content.articles] if isinstance(content.articles, str) else content.articles
    places = tuple(_place(file.parent, name) for name in named)
    articles = _articles(file, places)
    cases = [_case(file, number, record) for number, record in enumerate(content.cases, 1)]
    ids = [case.id for case in cases]
    if twice := next((id for id in ids if ids.count(id) > 1), None):
        raise UsageError(f"{file}, case {twice}: the id is used twice.")
    proofs = {case.id: _proofs(file, case, articles) for case in cases}
    return Suite(file.stem, places, tuple(cases), proofs)


def _content(file: Path) -> _File:
    try:
        content = yaml.safe_load(decode(file.read_bytes()))
        if not isinstance(content, dict):
            raise UsageError(f"{file} is no suite: it needs articles: and cases:.")
        return _File.model_validate(content)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{file}, line {line}: this is not YAML ({error.problem}).") from error
    except ValidationError as error:
        raise UsageError(f"{file}: {_complaint(error)}.") from error
    except (yaml.YAMLError, UnreadableFile, ValueError, RecursionError) as error:  # the 30th of February, nested lists
        raise UsageError(f"{file} is not YAML ({str(error).splitlines()[0]}).") from error


def _place(folder: Path, name: str) -> Path:
    """Where ``name`` lies, seen from ``folder``; on Windows it was written with backslashes."""
    place = folder / name
    return (place if place.exists() else folder / name.replace("\\", "/")).resolve()


def _articles(file: Path, places: Sequence[Path]) -> list[Article]:
    """Those that can be read; the other files are named, and missed only by the proofs that stand in them."""
    articles = []
    try:
        for path in find(places):
            try:
                articles.append(read(path))
            except UnreadableFile as error:
                log.warning("%s, articles: %s %s, and is left out.", file, path, error)
    except UsageError as error:
        raise UsageError(f"{file}, articles: {error}") from error
    if not articles:
        raise UsageError(f"{file}, articles: there is no file that can be read in {', '.join(map(str, places))}.")
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


def _proofs(file: Path, case: Case, articles: Sequence[Article]) -> list[Proof]:
    """Where the proof stands; what must not be said must not stand in it, or quoting it would be wrong."""
    sentences = [sentence for part in case.parts for sentence in part]
    if said := next((e for e in case.excludes if any(text_matching.says(s, e) for s in sentences)), None):
        raise UsageError(f"{file}, case {case.id}: it excludes “{said}”, which stands in its proof.")
    return [_proof(file, case, s, number, articles) for number, part in enumerate(case.parts) for s in part]


def _proof(file: Path, case: Case, sentence: str, part: int, articles: Sequence[Article]) -> Proof:
    """Where ``sentence`` stands; YAML has blanks where an article may have line ends."""
    words = re.compile(r"\s+".join(map(re.escape, sentence.split())))
    places = [(article, found) for article in articles if (found := words.search(article.text))]
    if len(places) != 1:
        where = "in no article" if not places else f"in {len(places)} articles"
        raise UsageError(f"{file}, case {case.id}: the proof “{sentence}” stands {where}.")
    article, found = places[0]
    return Proof(article=article.id, start=found.start(), end=found.end(), part=part)
