"""The conversation of ``rag chat``, kept in the library's folder so that it can be taken up again."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

from rag.answer import Answer
from rag.exchange import Exchange

log = logging.getLogger(__name__)
NAME = "chat.jsonl"


class Conversation:
    """Exchanges in a file, one a line.

    Unless it is ``resumed``, its first exchange takes the place of what the file holds.
    """

    def __init__(self, folder: Path, resumed: bool = False) -> None:
        self._file = folder / NAME
        self._mode = "a" if resumed else "w"
        self.exchanges: list[Exchange] = self._read() if resumed else []

    def add(self, question: str, given: Answer) -> None:
        """Keep one more exchange."""
        exchange = Exchange(given.asked or question, given.text or "")
        self.exchanges.append(exchange)
        try:
            begun = "\n" if self._mode == "a" and self._is_cut_off() else ""
            with self._file.open(self._mode, encoding="utf-8") as file:
                self._mode = "a"
                file.write(f"{begun}{json.dumps(asdict(exchange), ensure_ascii=False)}\n")
        except OSError as error:
            log.warning(
                "%s can't be written (%s): rag chat --resume will not know this answer.", self._file, error.strerror
            )

    def _is_cut_off(self) -> bool:
        """Whether the last line has no end, as where the disk was full: what comes next stands on one of its own."""
        return self._file.exists() and self._file.read_bytes()[-1:] not in (b"", b"\n")

    def _read(self) -> list[Exchange]:
        """What is there; a line that was cut off is left out."""
        found = []
        text = self._file.read_text(encoding="utf-8", errors="replace") if self._file.exists() else ""
        for line in text.split("\n"):  # other ends of lines may stand in an answer
            try:
                found.append(Exchange(**json.loads(line)))
            except (ValueError, TypeError):
                continue
        return found
