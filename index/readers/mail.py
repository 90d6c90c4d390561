"""Mail (.eml), mailboxes (.mbox) and saved pages (.mhtml), which are mail as well."""

import email
import email.policy
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, cast

from index.document import PARAGRAPHS, Document, UnreadableFile, clean, damage, iso, parts, title
from index.readers.encoding import decode, decode_page
from index.readers.html import page
from index.readers.text import plain

HEADERS = ("From", "To", "Cc", "Date", "Subject")
SEPARATOR = re.compile(rb"^From \S.*\d\d:\d\d.*\d{4}.*$(?=\r?\n(?:[!-9;-~]+:|>From ))", re.MULTILINE)
HEAD = re.compile(rb".*?(?=\r?\n\r?\n|\Z)", re.DOTALL)
QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)  # what mailboxes put before lines that look like a separator
WEB = ("text/html", "application/xhtml+xml")
MARKED = ("text/rtf", "text/richtext", "text/enriched", "text/css", "text/javascript")
EXPUNGED = 8  # of the flags that Thunderbird gives a message
FLOWED = re.compile(r"(?<!^--) \r?\n(?!>|-- \r?$|[ \t]*\r?$)", re.MULTILINE)
LARGEST = 10**6  # bytes of an attached text that is read with its message
LONGEST = 10_000  # characters of a header that is decoded; a longer one, of hundreds of addresses, stays as it is


class _Policy(email.policy.EmailPolicy):
    """Python's own, which takes ever longer for long headers, without them."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return value if len(value) > LONGEST else super().header_fetch_parse(name, value)


def message(path: Path) -> Document:
    """Who wrote to whom, when and about what; then the text, and the names of what is attached."""
    with damage("mail"):
        found = _parsed(path.read_bytes())
        if not any(_header(found, name) for name in HEADERS):
            return plain(path)
        lost = ("is encrypted: what it says can't be read",) if _is_encrypted(found) else ()
        return Document(_text(found), title(_header(found, "Subject")), _day(found), lost=lost)


def mailbox(path: Path) -> Document:
    """A page for each message."""
    data = path.read_bytes()
    data = data if b"\n" in data else data.replace(b"\r", b"\n")
    with damage("mailbox"):
        starts = [match.start() for match in SEPARATOR.finditer(data)]
        if not starts:
            return plain(path)
        texts, lost = [], []
        for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), 1):
            try:
                found = _parsed(QUOTED.sub(b"", data[start:end].partition(b"\n")[2]))
                if _is_deleted(found):
                    continue
                words = _text(found)
            except Exception:
                lost.append(f"message {number} can't be read")
            else:
                texts.append((f"message {number}", words))
    text, pages, labels = parts(texts)
    return Document(text, None, None, pages, labels, tuple(lost))


def saved_page(path: Path) -> Document:
    """The web page in it, and behind it those that it shows in frames; without one, what stands there as text."""
    with damage("MHTML"):
        found = _parsed(path.read_bytes())
        sources = [part for part in found.walk() if part.get_content_type() in WEB]
        sheets = [_decoded(_data(part), _charset(part)) for part in found.walk() if part.get_content_subtype() == "css"]
        pages = []
        for source in sources:
            with suppress(UnreadableFile):  # advertisements
                pages.append(_page(source, sheets))
        if sources and not pages:
            raise UnreadableFile("holds no main text, at most menus")
    if not pages:
        return plain(path)
    named = title(pages[0].title, _header(found, "Subject"))
    return replace(pages[0], text=PARAGRAPHS.join(part.text for part in pages), title=named)


def _parsed(data: bytes) -> EmailMessage:
    """The message, the headers of which may be in any encoding."""
    data = data.removeprefix(BOM_UTF8)
    head = cast(re.Match[bytes], HEAD.match(data))[0]
    with suppress(UnreadableFile):
        data = (head if head.isascii() else decode(head).encode()) + data[len(head) :]
    return cast(EmailMessage, email.message_from_bytes(data, policy=cast(Any, _Policy())))


def _header(found: EmailMessage, name: str) -> str:
    with suppress(Exception):  # whatever a broken header makes the parser raise
        return " ".join(str(found[name] or "").split())
    return ""


def _day(found: EmailMessage) -> str | None:
    with suppress(Exception):
        return iso(parsedate_to_datetime(_header(found, "Date")))
    return iso(_header(found, "Date"))


def _text(found: EmailMessage) -> str:
    heads = [f"{name}: {value}" for name in HEADERS if (value := _header(found, name))]
    return clean(PARAGRAPHS.join(filter(None, ["\n".join(heads), *_shown(found)])))


def _shown(part: EmailMessage) -> Iterator[str]:
    """The texts of a part in order: messages, pages and short texts as they stand, of other files the names."""
    kind = part.get_content_type()
    name = " ".join((part.get_filename() or "").split())
    if kind == "message/rfc822":
        yield _text(cast(EmailMessage, part.get_content()))
    elif kind == "multipart/alternative":
        ways = sorted(_inner(part), key=_likeness)
        yield from next((texts for way in ways if any(texts := list(_shown(way)))), [])
    elif part.is_multipart():
        for place, inner in enumerate(_inner(part)):
            if kind != "multipart/related" or not place or inner.is_attachment():  # the others are pictures in it
                yield from _shown(inner)
    elif kind in WEB and (not part.is_attachment() or len(_data(part)) < LARGEST):
        attached = f"Attached: {name}" * part.is_attachment()
        with suppress(UnreadableFile):
            attached = PARAGRAPHS.join(filter(None, [attached, _page(part).text]))
        yield attached
    elif _is_text(part) and (not name or len(_data(part)) < LARGEST):
        words = _unfolded(part, _decoded(_data(part), _charset(part)))
        yield f"Attached: {name}\n\n{words}" if name else words
    elif name:
        yield f"Attached: {name}"


def _is_deleted(found: EmailMessage) -> bool:
    """Whether it is only left in a mailbox of Thunderbird until that is compacted."""
    status = _header(found, "X-Mozilla-Status")
    return bool(re.fullmatch(r"[0-9a-fA-F]{4}", status)) and bool(int(status, 16) & EXPUNGED)


def _is_encrypted(found: EmailMessage) -> bool:
    kinds = {part.get_content_type() for part in found.walk()}
    return "multipart/encrypted" in kinds or (
        "application/pkcs7-mime" in kinds and found.get_param("smime-type") != "signed-data"
    )


def _unfolded(part: EmailMessage, words: str) -> str:
    """The text of a part with the lines joined that were only broken for the way: those that end with a blank."""
    if part.get_param("format") != "flowed":
        return words
    blank = "" if str(part.get_param("delsp")).lower() == "yes" else " "
    return FLOWED.sub(blank, words)


def _likeness(way: EmailMessage) -> int:
    """Which of several ways to say the same is shown: a web page first, as mail programs do, then text."""
    kinds = {part.get_content_type() for part in way.walk() if not part.is_attachment()}
    return 0 if kinds & {*WEB} else 1 if "text/plain" in kinds else 2


def _is_text(part: EmailMessage) -> bool:
    """Whether it can be read as it stands: an invitation, a table, what says that it has parts and has none."""
    return part.get_content_maintype() in ("text", "multipart") and part.get_content_type() not in (*WEB, *MARKED)


def _inner(part: EmailMessage) -> list[EmailMessage]:
    return cast(list[EmailMessage], part.get_payload())


def _page(part: EmailMessage, sheets: Sequence[str] = ()) -> Document:
    """A web page with its style ``sheets``, which are parts of their own."""
    is_xml = part.get_content_type() == WEB[1]
    styles = "" if is_xml else "".join(f"<style>{sheet}</style>" for sheet in sheets if "</" not in sheet)
    return page(decode_page(_data(part), _charset(part)) + styles, is_xml=is_xml)


def _data(part: EmailMessage) -> bytes:
    return cast(bytes, part.get_payload(decode=True)) or b""


def _charset(part: EmailMessage) -> str:
    return str(part.get_param("charset") or "")


def _decoded(data: bytes, charset: str) -> str:
    """``data`` in the encoding that the message says, or in whichever it is; what is in none keeps its letters."""
    with suppress(LookupError, UnicodeDecodeError):
        return data.decode(charset or "utf-8").strip()
    with suppress(UnreadableFile):
        return decode(data).strip()
    return data.decode("cp1252", "replace").strip()
