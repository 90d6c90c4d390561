"""A fair queue: who waits for the model, in an order in which nobody gets more than their share."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """What visitors wait for: one of each in turns, and each one's own first come, first served.

    Start-time fair queuing (Goyal, Vin and Cheng, 1996): each thing starts a turn after the one before of the same
    visitor, or in the turn that it is now. So somebody who asks a hundred things at once waits for themselves. Callers
    see to it that one thread at a time uses it.
    """

    def __init__(self) -> None:
        self._turn = 0  # of what was taken last
        self._last: dict[str, int] = {}  # the turn of what each visitor asked for last
        self._waiting: deque[tuple[int, T]] = deque()  # by turn

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[T]:
        """What waits, in the order in which it is taken."""
        return (thing for _, thing in self._waiting)

    def put(self, thing: T, visitor: str) -> None:
        """Let ``thing`` wait for its turn."""
        turn = self._last[visitor] = max(self._turn, self._last.get(visitor, -1) + 1)
        place = next((place for place, (other, _) in enumerate(self._waiting) if other > turn), len(self._waiting))
        self._waiting.insert(place, (turn, thing))

    def take(self) -> T:
        """What is next; raises IndexError where nothing waits."""
        self._turn, thing = self._waiting.popleft()
        if not self._waiting:
            self._turn, self._last = 0, {}  # whoever comes now is the first
        return thing

    def leave(self, thing: T) -> None:
        """Wait no longer for ``thing``."""
        self._waiting = deque(entry for entry in self._waiting if entry[1] is not thing)
