"""A writer in this process: a chat model in llama.cpp, decoded greedily and held to a grammar.

The grammar: words of one sentence first, then the number of a sentence of the evidence, in brackets; at most four
statements; no letters of a script that neither question nor evidence uses.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from rag.exchange import Exchange, conversation
from rag.language_model import BATCH, LanguageModel, Logprobs
from rag.probe import Probe
from rag.prompt import (
    FOLLOW_UP,
    INSTRUCTIONS,
    SPLIT,
    SUPPORT,
    VERDICT,
    Line,
    evidence_block,
    one_line,
    question_block,
    statement_block,
)
from rag.writer import STATEMENTS, Draft, drafts, rewritten, simple

LONGEST = 64  # tokens of a statement's words
TOKENS = 220  # of an answer
MARKS = 4  # numbers that the writer may put behind a statement
SPLIT_TOKENS = 90
ENDED = re.compile(r"[^\W\d_.]{4,}[\"”’)]*[.!?][\"”’)]*$|[。！？]$")  # a sentence is over, and no abbreviation
CHOICES = 24  # most probable tokens among which the grammar finds one


class LocalWriter:
    """Writes with ``model`` at temperature 0, and judges with it if there is a ``probe`` for it."""

    def __init__(self, model: LanguageModel, probe: Probe | None = None) -> None:
        self.model = model
        self.name = model.name
        self.judges = probe is not None
        self._probe = probe
        self._before, self._turn = model.frame(INSTRUCTIONS)
        self.judging, _ = model.frame(VERDICT)
        self._supporting, _ = model.frame(SUPPORT)
        asked = [model.frame(system)[0] for system in (SPLIT, FOLLOW_UP)]
        with model.lock:
            model.keep((*((self.judging, self._supporting) if probe else ()), self._before, *asked))

    def write(self, question: str, lines: Sequence[Line], least: int = 1) -> Iterator[int | Draft]:
        """The statements as they are whole; raises UsageError for a question that is too long for the window."""
        model = self.model
        with model.lock:
            asked, edges = self._asked(question, lines)
            prompt = [*asked, *self._turn]
            edges = [*edges, len(prompt)]
            grammar = Grammar(model, len(lines), question + "".join(f"{x.text} {x.context}" for x in lines), least)
            written: list[int] = []
            shown = 0
            model.begin_with(self._before)
            while not grammar.over:
                token = grammar.choose(model.next([*prompt, *written], edges))
                if token is not None:
                    written.append(token)
                found = drafts(grammar.text, len(lines), grammar.over)
                yield from found[shown:]
                shown = max(shown, len(found))
                yield len(written)

    def verdicts(self, question: str, lines: Sequence[Line]) -> list[float] | None:
        """See ``Judge``; None for a model without a probe (`probe.py`)."""
        if self._probe is None or not lines:
            return None
        branches, counts = zip(*(self.branch(question, line) for line in lines), strict=True)
        with self.model.lock:
            self.model.begin_with(self.judging)
            states = self.model.states(branches, counts)
        return None if states is None else self._probe.logodds(states)

    def branch(self, question: str, line: Line) -> tuple[list[int], int]:
        """The tokens that ask, after ``judging``, whether ``line`` answers ``question``, and how many of the last ones
        are the question's."""
        asked = question_block(question)
        return self._reply_to(f"{evidence_block([line])}{asked}"), len(self._reply_to(asked))

    def support(self, statement: str, lines: Sequence[Line]) -> float | None:
        """See ``Judge``: how much more probable its yes is than its no (Kadavath 2022, "Language models (mostly) know
        what they know"). None as for verdicts.
        """
        if self._probe is None:
            return None
        model = self.model
        yes, no = ([model.tokens(word)[0] for word in words] for words in (("Yes", "yes"), ("No", "no")))
        with model.lock:
            model.begin_with(self._supporting)
            branch = self._reply_to(f"{evidence_block(lines)}{statement_block(statement)}")
            row = model.continuations([branch], last=True)[0][-1]
        return float(np.logaddexp.reduce(row[yes]) - np.logaddexp.reduce(row[no]))

    def _reply_to(self, message: str) -> list[int]:
        """``message``, and what the model's reply to it begins with."""
        return [*self.model.tokens(message), *self._turn][-BATCH:]

    def _asked(self, question: str, lines: Sequence[Line]) -> tuple[list[int], list[int]]:
        """The prompt up to the question, and its edges (`LanguageModel.next`)."""
        evidence = [*self._before, *self.model.tokens(evidence_block(lines))]
        asked = [*evidence, *self.model.tokens(question_block(question))]
        return asked, [len(self._before), len(evidence), len(asked)]

    def parts(self, question: str) -> list[str]:
        """The simple questions that ``question`` is made of; itself alone where it is one."""
        return simple(self._reply(SPLIT, one_line(question)), question)

    def standalone(self, question: str, said: Sequence[Exchange]) -> str:
        """See ``Writer``."""
        return rewritten(self._reply(FOLLOW_UP, conversation(question, said), line=True))

    def _reply(self, system: str, message: str, line: bool = False) -> str:
        """What the model says to ``message``, or its first ``line``; nothing where it finds no end."""
        model = self.model
        before, turn = model.frame(system)
        with model.lock:
            prompt = [*before, *model.tokens(message), *turn]
            written: list[int] = []
            model.begin_with(before)
            while len(written) < SPLIT_TOKENS:
                token = int(model.next([*prompt, *written], [len(before), len(prompt)]).argmax())
                if token == model.ends[0] or (line and written and b"\n" in model.piece(token)):
                    return b"".join(map(model.piece, written)).decode(errors="ignore")
                written.append(token)
        return ""


class Grammar:
    """What may come next: it takes the model's most probable token that keeps to the form."""

    def __init__(self, model: LanguageModel, labels: int, known: str, least: int = 1) -> None:
        self.model = model
        self.labels = labels
        self.text = ""
        self.count = 0  # statements before the one that is being written
        self.least = least
        self.over = False
        self._scripts = {script(c) for c in known} | {"LATIN"}
        self._seen: set[str] = set()
        self._statement = 0  # where in ``text`` the statement begins that is being written
        self._tokens = 0  # of its words

    @property
    def wording(self) -> bool:
        """Whether words are being written, not numbers."""
        return "[" not in self.text[self._statement :]

    def choose(self, row: Logprobs) -> int | None:
        """The next token, which is added to ``text``; None where the answer is over."""
        best = np.argpartition(-row, CHOICES)[:CHOICES]
        for token in best[np.argsort(-row[best])].tolist():
            if token in self.model.ends and not self.model.piece(token).strip():
                if self._complete():
                    self.over = True
                    return None
                if token != self.model.ends[-1]:  # a line may end between statements
                    continue
            if self._fits(piece := self.model.piece(token).decode(errors="ignore")) and piece:
                return self._take(token, piece)
        forced = self._forced(row)
        return None if forced is None else self._take(*forced)

    def _complete(self) -> bool:
        return self.count + 1 >= self.least and bool(re.search(r"\[\d{1,2}\][\s.,;!?]*$", self.text))

    def _fits(self, piece: str) -> bool:
        said = self.text[self._statement :] + piece
        words, bracket, rest = said.partition("[")
        if "]" in words or any(script(c) not in self._scripts for c in piece if c.isalpha()):
            return False
        if not bracket:
            over = bool(ENDED.search(self.text[self._statement :])) and piece[:1].isspace()
            return self._tokens < LONGEST and not over and ("\n" not in piece or not words.strip())
        if sum(c.isalpha() for c in words) < 4:
            return False
        if not re.fullmatch(r"\[(?:\d{1,2}\]\s*\[)*\d{0,2}(?:\][^\[\]]*)?", bracket + rest):
            return False
        numbers = [int(n) for n in re.findall(r"\[(\d+)\]", bracket + rest)]
        open_digits = re.search(r"\[(\d*)$", bracket + rest)
        if any(not 0 < n <= self.labels for n in numbers) or len(numbers) > MARKS or len(set(numbers)) < len(numbers):
            return False
        if open_digits:
            typed = open_digits[1]
            return any(str(n).startswith(typed) and n not in numbers for n in range(1, self.labels + 1))
        after = re.sub(r"^(?:\[\d{1,2}\]\s*)+", "", bracket + rest)
        return "[" not in after and after.strip()[:1] not in (",", ";") and ("\n" not in after or not after.strip())

    def _forced(self, row: Logprobs) -> tuple[int, str] | None:
        """A token that the form asks for where none of the most probable ones fits."""
        said = self.text[self._statement :]
        typed = re.search(r"\[(\d*)$", said)
        if typed:
            cited = re.findall(r"\[(\d+)\]", said)
            options = [n for n in map(str, range(1, self.labels + 1)) if n.startswith(typed[1]) and n not in cited]
            texts = {"]"} if typed[1] in options else set()
            texts |= {o[len(typed[1])] for o in options if len(o) > len(typed[1])}
        elif self.wording and any(c.isalpha() for c in said):
            texts = {" ["}
        elif self.count + 1 < self.least and not said.endswith("\n"):
            texts = {"\n"}
        else:
            self.over = True
            return None
        tokens = {t: self.model.tokens(t)[-1] for t in sorted(texts)}
        best = max(tokens, key=lambda t: float(row[tokens[t]]))
        return tokens[best], self.model.piece(tokens[best]).decode(errors="ignore")

    def _take(self, token: int, piece: str) -> int | None:
        before = self.text[self._statement :]
        after = re.sub(r"^[^\[]*(?:\[\d{1,2}\]\s*)+", "", before + piece) if re.search(r"\[\d+\]", before) else ""
        after = after.strip(" .,;!?\n")
        if after and after[0] != "[":  # the first letters of the next statement
            said = re.sub(r"\W+", " ", before.partition("[")[0]).strip().lower()
            self.count += 1
            if self.count == STATEMENTS or said in self._seen or len(self.text) > 6 * TOKENS:
                self.over = True
                return None
            self._seen.add(said)
            self._statement = len(self.text)
            self._tokens = 0
        self.text += piece
        self._tokens += 1
        return token


def script(character: str) -> str:
    """The writing system of a letter, as the first word of its Unicode name; Chinese and Japanese are one."""
    if not character.isalpha():
        return "LATIN"
    name = unicodedata.name(character, "LATIN").split()[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA", "CJK") else name
