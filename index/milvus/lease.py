"""The lease: one process at a time publishes; whoever dies loses it.

Milvus has no locks. A row says who holds the lease and is rewritten every second; a row that stays the same for
ten is of a process that died. Two that take it in the same moment find out when they read it back.
"""

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import FootnoteError
from index.lock import TIMEOUT
from index.milvus.client import Client
from index.milvus.records import record

BEAT = 1.0  # seconds
DEAD = 10.0  # seconds without a beat
DOUBT = 0.1  # seconds in which somebody else may have taken it, too

log = logging.getLogger(__name__)


@contextmanager
def lease(client: Client) -> Iterator[None]:
    """Hold the lease. Waits for another process, and says so; raises FootnoteError when that takes too long."""
    holder = {"host": socket.gethostname(), "pid": os.getpid(), "token": secrets.token_hex(8)}
    _take(client, holder)
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=[client, holder, over], daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()
        if json.loads(_held(client) or "{}").get("token") == holder["token"]:
            client.delete(client.records, 'id in ["lease"]')


def _take(client: Client, holder: dict[str, object]) -> None:
    began = seen = time.monotonic()
    last, told = "", False
    while True:
        found = _held(client)
        if not found or _dead(found) or time.monotonic() - seen > DEAD:
            _write(client, holder, 0)
            time.sleep(DOUBT)
            if json.loads(_held(client) or "{}").get("token") == holder["token"]:
                return
        elif found != last:
            last, seen = found, time.monotonic()
        elif not told:
            log.warning("Waiting for %s, which is writing %s.", _name(found), client.address.text)
            told = True
        if time.monotonic() - began > TIMEOUT:
            raise FootnoteError(
                f"{client.address.text} is being written by {_name(found)}: try again when that is done. "
                "Nothing was changed."
            )
        time.sleep(DOUBT)


def _beat(client: Client, holder: dict[str, object], over: threading.Event) -> None:
    count = 0
    while not over.wait(BEAT):
        count += 1
        try:
            _write(client, holder, count)
        except FootnoteError as error:  # the writing itself will say so, too
            log.debug("%s", error)


def _write(client: Client, holder: dict[str, object], count: int) -> None:
    client.write(client.records, [record("lease", "lease", data=json.dumps({**holder, "beat": count}))])


def _held(client: Client) -> str:
    return next((str(row["data"]) for row in client.get(client.records, ["lease"], "data")), "")


def _dead(found: str) -> bool:
    """Whether the holder was a process on this machine that is no more."""
    holder = json.loads(found)
    if holder["host"] != socket.gethostname() or os.name == "nt":  # there, os.kill does not only look
        return False
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _name(found: str) -> str:
    holder = json.loads(found or '{"pid": "?", "host": "another machine"}')
    return f"process {holder['pid']} on {holder['host']}"
