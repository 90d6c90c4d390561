"""Answers, passages and articles as lines for a terminal."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

from index.entry import Entry
from index.health import Status
from index.library import Changes
from index.search import Hit
from rag.answer import Answer, Statement

KEPT = "\n\t\u200c\u200d"  # line, tab, and the joiners


def answer(given: Answer) -> str:
    """The statements with footnote marks, what stays open, then each footnote: title, quote, ``path:start-end``."""
    asked = [understood(given.asked)] if given.asked else []
    said = [given.reason or ""] if given.abstained else [" ".join(statements(given.statements)), *_rest(given)]
    return printable("\n".join([*asked, *said]))


def understood(question: str) -> str:
    """How a question is shown that leant on the conversation."""
    return f"Asked as: {question}"


def statements(said: Sequence[Statement]) -> list[str]:
    """Each statement with the numbers of its footnotes."""
    notes = list(dict.fromkeys(c for s in said for c in s.citations))
    return [s.text + "".join(f" [{notes.index(c) + 1}]" for c in s.citations) for s in said]


def _rest(given: Answer) -> list[str]:
    """What follows the statements: what stays unanswered, and the footnotes."""
    lines = [given.unanswered, ""] if given.unanswered else [""]
    notes = given.citations
    for number, note in enumerate(notes, 1):
        lines += [f"[{number}] {note.title}", f"    “{' '.join(note.quote.split())}”"]
        lines += [f"    {note.source}:{note.start}-{note.end}{f', {note.place}' if note.place else ''}"]
    return lines


class AnswerPrinter:
    """Prints an answer while it is made: statements on ``out``, the stage on ``progress``, a terminal or nothing."""

    def __init__(self, out: TextIO, progress: TextIO | None) -> None:
        self._out = out
        self._progress = progress
        self._shown = 0

    def asked(self, question: str) -> None:
        """Show how the question was understood."""
        self._clear()
        print(printable(understood(question)), file=self._out, flush=True)

    def stage(self, text: str, said: Sequence[Statement]) -> None:
        """Show how far it is, and what has been said."""
        self._say(said)
        if self._progress:
            self._progress.write(f"\r\x1b[K{printable(text)} …")
            self._progress.flush()

    def answer(self, given: Answer) -> None:
        """Show the rest of it."""
        if given.abstained:
            self._clear()
            print(printable(given.reason or ""), file=self._out)
            return
        self._say(given.statements)
        self._clear()
        print(printable("\n".join(["", *_rest(given)])), file=self._out)

    def _say(self, said: Sequence[Statement]) -> None:
        new = statements(said)[self._shown :]
        if new:
            self._clear()
            self._out.write((" " if self._shown else "") + printable(" ".join(new)))
            self._out.flush()
            self._shown += len(new)
            if self._progress:
                self._progress.write("\n")

    def _clear(self) -> None:
        if self._progress:
            self._progress.write("\r\x1b[K")
            self._progress.flush()


def hits(found: Iterable[Hit], title_of: dict[str, str]) -> str:
    """Ranked passages, each with its score, its rank on both sides and its text."""
    lines = []
    for hit in found:
        p = hit.passage
        lines.append(
            f"{hit.rank:>2}. {title_of[p.article_id]} {p.start}-{p.end}  score {hit.score:.2f}"
            f"  dense {hit.dense_rank or '–'}  lexical {hit.lexical_rank or '–'}"
        )
        lines.append(f"    {' '.join(p.text.split())}")
    return printable("\n".join(lines))


def articles(found: Iterable[Entry]) -> str:
    """One line an article: id, title, length in characters, source."""
    return printable("\n".join(f"{a.id}  {a.title}  {a.characters} characters  {a.source}" for a in found))


def changes(made: Changes) -> str:
    """What indexing did, in one line, and one line for each file that was left out or is another's copy."""
    counts = [
        f"{len(ids)} {name}" for name in ("added", "changed", "renamed", "removed") if (ids := getattr(made, name))
    ]
    lines = [f"{', '.join(counts) or 'nothing new'}, {len(made.unchanged)} unchanged"]
    lines += [f"left out {problem.path}: {problem.reason}" for problem in made.problems]
    lines += [f"left out {copy.path}: {copy.reason}" for copy in made.copies]
    lines += made.notes
    return printable("\n".join(lines))


def status(found: Status) -> str:
    """The figures of a library, a line each."""
    sizes = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in found.sizes.items())
    lines = [
        f"articles    {found.articles}",
        f"passages    {found.passages}",
        f"embedder    {found.embedder or 'none yet'}, {found.dimensions} dimensions",
        f"size        {sizes}",
        f"generation  {found.generation}",
        f"rankings    vectors {found.vectors}, words {found.words}",
    ]
    return printable("\n".join(lines))


def printable(text: str) -> str:
    """``text`` without control characters, so that an article can't steer the terminal.

    The joiners stay: Persian and Hindi words, and many emoji, are spelled with them.
    """
    return "".join(c for c in text if c in KEPT or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
