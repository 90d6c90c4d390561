"""The seed articles: those in ``seeds/`` of the folder that one is in, and those that came with Footnote."""

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from index.errors import FootnoteError

SEEDS = Path("seeds")  # what is indexed where nothing else is named
CHECKOUT = Path(__file__).parent.parent / SEEDS


def bundled_articles() -> list[Path]:
    """The seed articles that came with Footnote, as part of a wheel or of its repository.

    Raises FootnoteError where there are none.
    """
    if found := sorted(CHECKOUT.glob("*.txt")):
        return found
    try:
        packed = [
            Path(str(file.locate())).resolve()
            for file in files("footnote-qa") or []
            if "footnote/seeds/" in file.as_posix()
        ]
    except PackageNotFoundError:
        packed = []
    if not (found := sorted(filter(Path.is_file, packed))):
        raise FootnoteError("The seed article is not here: reinstall Footnote, or clone its repository.")
    return found
