"""The conversation as HTML: questions, statements with their footnotes, and what can be done with an answer."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index import markup
from index.term import terms
from ui.conversations import Place
from ui.export import plain
from ui.quote import Quote
from ui.source import text
from ui.turn import Turn

LENGTH = 220  # characters shown of a related passage
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)  # what makes a line of Markdown a heading
THUMB = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 11v10H3V11zm0 0 5-9c2 0 3 1 3 3v4h6l-2 12H7"/></svg>'


def welcome(count: int, examples: Sequence[str]) -> str:
    """How to begin: with a question, or where there are no articles with some of them."""
    if not count:
        return (
            '<div class="welcome"><h2>There is nothing to ask about yet</h2><p>Add your articles: PDF and Word files, '
            "web pages, spreadsheets, mail, or a whole folder of them. They stay on this machine. Then ask: every "
            'answer shows the sentence that proves it.</p><button class="begin" data-do="articles">Add articles'
            "</button></div>"
        )
    many = f"{count:,} articles" if count > 1 else "your article"
    buttons = "".join(_suggestion(question) for question in examples)
    return (
        f'<div class="welcome"><h2>Ask about {many}</h2><p>Each answer comes with footnotes: choose one, and the '
        f"article shows the sentence that proves it.</p><div>{buttons}</div></div>"
    )


def as_html(id: str, turns: Sequence[Turn], places: dict[str, Place]) -> str:
    """The conversation ``id``; ``places`` holds those turns that have others beside them."""
    parts = [_turn(number, turn, places.get(turn.id)) for number, turn in enumerate(turns)]
    return f'<div class="turns" data-conversation="{text(id)}">{"".join(parts)}</div>'


def _turn(number: int, turn: Turn, place: Place | None) -> str:
    body = _said(turn)
    if turn.stage:
        body += f'<p class="stage">{text(turn.stage)}…</p>'
    elif turn.trouble:
        body += f'<p class="trouble">{text(turn.trouble)}</p>{_tool("retry", "Ask again")}'
    elif turn.answered:
        body = _outcome(turn) + _tools(turn) + _details(turn) + _next(turn)
    state = "pending" if turn.stage else "done"
    asked = turn.record.get("asked")
    if asked:
        body = f'<p class="asked" dir="auto">Asked as: {text(asked)}</p>{body}'
    return (
        f'<section class="turn" data-turn="{text(turn.id)}" data-number="{number}" data-state="{state}" '
        f'aria-label="Question {number + 1}"><div class="question"><h2 dir="auto">{text(turn.question)}</h2>'
        f"{_branches(place)}{'' if turn.stage else _tool('edit', 'Edit')}</div>{_scope(turn)}"
        f'<div class="answer">{body}</div></section>'
    )


def _branches(place: Place | None) -> str:
    """The way to the questions that were asked in the place of this one."""
    if not place:
        return ""
    count = len(place.ids)
    before, after = place.ids[(place.number - 2) % count], place.ids[place.number % count]
    return (
        f'<span class="branches">{_branch(before, "Version before", "‹")}'
        f'<span aria-label="Version {place.number} of {count}" role="img">{place.number}/{count}</span>'
        f"{_branch(after, 'Version after', '›')}</span>"
    )


def _branch(turn: str, label: str, sign: str) -> str:
    return f'<button class="tool" data-do="branch" data-to="{text(turn)}" aria-label="{label}">{sign}</button>'


def _scope(turn: Turn) -> str:
    return f'<p class="scope">Asked only {turn.scope.as_html()}</p>' if turn.scope else ""


def _said(turn: Turn) -> str:
    """The statements with their footnotes, as far as they are there."""
    parts = [
        f'<span class="statement">{_keyed(s["text"], turn.record.get("short"))}'
        f"{''.join(_note(turn.number(c), c['title']) for c in s['citations'])}</span>"
        for s in turn.statements
    ]
    return f'<p class="said" dir="auto">{" ".join(parts)}</p>' if parts else ""


def _keyed(statement: str, short: str | None) -> str:
    """``statement``, the key words marked where they stand in it: as a whole, or else each of several."""
    if not short or short.strip() == statement.strip():
        return text(statement)
    whole = re.escape(short.strip())
    if not re.search(whole, statement, re.I):
        words = [re.escape(word) for word in re.split(r", (?:and )?|; | and ", short.strip()) if len(word) > 1]
        whole = "|".join(sorted(words, key=len, reverse=True))
    if not whole:
        return text(statement)
    parts = re.split(rf"(?<!\w)({whole})(?!\w)", statement, flags=re.I)
    return "".join(f'<b class="key">{text(p)}</b>' if n % 2 else text(p) for n, p in enumerate(parts))


def _outcome(turn: Turn) -> str:
    if turn.record["abstained"]:
        return _abstention(turn)
    lines = {q.number: f"{_source(q)} {_quote(q, turn)}" for q in turn.quotes if _adds(q, turn)}
    sources = "".join(f'<li value="{number}">{line}</li>' for number, line in lines.items())
    open_part = turn.record.get("unanswered")
    return (
        _said(turn)
        + (f'<p class="open" dir="auto">{text(open_part)}</p>' if open_part else "")
        + f'<ol class="notes" aria-label="Footnotes">{sources}</ol>'
    )


def _adds(quote: Quote, turn: Turn) -> bool:
    """Whether the footnote says anything that the one before it does not."""
    before = turn.quotes[quote.number - 2] if quote.number > 1 else None
    same = before and (before.title, before.place) == (quote.title, quote.place)
    return not same or bool(_quote(quote, turn))


def _quote(quote: Quote, turn: Turn) -> str:
    """The sentence around a statement; where the statement is that sentence, there is nothing to add."""
    words = " ".join(quote.text.split())
    return "" if any(words == s["text"] for s in turn.statements) else f'<q dir="auto">{text(words)}</q>'


def _abstention(turn: Turn) -> str:
    asked = set(terms(turn.question))
    related = "".join(f'<li>{_source(q)} <q dir="auto">{_matched(q.text, asked)}</q></li>' for q in turn.quotes)
    heading = "No answer in the articles" if turn.record["hits"] else "Not from the articles"
    return (
        f'<div class="abstention"><h3>{heading}</h3><p dir="auto">{text(turn.record["reason"] or "")}</p>'
        + (f'<h4>Related, not an answer</h4><ol class="notes">{related}</ol>' if related else "")
        + "</div>"
    )


def _matched(passage: str, asked: set[str]) -> str:
    """The part of ``passage`` that holds most of the words ``asked``, these marked; Markdown's own marks left out."""
    parts = re.split(r"(\w+)", " ".join(markup.plain(HEADING.sub("", passage)).split()))
    hits = [n for n, part in enumerate(parts) if n % 2 and part[0].isalnum() and asked & set(terms(part))]
    first = max(0, min(hits, default=0) - 12)
    last, length = first, 0
    while last < len(parts) and length < LENGTH:
        length += len(parts[last])
        last += 1
    shown = "".join(
        f'<b class="key">{text(p)}</b>' if n in hits else text(p) for n, p in enumerate(parts[first:last], first)
    )
    return "…" * bool(first) + shown + "…" * (last < len(parts))


def _note(number: int, title: str) -> str:
    label = f"Footnote {number}: {text(title)}"
    return f'<button class="note" data-do="cite" data-note="{number}" aria-label="{label}">{number}</button>'


def _source(quote: Quote) -> str:
    place = f', <span class="page">{text(quote.place)}</span>' if quote.place else ""
    title = f"<bdi>{text(quote.title)}</bdi>"
    return f'<button class="source" data-do="cite" data-note="{quote.number}">{title}</button>{place}'


def _tools(turn: Turn) -> str:
    return (
        f'<div class="tools">{_tool("copy", "Copy", text(plain(turn)))}{_tool("retry", "Retry")}'
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


def _next(turn: Turn) -> str:
    if not turn.next:
        return ""
    return f'<div class="next"><h3>Go on with</h3>{"".join(_suggestion(q) for q in turn.next)}</div>'


def _suggestion(question: str) -> str:
    return (
        f'<button class="example" data-do="ask" data-question="{text(question)}" dir="auto">{text(question)}</button>'
    )


def _details(turn: Turn) -> str:
    given: dict[str, Any] = turn.record
    times = given["timings"]
    rows = "".join(
        f"<tr><td>{rank}</td><td>{text(hit['title'])}</td><td>{hit['start']}–{hit['end']}</td>"
        f"<td>{hit['score']:.2f}</td><td>{hit['dense_rank'] or '–'}</td><td>{hit['lexical_rank'] or '–'}</td></tr>"
        for rank, hit in enumerate(given["hits"], 1)
    )
    places = "".join(f"<li>{text(q.source)}: characters {q.start}–{q.end}</li>" for q in turn.quotes)
    read = "".join(f'<li dir="auto">{text(sentence)}</li>' for sentence in given["evidence"])
    return (
        "<details><summary>Details</summary>"
        f"<p>{text(Path(given['model']).name)} · confidence {given['confidence']:.2f} · {given['tokens']} tokens · "
        f"{times['total']:.2f} s: search {times['search']:.2f}, reading {times['generate']:.2f}, "
        f"writing and checking {times['verify']:.2f}</p>"
        + (f"<h3>Footnotes in the files</h3><ol>{places}</ol>" if places else "")
        + (
            '<div class="wide" tabindex="0" role="region" aria-label="Passages found"><table><caption>Passages found'
            '</caption><thead><tr><th scope="col">Rank</th><th scope="col">Article</th><th scope="col">Characters</th>'
            '<th scope="col">Score</th><th scope="col">By meaning</th><th scope="col">By words</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div><h3>Sentences read</h3><ol>{read}</ol>"
            if given["hits"]
            else ""
        )
        + "</details>"
    )
