"""Accounts: who may see the page, from a file with a line ``user:password`` or ``user:hash`` for each."""

import asyncio
import hashlib
import hmac
import re
import secrets
from pathlib import Path

from index.document import UnreadableFile
from index.errors import UsageError
from index.readers.encoding import decode

N, R, P = 2**15, 8, 1  # scrypt's cost: RFC 7914
HASH = re.compile(r"scrypt:(?P<n>\d+):(?P<r>\d+):(?P<p>\d+)\$(?P<salt>[^$]+)\$(?P<key>[0-9a-f]+)")
NOBODY = f"scrypt:{N}:{R}:{P}$nobody$00"  # no password has this hash


class Accounts:
    """Users and their passwords, read once; raises UsageError for a file that holds none."""

    def __init__(self, file: Path) -> None:
        try:
            lines = decode(file.read_bytes()).splitlines()  # in whatever encoding an editor saved it
        except (OSError, UnreadableFile) as error:
            raise UsageError(f"{file} can't be read: name a text file with lines user:password.") from error
        self._hashes: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            user, colon, secret = line.partition(":")
            if not (user and colon and secret):
                raise UsageError(f"{file} line {number} is not user:password.")
            self._hashes[user] = secret if HASH.fullmatch(secret) else hashed(secret)
        if not self._hashes:
            raise UsageError(f"{file} names nobody: add a line user:password.")

    async def admit(self, user: str, password: str) -> bool:
        """As ``verify``, in a thread: those who are logged in already need not wait for it."""
        return await asyncio.to_thread(self.verify, user, password)

    def verify(self, user: str, password: str) -> bool:
        """Whether ``user`` has this ``password``; who does not exist is refused as slowly as who does."""
        parts = HASH.fullmatch(self._hashes.get(user, NOBODY))
        assert parts
        key = _key(password, parts["salt"], int(parts["n"]), int(parts["r"]), int(parts["p"]))
        return hmac.compare_digest(key, parts["key"])


def hashed(password: str) -> str:
    """``password`` as scrypt leaves it, written as Werkzeug writes it: ``scrypt:32768:8:1$salt$key``."""
    salt = secrets.token_hex(8)
    return f"scrypt:{N}:{R}:{P}${salt}${_key(password, salt, N, R, P)}"


def _key(password: str, salt: str, n: int, r: int, p: int) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=n, r=r, p=p, maxmem=132 * n * r * p).hex()
