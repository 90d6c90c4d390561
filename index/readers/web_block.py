"""Blocks of a web page: its paragraphs, list items and rows, and which of them are menus."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

BLANKS = re.compile(r"[ \r\f\v]+")
LETTER = re.compile(r"\w")
LINKED = 0.8  # the share of a block's letters that are links, from which on it may be part of a menu
SHORT = 60  # characters: no more has a line of a menu
RUN = 3  # lines of links one after the other that are a menu


@dataclass
class Block:
    """A paragraph, or what is as much apart; ``linked`` counts its letters that are in links, ``first`` is the first
    row of a table."""

    text: str
    linked: int = 0
    tag: str = "p"
    first: bool = False

    @property
    def is_menu(self) -> bool:
        """Whether it may be a line of a menu."""
        letters = sum(map(str.isalnum, self.text))
        return (
            len(self.text) < SHORT
            and self.linked >= LINKED * letters
            and self.tag[0] != "h"
            and not re.search(r"[.!?。]$", self.text)
        )


def tidy(blocks: Iterable[Block]) -> list[Block]:
    """``blocks`` that hold a word, without needless blanks."""
    found = []
    for block in blocks:
        if block.tag == "pre":
            block.text = block.text.strip("\n").rstrip()
        else:
            lines = (BLANKS.sub(" ", line).strip(" ") for line in block.text.split("\n"))
            block.text = "\n".join(filter(None, lines))
        if LETTER.search(block.text):
            found.append(block)
    return found


def without_menus(blocks: list[Block]) -> list[Block]:
    """Without runs of lines that are nothing but links: of RUN, or a list's."""
    kept: list[Block] = []
    run: list[Block] = []
    for block in [*blocks, Block("end.")]:
        if block.is_menu:
            run.append(block)
            continue
        lists = len(run) > 1 and all(line.tag == "li" for line in run)
        kept += [] if lists or len(run) >= RUN else run
        run = []
        kept.append(block)
    return kept[:-1]
