"""Prompt cache: what a model made of the beginnings of its prompts, on disk, so that it need not read them again.

One file a model in the user's cache folder, a few megabytes: a sha256, then each state after its length. The sum is of
the states and of what they were made of: so a damaged file is replaced, and so is one of other beginnings, another
model file, another llama.cpp or another kind of processor.
"""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from rag import cache

LENGTH = 8  # bytes of a state's length


class PromptCache:
    """States of a model's beginnings under ``key``, which says what they were made of."""

    def __init__(self, name: str, key: str) -> None:
        self._file = cache.folder() / f"{name}.prompts"
        self._key = key.encode()

    def load(self) -> list[bytes]:
        """The states, in order; none where they are not there, of something else, or damaged."""
        try:
            held = memoryview(self._file.read_bytes())
        except OSError:
            return []
        size = sha256().digest_size
        signed, left = held[:size], held[size:]
        if signed != self._signature(left):
            return []
        states = []
        while left:
            end = LENGTH + int.from_bytes(left[:LENGTH], "big")
            states.append(bytes(left[LENGTH:end]))
            left = left[end:]
        return states

    def save(self, states: list[bytes]) -> None:
        """Keep ``states``; where there is no room, or nothing may be written, they are made again each time."""
        body = b"".join(len(state).to_bytes(LENGTH, "big") + state for state in states)
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._file.parent, suffix=".part", delete=False) as part:
                temporary = Path(part.name)
            try:
                temporary.write_bytes(self._signature(body) + body)
                os.replace(temporary, self._file)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError:
            return

    def _signature(self, body: bytes | memoryview) -> bytes:
        return sha256(self._key + body).digest()
