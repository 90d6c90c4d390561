"""The cache: the user's folder for what is made once on each machine, such as models that came in pieces."""

from pathlib import Path

import platformdirs


def folder() -> Path:
    """Where it is, whether it has been made or not."""
    return Path(platformdirs.user_cache_dir("footnote"))
