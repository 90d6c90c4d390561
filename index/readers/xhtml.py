"""XHTML: web pages that are XML, in which empty elements end where they begin and CDATA is text."""

import re
from functools import cache
from html import unescape
from typing import Any

TYPED = "{http://www.idpf.org/2007/ops}type"  # what an element of a book is; in HTML it is called epub:type
NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[a-zA-Z]\w*;")
DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
TYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"&%<]{0,200})"|'([^'&%<]{0,200})')\s*>""")


def xhtml(source: str) -> Any | None:
    """The tree of a page with its elements called as in HTML; None where it is no sound XML."""
    import lxml.etree as etree
    import lxml.html

    try:
        tree = lxml.html.document_fromstring(_without_type(source).encode(), parser=_parser())
    except (etree.XMLSyntaxError, ValueError):
        return None
    for element in tree.iter("{*}*"):
        element.tag = element.tag.rpartition("}")[2]
    return tree


@cache
def _parser() -> Any:
    import lxml.html

    return lxml.html.XHTMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _without_type(source: str) -> str:
    """``source`` without its declarations, and with the entities that they or HTML name as what they stand for."""
    declared = TYPE.search(source)
    named = {e[1]: e[2] or e[3] or "" for e in ENTITY.finditer((declared and declared[1]) or "")}
    source = TYPE.sub("", DECLARED.sub("", source), count=1)
    return NAMED.sub(lambda entity: named.get(entity[0][1:-1]) or unescape(entity[0]), source)
