"""The address of a library on Milvus, as ``--library`` takes it."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import UsageError

FORM = re.compile(r"milvus(?P<tls>\+tls)?://(?P<server>[^/@\s]+:\d+)/(?P<name>[A-Za-z_]\w{0,199})", re.ASCII)
TOKEN = "FOOTNOTE_MILVUS_TOKEN"  # noqa: S105  # names what holds user:password, or a key
CERTIFICATE = "FOOTNOTE_MILVUS_CERTIFICATE"  # file of the authority that signed the server's, where the system has none
LOCAL = "footnote"  # the name of the library in a file


@dataclass(frozen=True)
class Address:
    """Where a library is: the server (``uri``) and its name there. ``file`` is None but for milvus-lite's."""

    text: str
    uri: str
    name: str
    file: Path | None = None
    token: str = field(default="", repr=False)
    certificate: str = ""

    @classmethod
    def parse(cls, text: str) -> "Address":
        """``milvus://HOST:PORT/NAME``, ``milvus+tls://HOST:PORT/NAME`` or ``milvus+file:FOLDER``; else UsageError.

        The token and the certificate are taken from the environment, never from ``text``.
        """
        if text.startswith("milvus+file:") and (folder := text.removeprefix("milvus+file:")):
            file = Path(folder).expanduser().resolve() / "milvus.db"
            return cls(text, str(file), LOCAL, file)
        if not (form := FORM.fullmatch(text)):
            raise UsageError(
                f"{text} names no library on Milvus: say milvus://HOST:PORT/NAME, milvus+tls://HOST:PORT/NAME "
                f"(NAME of letters, digits and _; a token goes into {TOKEN}) or milvus+file:FOLDER."
            )
        scheme = "https" if form["tls"] else "http"
        token, certificate = os.environ.get(TOKEN, ""), os.environ.get(CERTIFICATE, "")
        return cls(text, f"{scheme}://{form['server']}", form["name"], None, token, certificate if form["tls"] else "")
