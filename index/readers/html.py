"""Web pages: what a reader of the page sees, without its menus. By lxml, which parses as browsers do."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.document import PARAGRAPHS, Document, UnreadableFile, clean, damage, needs, row
from index.readers.boilerplate import is_block, is_boilerplate
from index.readers.encoding import decode_page
from index.readers.form import FIELDS, filled
from index.readers.formula import WEB_PARTS, raised, web_formula
from index.readers.grid import Cell, heads, joined, rows
from index.readers.numbering import shaped
from index.readers.svg import written
from index.readers.unseen import hide, is_unseen
from index.readers.web_block import Block, tidy, without_menus
from index.readers.web_head import named, published
from index.readers.xhtml import TYPED, xhtml

CELLS = ".//*[@role='cell' or @role='gridcell' or @role='columnheader' or @role='rowheader']"
TEXTS = ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article")
INLINE = ("span", "label", "strong", "b", "a", "time", "small")
NOTE = "noteref"
LETTER, WHITE = re.compile(r"\w"), re.compile(r"\s+")
ORDERED = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}  # by the type of a list


def html(path: Path) -> Document:
    """The main text of a page: paragraphs apart, list items and rows on lines of their own, cells with tabs."""
    return page(decode_page(path.read_bytes()), is_xml=path.suffix.lower() == ".xhtml")


def page(source: str, is_xml: bool = False) -> Document:
    """As ``html``, of a page's source. Raises UnreadableFile where there is nothing but menus."""
    with damage("HTML"):
        tree = parsed(source, is_xml)
        text = render(tree)
        return Document(text, named(tree), published(tree, source))


def parsed(source: str, is_xml: bool) -> Any:
    """The tree of a page; as XML where it is that, for then empty elements are closed and CDATA is text."""
    with needs("lxml"):
        import lxml.html
    if is_xml and (tree := xhtml(source)) is not None:
        return tree
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    if not source.strip():
        raise UnreadableFile("holds no main text, at most menus")
    return lxml.html.document_fromstring(source, parser=lxml.html.HTMLParser(huge_tree=True))


def render(tree: Any) -> str:
    """The text of the main part of an lxml tree. Raises UnreadableFile where there is none."""
    frames = [frame.text_content() for frame in tree.iter("noframes")]
    if tree.find(".//frameset") is not None and frames:
        import lxml.html

        tree = lxml.html.document_fromstring("".join(frames))
    hide(tree)
    blocks = without_menus(tidy(_blocks(_main(tree))))
    if not any(re.search(r"\w", block.text) and not block.is_menu for block in blocks):
        raise UnreadableFile("holds no main text, at most menus")
    text = ""
    for before, block in zip([None, *blocks], blocks, strict=False):
        together = before and before.tag == block.tag and block.tag in ("li", "tr", "dt") and not block.first
        text += ("\n" if together else PARAGRAPHS if text else "") + block.text
    return clean(text)


def _main(tree: Any) -> Any:
    """The one element that the page says is its main part, else its body."""
    found = [*tree.iter("main"), *tree.xpath("//*[@role='main']")]
    if len({id(element) for element in found}) == 1:
        return found[0]
    articles = list(tree.iter("article"))
    body = tree.find("body") if tree.find("body") is not None else tree
    if len(articles) == 1 and 2 * len(articles[0].text_content()) > len(body.text_content()):
        return articles[0]
    return body


def _blocks(element: Any) -> Iterator[Block]:
    """The blocks in ``element``, in the order of the page."""
    pieces, linked, tag, mark = list[str](), 0, element.tag, ""
    items = dict[Any, int]()  # the number of the last item of each list so far
    for kind, node, text in _walk(element):
        if kind == "text":
            pieces.append(text)
            if text and _is_in(node, "a"):
                linked += sum(map(str.isalnum, text))
            continue
        said = "".join(pieces)
        if kind == "open" and tag == "li" and node.tag in TEXTS and said.strip() == mark.strip():
            continue  # a paragraph with which an item begins
        yield Block(said, linked, tag)
        pieces, linked, tag = [], 0, "p"
        if kind == "table":
            yield from _table(node)
        elif kind == "open":
            tag = node.tag
            if tag == "li":
                mark = _mark(node, items)
                pieces.append(mark)
    yield Block("".join(pieces), linked, tag)


def _walk(element: Any) -> Iterator[tuple[str, Any, str]]:
    """Steps through ``element``: its texts, and where blocks open and close."""
    inside = [_steps(element)]  # old pages are nested deeper than Python can call
    while inside:
        step = next(inside[-1], None)
        if step is None:
            inside.pop()
        elif step[0] == "into":
            inside.append(_steps(step[1]))
        else:
            yield step


def _steps(element: Any) -> Iterator[tuple[str, Any, str]]:
    """As ``_walk``, with "into" where it goes on in a child."""
    yield "text", element, _words(element, element.text)
    for child in element:
        if _is_apart(child):
            yield "text", element, " "
        if not is_boilerplate(child) and not _is_reference(child):
            if child.tag == "br":
                yield "text", child, "\n"
            elif child.tag == "table" and _is_data(child):
                yield "table", child, ""
            elif child.tag == "dl" and all(part.tag in ("dt", "dd", "div") for part in child.iterchildren("*")):
                yield from _definitions(child)
            elif child.get("role") == "row" and (cells := child.xpath(CELLS)):
                yield from _line("tr", row([_inline(cell) for cell in cells]))
            elif child.tag in WEB_PARTS:
                yield "text", child, web_formula(child)
            elif child.tag == "sup":
                yield "text", child, _raised(child)
            elif child.tag in FIELDS:
                yield "text", child, f" {filled(child)}" + " " * (child.tail or "")[:1].isalnum()
            elif child.tag == "svg":
                yield from _drawing(child)
            elif is_block(child):
                yield "open", child, ""
                yield "into", child, ""
                yield "close", child, ""
            else:
                yield "into", child, ""
        elif is_block(child):
            yield "close", child, ""
        yield "text", element, _words(element, child.tail)


def _line(tag: str, words: str) -> Iterator[tuple[str, Any, str]]:
    """The steps through a block of its own that says ``words``."""
    import lxml.html

    block = lxml.html.Element(tag)
    yield "open", block, ""
    yield "text", block, words
    yield "close", block, ""


def _drawing(element: Any) -> Iterator[tuple[str, Any, str]]:
    """What is written in a drawing, apart from the text around it, where it is more than a sign."""
    words = written(element)
    if LETTER.search(words):
        yield from _line("p", words)


def _is_apart(element: Any) -> bool:
    """Whether it stands right after another of its kind and a page's style will part them: "Captain", "Hanne Birk"."""
    before = element.getprevious()
    if before is None or element.tag not in INLINE or before.tag not in INLINE or before.tail:
        return False
    return bool(re.search(r"[a-z\d.:,)]$", before.text_content()) and re.match(r"[A-Z]", element.text_content()))


def _words(element: Any, text: str | None) -> str:
    if not text:
        return ""
    words = WHITE.sub(" ", text)
    return text if words != text and _is_in(element, "pre", "textarea") else words


def _is_in(element: Any, *tags: str) -> bool:
    return element.tag in tags or next(element.iterancestors(*tags), None) is not None


def _is_reference(element: Any) -> bool:
    """Whether it only points at a footnote, or back from one."""
    link = element if element.tag == "a" else next(element.iter("a"), None) if element.tag == "sup" else None
    if link is None:
        return False
    if (
        NOTE in (link.get("epub:type") or link.get(TYPED) or "").split() or link.get("role") == f"doc-{NOTE}"
    ):  # of a book
        return True
    target = link.get("href") or ""
    raised = element.tag == "sup" or next(link.iter("sup"), None) is not None  # it may point into another file
    if "#" not in target or not (raised or target.startswith("#")):
        return False
    words = element.text_content().strip()
    return bool(re.fullmatch(r"[\[(]?(?:\d{1,3}|[a-z*†‡↑↩︎^⏎\ufe0e]{1,2}|note \d+)[\])]?", words))


def _raised(element: Any) -> str:
    words = " ".join(element.text_content().split())
    before = element.getprevious()
    text = (before.tail if before is not None else element.getparent().text) or ""
    if re.fullmatch(r"\d{1,3}", words) and re.search(r"[.,;:!?”\"’)]\s*$", text):
        return ""  # a footnote's number: "in 1530.¹"
    return raised(words)


def _mark(item: Any, before: dict[Any, int]) -> str:
    """What stands before an item of a list; ``before`` are the numbers of those before it, by list."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    is_reversed = parent.get("reversed") is not None
    first = _integer(parent.get("start"), len(parent.findall("li")) if is_reversed else 1)
    following = before[parent] + (-1 if is_reversed else 1) if parent in before else first
    before[parent] = _integer(item.get("value"), following)
    return f"{shaped(before[parent], ORDERED.get(parent.get('type'), 'decimal'))}. "


def _integer(value: str | None, missing: int) -> int:
    return int(value) if re.fullmatch(r"-?\d{1,9}", value or "") and value else missing


def _definitions(element: Any) -> Iterator[tuple[str, Any, str]]:
    """Terms with their definitions, a row each."""
    term = ""
    groups = [child for child in element if child.tag in ("dt", "dd", "div")]
    for child in (part for group in groups for part in ([group] if group.tag != "div" else group)):
        if child.tag not in ("dt", "dd"):
            continue
        words = _inline(child)
        if child.tag == "dt":
            term = f"{term}, {words}" if term and not term.endswith("\t") else words
        else:
            yield from _line("dt", f"{term.rstrip(chr(9))}\t{words}" if term else words)
            term = f"{term.rstrip(chr(9))}\t"
    if term and not term.endswith("\t"):
        yield "text", element, term


def _is_data(table: Any) -> bool:
    """Whether it is a table of data, not one that lays out a page."""
    if (
        table.get("role") in ("presentation", "none")
        or next(table.iterdescendants("table", "article", "h1"), None) is not None
    ):
        return table.find(".//th") is not None and table.find(".//table") is not None
    wide = max((len(row.findall("td") + row.findall("th")) for row in table.iter("tr")), default=0)
    return wide > 1 and not any(len(cell.text_content()) > 1500 for cell in table.iter("td"))


def _table(table: Any) -> Iterator[Block]:
    """Its caption, and a row a block."""
    for caption in table.iterchildren("caption"):
        yield Block(_inline(caption), tag="caption")
    grid = [
        [
            Cell("" if is_unseen(cell) else _inline(cell), _span(cell, "rowspan"), _span(cell, "colspan"))
            for cell in row
            if cell.tag in ("td", "th")
        ]
        for part in sorted(table.iterchildren("thead", "tbody", "tfoot", "tr"), key=_place)  # not of a table within
        for row in ([part] if part.tag == "tr" else part.iterchildren("tr"))
        if not is_boilerplate(row)
    ]
    for number, line in enumerate(rows(grid, max(_marked(table), heads(grid)))):
        yield Block(line, tag="tr", first=not number)


def _place(part: Any) -> int:
    """The head of a table is shown first and its foot last, wherever they stand."""
    return {"thead": 0, "tfoot": 2}.get(part.tag, 1)


def _marked(table: Any) -> int:
    """How many rows at its top are said to be the names of its columns."""
    return len(table.findall("thead/tr"))


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or ""
    return min(int(value), 200) if value.isdigit() and int(value) else 1


def _inline(element: Any) -> str:
    """The words of a cell: its blocks, joined by semicolons where it has several."""
    found = [" ".join(block.text.split()).removeprefix("- ") for block in _blocks(element)]
    return joined(found)
