"""Completions: an answer as the text that a program gets, a piece at a time, with an annotation for each mark in it.

The text is Markdown, for that is what chat programs show, and nothing of an article in it is markup.
"""

import re
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rag.abstention import EMPTY_LIBRARY, NOT_SAID, NOTHING_FOUND
from rag.answer import Answer
from rag.assistant import SMALL_TALK
from rag.citation import Citation
from rag.exchange import Exchange
from rag.stage import Stage
from rag.terminal import printable, understood
from rag.translation import in_all_languages
from ui.quote import Quote, citation

SOURCES = "\n\nSources:\n"
ABSTENTIONS = {SMALL_TALK}.union(*map(in_all_languages, (EMPTY_LIBRARY, NOT_SAID, NOTHING_FOUND)))
ASKED = re.compile(rf"{understood('(.+)')}\n\n")
MARK = re.compile(r" \[\d+\]")
ACTIVE = re.compile(r"\\|(?<=!)\[|(?<=\])[\[(:]|<(?=[a-z/!?])|`|~(?=~~)", re.I)  # links, pictures, HTML, code


@dataclass(frozen=True)
class Piece:
    """What is added to the text, with the annotations of the marks in it; ``stage`` says how far the question is."""

    stage: str
    content: str
    annotations: tuple[dict[str, Any], ...] = ()


def pieces(steps: Generator[Stage | Answer, None, None], articles: str) -> Iterator[Piece]:
    """A piece for each of the assistant's steps, most of them empty; it closes ``steps``.

    ``articles`` is the address below which an article is found by its id.
    """
    text = _Text(articles)
    with closing(steps):
        for step in steps:
            if step.asked and not text.length:
                text.add(f"{_inert(understood(step.asked))}\n\n")
            text.state(step)
            if isinstance(step, Answer):
                text.end(step)
            yield text.piece("" if isinstance(step, Answer) else step.text)


def exchange(question: str, content: str) -> Exchange:
    """What a completion's ``content`` says of the ``question`` before it: how it was understood, and its answer."""
    asked = ASKED.match(content)
    said = content[asked.end() if asked else 0 :].partition(SOURCES)[0].strip()
    return Exchange(asked[1] if asked else question, "" if said in ABSTENTIONS else MARK.sub("", said))


class _Text:
    """The text so far, and what of it no piece has told yet."""

    def __init__(self, articles: str) -> None:
        self.length = 0
        self._articles = articles
        self._stated = 0
        self._new = ""
        self._annotations: list[dict[str, Any]] = []

    def add(self, text: str) -> None:
        self._new += text
        self.length += len(text)

    def state(self, step: Stage | Answer) -> None:
        """Add the statements that are new, with their marks."""
        notes = list(dict.fromkeys(c for s in step.statements for c in s.citations))
        for statement in step.statements[self._stated :]:
            self.add(" " * bool(self._stated) + _inert(statement.text))
            self._stated += 1
            for cited in statement.citations:
                self.add(" ")
                self._mark(f"[{notes.index(cited) + 1}]", cited)

    def end(self, answer: Answer) -> None:
        """Add what follows the statements: what stays open and the sources; or why there are none."""
        if answer.abstained:
            self.add(_inert(answer.reason or ""))
            return
        if answer.unanswered:
            self.add(f"\n\n{_inert(answer.unanswered)}")
        self.add(SOURCES)
        for number, c in enumerate(answer.citations, 1):
            note = citation(Quote(c.article, c.start, c.end, c.quote, number, c.title, c.source, c.place or ""))
            self.add(f"\n- [{number}] {_inert(note)}")

    def piece(self, stage: str) -> Piece:
        """What is new since the last one."""
        made = Piece(stage, self._new, tuple(self._annotations))
        self._new, self._annotations = "", []
        return made

    def _mark(self, mark: str, cited: Citation) -> None:
        start = self.length
        self.add(mark)
        words = quote(" ".join(cited.quote.split()), safe="").replace("-", "%2D")
        place = {
            "url": f"{self._articles}{quote(cited.article, safe='')}#:~:text={words}",
            "title": printable(cited.title),
            "start_index": start,
            "end_index": self.length,
        }
        self._annotations.append({"type": "url_citation", "url_citation": place, "citation": cited.as_json()})


def _inert(data: str) -> str:
    return ACTIVE.sub(r"\\\g<0>", printable(" ".join(data.split())))
