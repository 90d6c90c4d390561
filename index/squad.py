"""SQuAD: questions that people wrote about the paragraphs of articles, in its JSON layout.

Rajpurkar et al., "Know What You Don't Know: Unanswerable Questions for SQuAD", 2018.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from index.errors import UsageError

BETWEEN = "\n\n"  # paragraphs of an article


class Gold(BaseModel):
    """An answer that somebody marked: its words, and where they begin in the paragraph."""

    text: str
    answer_start: int


class Question(BaseModel):
    id: str = ""
    question: str = Field(min_length=1)
    answers: list[Gold] = []
    is_impossible: bool = False
    plausible_answers: list[Gold] = []  # of an unanswerable one: what somebody might take for its answer

    @property
    def answerable(self) -> bool:
        return bool(self.answers) and not self.is_impossible


class Paragraph(BaseModel):
    context: str
    qas: list[Question]


class Title(BaseModel):
    """An article: its paragraphs joined by blank lines are its text."""

    title: str
    paragraphs: list[Paragraph]

    @property
    def text(self) -> str:
        return BETWEEN.join(paragraph.context for paragraph in self.paragraphs)

    def placed(self) -> Iterator[tuple[int, Paragraph]]:
        """Each paragraph with its offset in ``text``."""
        start = 0
        for paragraph in self.paragraphs:
            yield start, paragraph
            start += len(paragraph.context) + len(BETWEEN)


class _File(BaseModel):
    data: list[Title] = Field(min_length=1)


def read(file: Path) -> list[Title]:
    """The titles in ``file``; raises UsageError for one that can't be read or has another layout."""
    try:
        return _File.model_validate_json(file.read_bytes()).data
    except OSError as error:
        raise UsageError(f"{file} can't be read: {(error.strerror or str(error)).lower()}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(f"{file} is not in SQuAD's layout: {place}: {first['msg'].lower()}.") from error
