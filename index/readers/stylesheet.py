"""Stylesheets of workbooks: the formats of numbers alone, where the rest is damaged, as other programs write it."""

import re

FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*?>")
FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
CELL = re.compile(rb"<(?:\w+:)?xf\b[^>]*>")
ATTRIBUTE = re.compile(rb"""\b(numFmtId|formatCode)=("[^"]*"|'[^']*')""")
SPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PLAIN = (
    b'<styleSheet xmlns="%s"><numFmts count="%d">%s</numFmts><fonts><font/></fonts><fills><fill>'
    b"<patternFill/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs>%s</cellXfs></styleSheet>"
)


def plain(sheet: bytes) -> bytes:
    """A stylesheet with the same formats of numbers, by the same numbers, and no looks."""
    formats = [b"<numFmt %s/>" % _attributes(tag) for tag in FORMAT.findall(sheet)]
    cells = [b"<xf %s/>" % _attributes(tag) for tag in CELL.findall(b"".join(FORMATS.findall(sheet)))]
    return PLAIN % (SPACE, len(formats), b"".join(formats), b"".join(cells) or b"<xf/>")


def _attributes(tag: bytes) -> bytes:
    return b" ".join(b"%s=%s" % found for found in ATTRIBUTE.findall(tag))
