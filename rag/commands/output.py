"""Output: what the commands print, and the exit statuses they end with."""

import json
import sys
from typing import Any

import click

ABSTAINED, USAGE, FAILURE, INTERRUPTED = 3, 2, 1, 130  # exit statuses beside 0; the last is a shell's for Ctrl-C


def say(options: dict[str, Any], line: str) -> None:
    """Print a message beside the result, unless --quiet leaves it out."""
    if not options["quiet"]:
        click.echo(line, err=True)


def say_json(value: Any) -> None:
    """Print ``value``, in ASCII where standard output is not UTF-8."""
    click.echo(json.dumps(value, ensure_ascii=sys.stdout.encoding.lower() not in ("utf-8", "utf8")))
