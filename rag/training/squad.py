"""SQuAD-layout files as training material: paragraphs, their sentences, questions with one gold span."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from index import squad
from index.sentence import Sentence, sentences


@dataclass(frozen=True)
class Question:
    """A question, the index of the sentence that answers it, and the answer's words in it."""

    text: str
    sentence: int
    answer: str


@dataclass(frozen=True)
class Paragraph:
    article: str
    text: str
    sentences: list[Sentence]
    questions: list[Question]
    unanswerable: list[str]  # questions that somebody wrote so that this paragraph does not answer them

    @property
    def title(self) -> str:
        """The article's name as people write it."""
        return unquote(self.article).replace("_", " ")


def read(path: Path) -> list[Paragraph]:
    """The paragraphs of a file in SQuAD's layout; questions whose answer crosses sentences are left out."""
    paragraphs = []
    for article in squad.read(path):
        for paragraph in article.paragraphs:
            text = paragraph.context
            found = sentences(text)
            questions = [q for asked in paragraph.qas if (q := _question(asked, text, found))]
            silent = [asked.question.strip() for asked in paragraph.qas if asked.is_impossible]
            paragraphs.append(Paragraph(article.title, text, found, questions, silent))
    return paragraphs


def _question(asked: squad.Question, text: str, found: list[Sentence]) -> Question | None:
    if not asked.answerable:
        return None
    counts = Counter(gold.text for gold in asked.answers)
    best = max(asked.answers, key=lambda gold: (counts[gold.text], -len(gold.text)))
    start, end = best.answer_start, best.answer_start + len(best.text)
    answer = best.text.strip().strip(",.;:")
    for i, s in enumerate(found):
        if s.start <= start and end <= s.end + 1 and answer and _word_bounded(text, start, best.text):
            return Question(asked.question.strip(), i, answer)
    return None


def _word_bounded(text: str, start: int, answer: str) -> bool:
    before, after = text[start - 1 : start], text[start + len(answer) : start + len(answer) + 1]
    return not (before.isalnum() and answer[:1].isalnum()) and not (after.isalnum() and answer[-1:].isalnum())
