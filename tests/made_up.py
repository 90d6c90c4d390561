"""A writer and a judge that say what a test wants, and the models of an assistant that has them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.exchange import Exchange
from rag.judge import Judge
from rag.models import Models, _done
from rag.prompt import Line
from rag.reader import Reader
from rag.writer import Draft, Writer

Saying = Callable[[Sequence[Line]], Iterable[Draft]]


class MadeUpWriter:
    """Writes what ``saying`` makes of the lines, whatever is asked; takes questions apart as ``parts`` says."""

    name = "made up"

    def __init__(self, saying: Saying, parts: dict[str, list[str]] | None = None) -> None:
        self.saying = saying
        self.taken_apart = parts or {}
        self.asked: list[tuple[str, list[Line], int]] = []  # question, lines, least

    def write(self, question: str, lines: Sequence[Line], least: int = 1) -> Iterator[int | Draft]:
        self.asked.append((question, list(lines), least))
        for number, draft in enumerate(self.saying(lines), 1):
            yield draft
            yield number

    def parts(self, question: str) -> list[str]:
        return self.taken_apart.get(question, [question])

    def standalone(self, question: str, said: Sequence[Exchange]) -> str:
        return f"{said[-1].question} {question}"


class MadeUpJudge:
    """Gives each line the verdict that ``verdict`` says, and each statement the same ``support``."""

    def __init__(self, verdict: Callable[[Line], float] | None = None, support: float | None = None) -> None:
        self._verdict = verdict
        self._support = support

    def verdicts(self, question: str, lines: Sequence[Line]) -> list[float] | None:
        return [self._verdict(line) for line in lines] if self._verdict else None

    def support(self, statement: str, lines: Sequence[Line]) -> float | None:
        return self._support


class Given(Models):
    """Models that are there already."""

    def __init__(self, reader: Reader, writer: Writer | None, judge: Judge | None = None) -> None:
        self.at_once = 1
        self._reader, self._writer = _done(reader), _done(writer)
        self._given = judge

    @property
    def judge(self) -> Judge | None:
        return self._given


def label(lines: Sequence[Line], words: str) -> int:
    """The label of the first line that holds ``words``; 0 where none does."""
    return next((number for number, line in enumerate(lines, 1) if words in line.text), 0)
