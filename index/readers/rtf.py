"""Rich text (.rtf), by striprtf."""

import re
from codecs import lookup
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from index.document import PARAGRAPHS, Document, clean, damage, iso, needs, row, title
from index.readers.formula import raised
from index.readers.text import plain

MAGIC = b"{\\rtf"
ASIDE = re.compile(r"\{\\(footnote|header[lrf]?|footer[lrf]?|shp)(?![a-z])")
BOX = "{\\shptxt"
BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
PARAGRAPH = re.compile(r"\\(?:par|cell|sect|page)(?![a-z])|\}\s*\Z")
INFO = re.compile(rb"\{\\info.{0,2000}?\{\\title ((?:[^{}]|\{[^{}]*\})*)\}", re.DOTALL)
HEADED = re.compile(rb"\{\\s(\d+)[^{};]*?(?:heading 1|title);", re.IGNORECASE)  # styles of titles
CREATED = re.compile(rb"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")

TOKEN = re.compile(r"\\([a-zA-Z]+)(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\[^a-zA-Z]|[{}]|[^\\{}]+", re.DOTALL)
FONT = re.compile(r"\\f(\d+)(?:[^;\\]|\\(?!f\d))*?\\fcharset(\d+)")
COLOURS = re.compile(r"\{\\colortbl([^{}]*)\}")
PAGES = {  # code pages that Python knows by another name
    "10000": "mac_roman", "10001": "shift_jis", "10006": "mac_greek", "10007": "mac_cyrillic", "10029": "mac_latin2",
    "65001": "utf-8",
}  # fmt: skip
SETS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}  # what a file says instead of a code page
BAR = "\ue07c"  # stands for "|", with which striprtf ends cells

LINK = re.compile(r"(\\fldinst\b[^}]{0,200}?)HYPER(?=LINK)", re.IGNORECASE)
ITEM = re.compile(r"^([•·▪–-]|\(?\w{1,3}[.)])\t")


def rtf(path: Path) -> Document:
    """Paragraphs apart, and the rows of tables with a tab between cells; what is no rich text is read as text."""
    with needs("striprtf"):
        from striprtf.striprtf import rtf_to_text
    data = path.read_bytes()
    if not data.lstrip().startswith(MAGIC):
        return plain(path)
    with damage("RTF"):
        source = _in_order(_seen(_for_striprtf(data.decode("latin-1"))))
        told: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    told = told.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")  # halves of one sign, joined
    lines = []
    for line in told.splitlines():
        lines.append(row(line.rstrip().rstrip("|").split("|")) if "|" in line else ITEM.sub(_mark, line.strip()))
    text = ""
    for before, line in zip(["", *lines], lines, strict=False):
        text += ("\n" if "\t" in before and "\t" in line else PARAGRAPHS) + line if line else ""
    name, created = INFO.search(data), CREATED.search(data)
    headings = [_heading(data, style[1]) for style in HEADED.finditer(data)]
    day = "{}-{:0>2}-{:0>2}".format(*(part.decode() for part in created.groups())) if created else None
    return Document(
        clean(text.strip()).replace(BAR, "|"), title(_described(data, name[1]) if name else None, *headings), iso(day)
    )


def _for_striprtf(source: str) -> str:
    """``source`` with what striprtf skips written as what it reads: numbers of lists, ends of columns, and of an
    object what is shown of it; and links as what it skips, for it shows where they lead to."""
    source = re.sub(r"\\column(?![a-z])", r"\\par", source.replace("{\\pntext", "{\\listtext"))
    source = LINK.sub(r"\1", source)
    return re.sub(r"\{\\(?:object|result)(?![a-z]) ?", "{", source)


def _heading(data: bytes, style: bytes) -> str:
    """The first paragraph in the style with that number."""
    found = re.search(
        rb"\\pard(?![a-z])(?:(?!\\par)[^{}]){0,200}?\\s" + style + rb"(?!\d)(.{1,1000}?)\\par(?![a-z])", data, re.DOTALL
    )
    return _described(data, found[1]) if found else ""


def _described(data: bytes, words: bytes) -> str:
    """Words of the file's description, in the code page of the file."""
    from striprtf.striprtf import rtf_to_text

    page = re.search(rb"\\ansicpg\d+", data[:1000])
    told: str = rtf_to_text(f"{{\\rtf1{page[0].decode() if page else ''} {words.decode('latin-1')}}}", errors="replace")  # type: ignore[no-untyped-call]
    return told


@dataclass
class _Style:
    """How letters are shown from here to the end of a group."""

    font: str = ""
    is_hidden: bool = False
    is_deleted: bool = False
    is_raised: bool = False
    is_white: bool = False
    ground: bool = False  # of the letters
    field: bool = False  # of the paragraph or the cell, as far as we know
    box: bool = False
    skipped: int = 1  # characters after a Unicode one, for programs that know none

    @property
    def is_unseen(self) -> bool:
        return self.is_hidden or self.is_deleted or (self.is_white and not (self.ground or self.field or self.box))


def _seen(source: str) -> str:
    """``source`` without what is hidden or deleted, all of its letters as Unicode ones or ASCII."""
    fonts, page, white = _fonts(source), _page(source[:1000]), _white(source)
    style, styles, skip = _Style(), list[_Style](), 0
    pieces: list[str] = []

    def add(words: bytes) -> None:
        if style.is_unseen:
            return
        said = words.decode(fonts.get(style.font) or page, "replace").replace("|", BAR)
        said = raised(said) if style.is_raised else said
        pieces.append("".join(sign if sign.isascii() else f"{{\\uc1\\u{ord(sign)}?}}" for sign in said))

    for kind, group in groupby(TOKEN.finditer(source), key=lambda token: token[3] is not None):
        tokens = list(group)
        if kind:
            pieces += [token[0] for token in tokens[:skip]]
            add(bytes.fromhex("".join(token[3] for token in tokens[skip:])))
            skip = max(0, skip - len(tokens))
            continue
        for token in tokens:
            word, number = token[1], token[2]
            if word is None and token[0][0] not in "\\{}":
                pieces.append(token[0][:skip])
                add(token[0][skip:].encode("latin-1"))
                skip = max(0, skip - len(token[0]))
                continue
            skip = style.skipped if word == "u" else 0
            if token[0] == "{":
                styles.append(replace(style))
            elif token[0] == "}":
                style = styles.pop() if styles else _Style()
            elif word:
                _change(style, word, number)
                style.is_white = number in white if word == "cf" else style.is_white
            unseen = style.is_unseen and (word == "u" or token[0] in ("\\~", "\\_"))
            skip = 0 if unseen else skip
            pieces += [] if unseen else [token[0]]
    return "".join(pieces)


def _change(style: _Style, word: str, number: str | None) -> None:
    on = number != "0"
    match word:
        case "f":
            style.font = number or ""
        case "uc":
            style.skipped = int(number or 1)
        case "v":
            style.is_hidden = on
        case "deleted":
            style.is_deleted = on
        case "super":
            style.is_raised = on
        case "nosupersub" | "sub":
            style.is_raised = False
        case "highlight" | "cb" | "chcbpat" | "chshdng":
            style.ground = on
        case "cbpat" | "shading" | "intbl":
            style.field = on
        case "shptxt":
            style.box = True
        case "pard":
            style.field = False
        case "plain":
            style.is_hidden = style.is_deleted = style.is_raised = style.is_white = style.ground = False


def _white(source: str) -> set[str]:
    """The numbers of the colours that are white, where the page has no colour of its own."""
    table = COLOURS.search(source)
    entries = table[1].split(";") if table and "{\\*\\background" not in source else []
    return {str(number) for number, entry in enumerate(entries) if re.findall(r"\d+", entry) == ["255"] * 3}


def _fonts(source: str) -> dict[str, str]:
    """The encodings of the fonts that have one of their own, by the numbers of the fonts."""
    from striprtf.striprtf import charset_map

    start = source.find("\\fonttbl")
    table = source[start : _end(source, source.rfind("{", 0, start))] if start > 0 else ""
    charsets = {number: int(charset) for number, charset in FONT.findall(table)}
    return {number: name for number, charset in charsets.items() if _is_known(name := charset_map.get(charset, ""))}


def _page(head: str) -> str:
    """The encoding of letters in other fonts."""
    page = re.search(r"\\ansicpg(\d+)", head)
    name = PAGES.get(page[1], f"cp{page[1]}") if page else ""
    other = re.search(r"\\(mac|pca?)(?![a-z])", head)
    return name if _is_known(name) else SETS[other[1]] if other else "cp1252"


def _is_known(encoding: str) -> bool:
    with suppress(LookupError):
        return bool(encoding and lookup(encoding))
    return False


def _in_order(source: str) -> str:
    """``source`` with its footnotes and text boxes behind their paragraphs, headers and footers as paragraphs."""
    pieces: list[str] = []
    notes: list[str] = []
    at = 0
    for group in ASIDE.finditer(source):
        if group.start() < at:
            continue
        pieces += [_with_notes(source[at : group.start()], notes)]
        at = _end(source, group.start())
        if group[1] == "footnote":
            notes.append(source[group.end() : at - 1])
        elif group[1] == "shp":  # a drawing
            box = source.find(BOX, group.start(), at)
            notes += [source[box + len(BOX) : _end(source, box) - 1]] if box >= 0 else []
        else:
            pieces += [f"{{\\par {source[group.end() : at - 1]}\\par }}"]
    rest = _with_notes(source[at:], notes)
    return "".join(pieces) + rest + "".join(f"\\par {note}" for note in notes)  # of a file that is cut off


def _with_notes(source: str, notes: list[str]) -> str:
    """``source`` with ``notes`` behind its first paragraph, or its text, if it ends there; they are used up then."""
    end = PARAGRAPH.search(source) if notes else None
    if end is None:
        return source
    said = "".join(f"{{\\par {note}}}" for note in notes)
    notes.clear()
    return source[: end.start()] + said + source[end.start() :]


def _end(source: str, start: int) -> int:
    """Where the group is over that starts at ``start``."""
    depth = 0
    for brace in BRACE.finditer(source, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return brace.end()
    return len(source)


def _mark(item: re.Match[str]) -> str:
    return f"{item[1] if item[1][-1] in '.)' else '-'} "
