"""A writer that says what a test wants, and the models of an assistant that has it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.exchange import Exchange
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


class Given(Models):
    """Models that are there already."""

    def __init__(self, reader: Reader, writer: Writer | None) -> None:
        self.at_once = 1
        self._reader, self._writer, self._judge = _done(reader), _done(writer), _done(None)


def label(lines: Sequence[Line], words: str) -> int:
    """The label of the first line that holds ``words``; 0 where none does."""
    return next((number for number, line in enumerate(lines, 1) if words in line.text), 0)
