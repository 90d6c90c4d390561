"""Proxies of the environment: what goes to this machine goes through none."""

import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import UsageError

VARIABLES = "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def bypass_for_loopback() -> None:
    """Tell this process, and those that it starts, that no proxy is used for this machine."""
    for name in ("no_proxy", "NO_PROXY"):
        spared = list(filter(None, os.environ.get(name, "").split(",")))
        os.environ[name] = ",".join([*spared, *(host for host in LOOPBACK if host not in spared)])


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def is_here(host: str) -> bool:
    """Whether a request to ``host`` stays on this machine; 0.0.0.0 is where many servers say that they listen."""
    try:
        return is_loopback(host) or ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return host.rstrip(".").endswith("localhost")


@contextmanager
def explained() -> Iterator[None]:
    """Raises UsageError where a client can't be made for the proxy that the environment names."""
    try:
        yield
    except ImportError as error:
        raise UsageError(f"{VARIABLES} names a SOCKS proxy: unset it, or pip install socksio.") from error
    except ValueError as error:
        raise UsageError(f"{VARIABLES} names a proxy that can't be used: {error}.") from error
