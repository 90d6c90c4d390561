"""The conversation: a visitor's questions and what came of them, as HTML and as Markdown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from rag.answer import Answer
from rag.evidence import Evidence
from ui.source import Quote, text

RELATED = 3  # passages shown beside an abstention
THUMB = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 11v10H3V11zm0 0 5-9c2 0 3 1 3 3v4h6l-2 12H7"/></svg>'


@dataclass(frozen=True)
class Turn:
    """One question: on its way while ``stage`` says where, and then an answer, or the trouble that prevented one."""

    question: str
    stage: str = ""
    evidence: tuple[Evidence, ...] = ()
    answer: Answer | None = None
    trouble: str = ""
    good: bool | None = None
    commented: bool = False
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def quotes(self) -> list[Quote]:
        """What the footnotes point at: the citations, or for an abstention the nearest passages."""
        if self.answer is None:
            return []
        if self.answer.abstained:
            passages = [hit.passage for hit in self.answer.hits[:RELATED]]
            return [Quote(p.article_id, p.start, p.end, p.text, n) for n, p in enumerate(passages, 1)]
        return [Quote(c.article, c.start, c.end, c.quote, n) for n, c in enumerate(self.answer.citations, 1)]


def as_html(turns: Sequence[Turn], titles: dict[str, str]) -> str:
    """The conversation; ``titles`` holds the title of each article by its id."""
    return "".join(_turn(number, turn, titles) for number, turn in enumerate(turns))


def _turn(number: int, turn: Turn, titles: dict[str, str]) -> str:
    if turn.answer:
        body = _answer(turn.answer, titles) + _tools(turn) + _details(turn.answer, turn.evidence, titles)
    elif turn.stage:
        body = f'<p class="stage" role="status">{text(turn.stage)}…</p>'
    else:
        body = f'<p class="trouble" role="status">{text(turn.trouble)}</p>{_tool("retry", "Ask again")}'
    return (
        f'<section class="turn" data-turn="{number}" aria-label="Question {number + 1}">'
        f'<div class="question"><p>{text(turn.question)}</p>{_tool("edit", "Edit")}</div>'
        f'<div class="answer">{body}</div></section>'
    )


def _answer(answer: Answer, titles: dict[str, str]) -> str:
    if answer.abstained:
        return _abstention(answer, titles)
    notes = answer.citations
    said = " ".join(
        text(s.text) + "".join(_note(notes.index(c) + 1, c.title) for c in s.citations) for s in answer.statements
    )
    sources = "".join(
        f"<li>{_source(number, note.title)} {note.start}–{note.end} {_quote(note.quote, answer)}</li>"
        for number, note in enumerate(notes, 1)
    )
    return f'<p class="said">{said}</p><ol class="notes" aria-label="Footnotes">{sources}</ol>'


def _quote(quote: str, answer: Answer) -> str:
    """The sentence around a statement; where the statement is that sentence, there is nothing to add."""
    words = " ".join(quote.split())
    return "" if any(words == s.text for s in answer.statements) else f"<q>{text(words)}</q>"


def _abstention(answer: Answer, titles: dict[str, str]) -> str:
    related = "".join(
        f"<li>{_source(number, titles.get(hit.passage.article_id, hit.passage.article_id))} "
        f"<q>{text(_beginning(hit.passage.text))}</q></li>"
        for number, hit in enumerate(answer.hits[:RELATED], 1)
    )
    heading = "No answer in the articles" if answer.hits else "Not from the articles"
    return (
        f'<div class="abstention"><h3>{heading}</h3><p>{text(answer.reason or "")}</p>'
        + (f'<h4>Related, not an answer</h4><ol class="notes">{related}</ol>' if related else "")
        + "</div>"
    )


def _note(number: int, title: str) -> str:
    label = f"Footnote {number}: {text(title)}"
    return f'<button class="note" data-do="cite" data-note="{number}" aria-label="{label}">{number}</button>'


def _source(number: int, title: str) -> str:
    return f'<button class="source" data-do="cite" data-note="{number}">{text(title)}</button>'


def _tools(turn: Turn) -> str:
    assert turn.answer
    return (
        f'<div class="tools">{_tool("copy", "Copy", text(plain(turn.answer)))}{_tool("retry", "Retry")}'
        f"{_thumb(turn, True)}{_thumb(turn, False)}</div>{_comment(turn)}"
    )


def _tool(name: str, label: str, data: str = "") -> str:
    return f'<button class="tool" data-do="{name}" data-text="{data}">{label}</button>'


def _thumb(turn: Turn, good: bool) -> str:
    label, kind = ("Good answer", "good") if good else ("Bad answer", "bad")
    pressed = str(turn.good is good).lower()
    return (
        f'<button class="tool {kind}" data-do="rate" data-good="{str(good).lower()}" aria-label="{label}" '
        f'aria-pressed="{pressed}" title="{label}">{THUMB}</button>'
    )


def _comment(turn: Turn) -> str:
    if turn.good is None:
        return ""
    if turn.commented:
        return '<p class="thanks" role="status">Thank you: it is kept with the library.</p>'
    label = "What was good?" if turn.good else "What would have been right? Best in the article's own words."
    return (
        f'<form class="comment" data-good="{str(turn.good).lower()}"><label>{label} '
        '<input name="comment" autocomplete="off"></label><button class="tool">Send</button></form>'
    )


def _details(answer: Answer, evidence: Sequence[Evidence], titles: dict[str, str]) -> str:
    rows = "".join(
        f"<tr><td>{hit.rank}</td><td>{text(titles.get(hit.passage.article_id, hit.passage.article_id))}</td>"
        f"<td>{hit.passage.start}–{hit.passage.end}</td><td>{hit.score:.2f}</td>"
        f"<td>{hit.dense_rank or '–'}</td><td>{hit.lexical_rank or '–'}</td></tr>"
        for hit in answer.hits
    )
    read = "".join(f"<li>{text(' '.join(e.text.split()))}</li>" for e in evidence)
    t = answer.timings
    return (
        "<details><summary>Details</summary>"
        f"<p>{text(answer.model)} · confidence {answer.confidence:.2f} · {answer.tokens} tokens · "
        f"{t.total:.2f} s: search {t.search:.2f}, reading {t.generate:.2f}, verification {t.verify:.2f}</p>"
        + (
            '<div class="wide"><table><caption>Passages found</caption><thead><tr><th>Rank</th><th>Article</th>'
            "<th>Characters</th><th>Score</th><th>Rank by meaning</th><th>Rank by words</th></tr></thead>"
            f"<tbody>{rows}</tbody></table></div><h4>Evidence read</h4><ol>{read}</ol>"
            if answer.hits
            else ""
        )
        + "</details>"
    )


def _beginning(passage: str, length: int = 160) -> str:
    words = " ".join(passage.split())
    return words if len(words) <= length else f"{words[:length].rsplit(' ', 1)[0]}…"


def plain(answer: Answer) -> str:
    """The answer for the clipboard: as ``rag ask`` prints it."""
    from rag import text as terminal

    return terminal.answer(answer)


def as_markdown(turns: Sequence[Turn]) -> str:
    """The answered questions with their footnotes, numbered through, and nothing in them that Markdown could act on."""
    lines, notes = [], []
    for turn in turns:
        if not turn.answer:
            continue
        lines += [f"## {_inert(turn.question)}", ""]
        if turn.answer.abstained:
            lines += [f"*{_inert(turn.answer.reason or '')}*", ""]
            continue
        said = []
        for statement in turn.answer.statements:
            marks = ""
            for c in statement.citations:
                notes.append(f"“{_inert(c.quote)}” — {_inert(c.title)}, {_inert(c.source)}:{c.start}-{c.end}")
                marks += f"[^{len(notes)}]"
            said.append(_inert(statement.text) + marks)
        lines += [" ".join(said), ""]
    return "\n".join(lines + [f"[^{number}]: {note}" for number, note in enumerate(notes, 1)]) + "\n"


def _inert(data: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~$&:@])", r"\\\1", " ".join(data.split()))
