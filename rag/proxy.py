"""Proxies of the environment: what goes to this machine goes through none."""

import ipaddress
import os

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
