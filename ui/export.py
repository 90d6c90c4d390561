"""Exports: an answer or a conversation as text that can be pasted or saved."""

import re
from collections.abc import Sequence

from rag.terminal import printable
from ui.quote import citation
from ui.turn import Turn


def plain(turn: Turn) -> str:
    """The answer for the clipboard: the statements with their numbers, then each footnote."""
    if turn.record["abstained"]:
        return printable(turn.record["reason"] or "")
    said = " ".join(s["text"] + "".join(f" [{turn.number(c)}]" for c in s["citations"]) for s in turn.statements)
    left = [turn.record["unanswered"]] if turn.record.get("unanswered") else []
    return "\n".join(
        [printable(said), *map(printable, left), "", *(f"[{q.number}] {citation(q)}" for q in turn.quotes)]
    )


def markdown(title: str, turns: Sequence[Turn]) -> str:
    """The answered questions with their footnotes, numbered through, and nothing in them that Markdown could act on."""
    lines = [f"# {_inert(title)}", ""]
    notes: list[str] = []
    for turn in turns:
        if not turn.answered:
            continue
        lines += [f"## {_inert(turn.question)}", ""]
        if turn.record["abstained"]:
            lines += [f"*{_inert(turn.record['reason'] or '')}*", ""]
            continue
        first = len(notes)
        notes += [_inert(citation(quote)) for quote in turn.quotes]
        said = [
            _inert(s["text"]) + "".join(f"[^{first + turn.number(c)}]" for c in s["citations"]) for s in turn.statements
        ]
        lines += [" ".join(said), ""]
        if turn.record.get("unanswered"):
            lines += [f"*{_inert(turn.record['unanswered'])}*", ""]
    return "\n".join(lines + [f"[^{number}]: {note}" for number, note in enumerate(notes, 1)]) + "\n"


def _inert(data: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~$&:@])", r"\\\1", " ".join(data.split()))
