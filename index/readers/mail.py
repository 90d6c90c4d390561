"""Mail (.eml), mailboxes (.mbox) and saved pages (.mhtml), which are mail as well."""

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, cast

from index.document import PARAGRAPHS, Document, UnreadableFile, clean, damage, iso, parts, title
from index.readers.encoding import decode, decode_page
from index.readers.html import page
from index.readers.text import plain

HEADERS = ("From", "To", "Cc", "Date", "Subject")
SEPARATOR = re.compile(rb"^From \S.*\d\d:\d\d.*\d{4}.*$", re.MULTILINE)
QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)  # what mailboxes put before lines that look like a separator
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
        return Document(_text(found), title(_header(found, "Subject")), _day(found))


def mailbox(path: Path) -> Document:
    """A page for each message."""
    data = path.read_bytes()
    with damage("mailbox"):
        starts = [match.start() for match in SEPARATOR.finditer(data)]
        if not starts:
            return plain(path)
        texts, lost = [], []
        for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True), 1):
            try:
                words = _text(_parsed(QUOTED.sub(b"", data[start:end].partition(b"\n")[2])))
            except Exception:
                lost.append(f"message {number} can't be read")
            else:
                texts.append((f"message {number}", words))
    text, pages, labels = parts(texts)
    return Document(text, None, None, pages, labels, tuple(lost))


def saved_page(path: Path) -> Document:
    """The web page in it; without one, what stands there as text."""
    with damage("MHTML"):
        for part in _parsed(path.read_bytes()).walk():
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                return page(decode_page(cast(bytes, part.get_payload(decode=True)) or b""))
    return plain(path)


def _parsed(data: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(data, policy=cast(Any, _Policy())))


def _header(found: EmailMessage, name: str) -> str:
    with suppress(Exception):  # whatever a broken header makes the parser raise
        return " ".join(str(found[name] or "").split())
    return ""


def _day(found: EmailMessage) -> str | None:
    with suppress(Exception):
        return iso(parsedate_to_datetime(_header(found, "Date")))
    return None


def _text(found: EmailMessage) -> str:
    heads = [f"{name}: {value}" for name in HEADERS if (value := _header(found, name))]
    return clean(PARAGRAPHS.join(filter(None, ["\n".join(heads), _body(found), *_attached(found)])))


def _body(found: EmailMessage) -> str:
    body = found.get_body(("plain", "html"))
    if body is None:
        return ""
    data = cast(bytes, body.get_payload(decode=True)) or b""
    charset = str(body.get_param("charset") or "")
    if body.get_content_type() == "text/html":
        with suppress(UnreadableFile):
            return page(decode_page(data)).text
        return ""
    return _decoded(data, charset)


def _decoded(data: bytes, charset: str) -> str:
    """``data`` in the encoding that the message says, or in whichever it is; what is in none keeps its letters."""
    with suppress(LookupError, UnicodeDecodeError):
        return data.decode(charset or "utf-8").strip()
    with suppress(UnreadableFile):
        return decode(data).strip()
    return data.decode("cp1252", "replace").strip()


def _attached(found: EmailMessage) -> Iterator[str]:
    """What is attached: messages and short texts as they stand, of other files the names."""
    for part in found.iter_attachments():
        name = " ".join((part.get_filename() or "").split())
        data = part.get_payload(decode=True)
        if part.get_content_type() == "message/rfc822":
            yield _text(cast(EmailMessage, part.get_content()))
        elif part.get_content_type() == "text/plain" and isinstance(data, bytes) and len(data) < LARGEST:
            words = _decoded(data, str(part.get_param("charset") or ""))
            yield f"Attached: {name}\n\n{words}" if name else words
        elif name:
            yield f"Attached: {name}"
