"""Grammars: the replies that are possible, in GBNF, the notation of llama.cpp, for servers that decode by one.

A reply is ``[0]``, or the label of a sentence and a run of whole words of that very sentence: what `generation.py`
allows in this process. The rules are as long as the evidence: from each word on, a span ends or goes on with the next.
"""

import json
from collections.abc import Sequence
from itertools import pairwise

from rag.prompt import one_line
from rag.question import WHOLE, YES_OR_NO, Kind
from rag.span import boundaries


def grammar(evidence: Sequence[str], wanted: Kind) -> str:
    """The grammar of a reply to a question of the kind ``wanted`` about ``evidence``."""
    rules: list[str] = []
    replies = ['"[0]"']
    yes_or_no = " | ".join(map(_text, YES_OR_NO))
    for label, text in enumerate(evidence, 1):
        if wanted in WHOLE:
            replies.append(f'"[{label}]"')
        elif wanted is Kind.POLAR:
            replies.append(f'"[{label}] " ({yes_or_no})')
        elif spans := _spans(one_line(text), f"s{label}"):
            replies.append(f'"[{label}] " s{label}')
            rules += spans
    return "\n".join([f"root ::= {' | '.join(replies)}", *rules])


def _spans(sentence: str, name: str) -> list[str]:
    """Rules for the runs of whole words in ``sentence``, the first of which allows any of them."""
    edges = boundaries(sentence)
    rules = []
    for number, (start, after) in enumerate(pairwise([*edges.starts, len(sentence)])):
        end = max(e for e in edges.ends if start < e <= after)
        last = number + 1 == len(edges.starts)
        more = "" if last else f" ({_text(sentence[end:after])} {name}w{number + 1})?"
        rules.append(f"{name}w{number} ::= {_text(sentence[start:end])}{more}")
    anywhere = " | ".join(f"{name}w{number}" for number in range(len(rules)))
    return [f"{name} ::= {anywhere}", *rules] if rules else []


def _text(literal: str) -> str:
    return json.dumps(literal, ensure_ascii=False)
