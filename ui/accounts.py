"""Accounts: who may see the page, from a file with a line ``user:password`` or ``user:hash`` for each."""

import hashlib
import hmac
import re
import secrets
from pathlib import Path

from index.errors import UsageError

N, R, P = 2**15, 8, 1  # scrypt's cost: RFC 7914
HASH = re.compile(r"scrypt:(?P<n>\d+):(?P<r>\d+):(?P<p>\d+)\$(?P<salt>[^$]+)\$(?P<key>[0-9a-f]+)")


class Accounts:
    """Users and their passwords, read once; raises UsageError for a file that holds none."""

    def __init__(self, file: Path) -> None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} can't be read: name a text file with lines user:password.") from error
        self._secrets: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            user, colon, secret = line.partition(":")
            if not (user and colon and secret):
                raise UsageError(f"{file} line {number} is not user:password.")
            self._secrets[user] = secret
        if not self._secrets:
            raise UsageError(f"{file} names nobody: add a line user:password.")

    def know(self, user: str, password: str) -> bool:
        """Whether ``user`` has this ``password``; an unknown user takes as long to refuse as a known one."""
        secret = self._secrets.get(user, "")
        parts = HASH.fullmatch(secret) or HASH.fullmatch(hashed("", "-"))
        assert parts
        key = _key(password, parts["salt"], int(parts["n"]), int(parts["r"]), int(parts["p"]))
        if HASH.fullmatch(secret):
            return hmac.compare_digest(key, parts["key"])
        return bool(secret) and hmac.compare_digest(secret.encode(), password.encode())


def hashed(password: str, salt: str = "") -> str:
    """``password`` as scrypt leaves it, written as Werkzeug writes it: ``scrypt:32768:8:1$salt$key``."""
    salt = salt or secrets.token_hex(8)
    return f"scrypt:{N}:{R}:{P}${salt}${_key(password, salt, N, R, P)}"


def _key(password: str, salt: str, n: int, r: int, p: int) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=n, r=r, p=p, maxmem=132 * n * r * p).hex()
