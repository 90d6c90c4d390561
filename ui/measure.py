"""Measures how long visitors wait: ``python -m ui.measure ADDRESS QUESTIONS --visitors 10``, with the page running."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import numpy as np
from gradio_client import Client


@click.command()
@click.argument("address")
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--visitors", default=10, show_default=True, type=click.IntRange(1), help="How many ask at once.")
def main(address: str, questions: Path, visitors: int) -> None:
    """Let visitors ask the page at ADDRESS at once, each a line of the file QUESTIONS, and print how long they wait."""
    lines = [line for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    clients = [Client(address, verbose=False, analytics_enabled=False) for _ in range(visitors)]
    with ThreadPoolExecutor(visitors) as pool:
        waits = list(pool.map(_wait, clients, (lines[number % len(lines)] for number in range(visitors))))
    p50, p95 = np.percentile(waits, [50, 95])
    click.echo(f"{visitors} at once: p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(waits):.2f} s")


def _wait(client: Client, question: str) -> float:
    """Seconds from asking to the answer."""
    started = time.perf_counter()
    client.predict(question, [], api_name="/ask")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
