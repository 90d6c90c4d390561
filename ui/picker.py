"""The picker: which model writes the answers, chosen among those that are on this machine."""

import gradio as gr

from rag.catalog import CHOICES, READER_ALONE, Choice, gigabytes, here, way
from ui.backend import Backend
from ui.source import text


class Picker:
    """The handlers of the picker's events. What is chosen holds for all visitors, for there is one model at a time."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._first = backend.model  # a file, say, or on a server: it can be chosen again

    def html(self) -> str:
        """The models with the one in use checked; those that are not here say how they get here."""
        names = [READER_ALONE, *(choice.name for choice in CHOICES)]
        own = [] if self._first in names else [self._row(self._first, _short(self._first), "named when the page began")]
        alone = self._row(READER_ALONE, "No writer", "sentences of the articles, word for word; the quickest")
        says = f'<p class="trouble" role="alert">{text(self._backend.trouble)}</p>' if self._backend.trouble else ""
        return (
            f"<fieldset><legend>Model</legend><p>It writes the answers of everybody who uses this page.</p>{says}"
            f"{''.join([*own, alone, *map(self._choice, CHOICES)])}</fieldset>"
        )

    def use(self, event: gr.EventData) -> str:
        """Load a model that is on this machine."""
        name = str(event.name)
        if name in (READER_ALONE, self._first, *(choice.name for choice in CHOICES if here(choice))):
            self._backend.use(name)
        return self.html()

    def _choice(self, choice: Choice) -> str:
        if here(choice):
            about = f"{choice.about}; takes {gigabytes(choice.memory)} of memory; {choice.licence}"
            return self._row(choice.name, choice.name, about)
        return (
            f"<p><b>{choice.name}</b><span>{choice.about}; not here yet. To get it ({gigabytes(choice.weights.size)}), "
            f"type <code>{text(way(choice))}</code> in a terminal.</span></p>"
        )

    def _row(self, name: str, called: str, about: str) -> str:
        state = " checked" * (name == self._backend.model) + " disabled" * bool(self._backend.loading)
        return (
            f'<label><input type="radio" name="model" value="{text(name)}"{state}><b>{text(called)}</b>'
            f"<span>{text(about)}</span></label>"
        )


def _short(name: str) -> str:
    """A path or an address without the way to it."""
    return name.rpartition("#")[2].rpartition("/")[2]
