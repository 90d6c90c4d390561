"""Markup: the signs within a line of Markdown, which a reader of the page does not see."""

import re

MARKED = re.compile(r"(?<![\w*\\])(\*{1,3}|_{1,3}|~~|`+)(?=[^\s*])(.+?)(?<=\S)\1(?![\w*])", re.DOTALL)
LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
NAMED = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")  # "[[page]]" or "[[page|words]]", as wikis write links
CLOSING = re.compile(r"(?:\*{1,3}|_{1,3}|~~)(?=\s|$)")  # what ends emphasis, after a full stop


def plain(text: str) -> str:
    """``text`` without the marks of emphasis and code, its links as their words.

    Marks are taken off in pairs, around whole words: "2*3*4" and "snake_case" stay as they are.
    """
    if not any(sign in text for sign in "*_~`["):
        return text
    text = NAMED.sub(r"\1", LINK.sub(r"\1", text))
    while (less := MARKED.sub(r"\2", text)) != text:
        text = less
    return text
