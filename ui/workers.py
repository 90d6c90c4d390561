"""Workers: threads that make things a piece at a time, for whom an event loop waits."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")
LOOK = 0.5  # seconds without a piece after which a None is given
OVER = object()


class Workers(Generic[T]):
    """``count`` threads; what is asked while all are at work waits, first come, first served.

    They don't keep the process from ending, so that Ctrl-C need not wait for a model's server.
    """

    def __init__(self, count: int) -> None:
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        for _ in range(count):
            Thread(target=self._work, daemon=True).start()

    async def stream(self, make: Callable[[], Generator[T, None, None]]) -> AsyncGenerator[T | None, None]:
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

        self._waiting.put(run)
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
            self._waiting.get()()
