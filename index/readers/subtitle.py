"""Subtitles (.srt, .vtt): what is said, without the times and looks of it."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from index.document import PARAGRAPHS, Document, clean, parts, title
from index.readers.encoding import decode
from index.readers.text import plain

CUE = re.compile(  # the line before what is said, with when it begins and ends
    r"^[ \t]*(?:(\d{1,3}):)?(\d\d):\d\d[.,]\d{1,3}[ \t]+-->[ \t]+(?:\d{1,3}:)?\d\d:\d\d[.,]\d.*\n?", re.MULTILINE
)
EMPTY = re.compile(r"\n(?:[ \t]*\n)+")
NUMBER = re.compile(r"\n\d+\s*\Z")
ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)\b")
NAMED = re.compile(r"WEBVTT[ \t]+(?:-[ \t]*)?(\S.*)")
VOICE = re.compile(r"<v(?:\.[^\s<>]{0,99})?[ \t]{1,9}([^<>\n]{1,200})>")
LOOK = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>|<[\d:.]{1,20}>|\{\\[^{}\n]{0,200}\}")
SPEAKER = re.compile(r"[-–—]\s?\w|>>|\w[\w .]{0,30}:\s")  # how a line begins that somebody else says
STOP = re.compile(r"[.!?…。！？]\W*\Z")
LONG = 1000  # characters after which a sentence is over, for many have no full stops


def subtitles(path: Path) -> Document:
    """A page for each minute in which somebody begins to speak; a sentence stays whole, a speaker begins a paragraph.

    What holds no times is read as text.
    """
    source = decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    pages: list[tuple[str, str]] = []
    words, since, last = "", -1, ""
    for minute, line in _lines(source):
        rolled, last = line == last and " " in line, line
        if rolled:  # as a line moves up, it is shown again
            continue
        speaks, whole = bool(SPEAKER.match(line)), bool(STOP.search(words[-9:])) or len(words) > LONG
        if minute != since and (speaks or whole or not words):
            pages.append((f"minute {since}", words))
            words, since = "", minute
        words += (PARAGRAPHS if speaks else " ") * bool(words) + line
    if since < 0:
        return plain(path)
    text, offsets, labels = parts([*pages, (f"minute {since}", words)])
    named = NAMED.match(source)
    return Document(clean(text), title(named[1] if named else None), None, offsets, labels)


def _lines(source: str) -> Iterator[tuple[int, str]]:
    """The lines that are shown, each with the minute in which it comes."""
    cues = list(CUE.finditer(source))
    for cue, after in zip(cues, [*cues[1:], None], strict=False):
        shown = EMPTY.split(source[cue.end() : after.start() if after else len(source)])
        if after:  # the number or name of the next
            shown[-1] = NUMBER.sub("", shown[-1]) if "\n" in shown[-1].strip() or len(shown) == 1 else ""
        for block in shown:
            for line in [] if ASIDE.match(block) else block.split("\n"):
                said = unescape(LOOK.sub("", VOICE.sub(r"\1: ", line)))
                if said := " ".join(said.split()):
                    yield 60 * int(cue[1] or 0) + int(cue[2]), said
