"""Workers: threads that make things a piece at a time, for whom an event loop waits."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from threading import Condition, Event, Thread
from typing import Any, Generic, TypeVar

from ui.fair_queue import FairQueue

T = TypeVar("T")
LOOK = 0.5  # seconds without a piece after which a None is given
OVER = object()


class Workers(Generic[T]):
    """``count`` threads; what is asked while all are at work waits, and visitors take turns.

    They don't keep the process from ending, so that Ctrl-C need not wait for a model's server.
    """

    def __init__(self, count: int) -> None:
        self._waiting = FairQueue[Callable[[], None]]()
        self._come = Condition()
        for _ in range(count):
            Thread(target=self._work, daemon=True).start()

    async def stream(
        self, make: Callable[[], Generator[T, None, None]], visitor: str = ""
    ) -> AsyncGenerator[T | None, None]:
        """What ``make`` yields, and raises what it raises; None again and again while there is nothing yet.

        One thread runs all of it. Closing this ends it at its next piece, or before it is begun.
        """
        loop, told, gone = asyncio.get_running_loop(), asyncio.Queue[Any](), Event()

        def tell(piece: Any) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(told.put_nowait, piece)

        def run() -> None:
            try:
                if not gone.is_set():
                    with closing(make()) as pieces:
                        for piece in pieces:
                            tell(piece)
                            if gone.is_set():
                                return
                tell(OVER)
            except BaseException as error:  # told to who waits
                tell(error)

        with self._come:
            self._waiting.put(run, visitor)
            self._come.notify()
        try:
            while True:
                try:
                    piece = await asyncio.wait_for(told.get(), LOOK)
                except TimeoutError:
                    piece = None
                if isinstance(piece, BaseException):
                    raise piece
                if piece is OVER:
                    return
                yield piece
        finally:
            gone.set()

    def _work(self) -> None:
        while True:
            with self._come:
                while not len(self._waiting):
                    self._come.wait()
                run = self._waiting.take()
            run()
            del run  # what it holds is not kept until the next one
