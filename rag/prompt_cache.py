"""Prompt cache: what a model made of the beginnings of its prompts, on disk, so that it need not read them again.

One file a model in the user's cache folder, a few megabytes. It is used only for the same beginnings, the same model
file and the same llama.cpp on the same kind of processor; a damaged file is made anew, as each member of an .npz file
carries its checksum.
"""

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import platformdirs


class PromptCache:
    """States of a model's beginnings under ``key``, which says what they were made of."""

    def __init__(self, name: str, key: str) -> None:
        self._file = Path(platformdirs.user_cache_dir("footnote")) / f"{name}.prompts.npz"
        self._key = key

    def load(self) -> list[bytes]:
        """The states, in order; none where they are not there, of something else, or damaged."""
        try:
            with self._file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
                key, *states = (held[name] for name in held.files)
                return [state.tobytes() for state in states] if str(key) == self._key else []
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return []

    def save(self, states: list[bytes]) -> None:
        """Keep ``states``; where there is no room, or nothing may be written, they are made again each time."""
        arrays = [np.frombuffer(state, np.uint8) for state in states]
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._file.parent, suffix=".part", delete=False) as part:
                temporary = Path(part.name)
                try:
                    np.savez(part, np.array(self._key), *arrays)
                    part.close()
                    os.replace(temporary, self._file)
                finally:
                    temporary.unlink(missing_ok=True)
        except OSError:
            return
