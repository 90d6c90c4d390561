"""Files from the model hub: downloaded once into the hub's own cache, and checked by sha256 where one is known."""

import re
from pathlib import Path

from index.errors import FootnoteError, UsageError
from rag.checksum import matches
from rag.proxy import explained

HUB = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+):(?P<file>[\w./-]+\.gguf)")


def fetch(repo: str, file: str, revision: str | None = None, sha256: str | None = None) -> Path:
    """The local path of ``file`` in the hub's repository ``repo``, downloaded if it is not in the cache.

    ``revision`` is a commit; with one, a file in the cache is used without a word to the hub.
    Raises UsageError for what the hub does not have, or when it can't be reached; FootnoteError when the file does not
    have the sum ``sha256``, and removes it, and when it can't be written.
    """
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError

    try:
        cached = _cached(repo, file, revision) if revision else None
        found = cached or _downloaded(repo, file, revision)
        if sha256 is None or matches(found, sha256):
            return found
        for path in {found.resolve(), found}:  # the hub's cache holds a file, and a link to it for each revision
            path.unlink(missing_ok=True)
    except LocalEntryNotFoundError as error:
        raise UsageError(f"{repo}:{file} is not in the cache, and the hub can't be reached.") from error
    except (EntryNotFoundError, HfHubHTTPError) as error:
        raise UsageError(f"The hub has no {repo}:{file}.") from error
    except OSError as error:
        raise FootnoteError(f"{repo}:{file} can't be downloaded: {error.strerror or error}.") from error
    raise FootnoteError(f"{repo}:{file} is not the file with the known sha256, and was removed: try again.")


def fetched(repo: str, file: str, revision: str) -> bool:
    """Whether ``file`` at ``revision`` is in the hub's cache; nothing is downloaded."""
    return _cached(repo, file, revision) is not None


def _downloaded(repo: str, file: str, revision: str | None) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HFValidationError

    with explained():
        try:
            return Path(hf_hub_download(repo, file, revision=revision))
        except HFValidationError as error:
            raise UsageError(f"The hub has no {repo}:{file}: no repository there can have that name.") from error


def _cached(repo: str, file: str, revision: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repo, file, revision=revision)
    return Path(found) if isinstance(found, str) else None
