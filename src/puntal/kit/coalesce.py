"""Making one batch of what many callers ask for at the same moment, and answering each.

There is no timer: a batch takes what is waiting when the one before it is done, so a lone caller is not delayed and
a crowd shares round trips, locks and commits. Keys (programs) take turns, so a busy one cannot starve the others.
"""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from puntal.kit.errors import TooMany

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Busy(TooMany):
    """More is waiting than this process takes on."""

    code = "intake.busy"
    messages: ClassVar[dict[str, str]] = {
        "en": "Too much is waiting; try again in {retry_after_seconds} s",
        "es": "Hay demasiado en espera; inténtalo en {retry_after_seconds} s",
    }


class Coalescer(Generic[Item, Answer]):
    """A queue per key in front of a function that takes many items at once.

    One batch per key runs at a time: its locks would make a second one wait anyway.
    """

    def __init__(
        self,
        run: Callable[[int, list[Item]], Awaitable[Sequence[Answer]]],
        *,
        most: int = 250,
        parallel: int = 4,
        most_waiting: int = 5_000,
    ) -> None:
        """Set the bounds.

        Args:
            run: Does the work for one key and returns an answer per item, in order. What it raises goes to
                every caller of the batch; finding the guilty item is its business.
            most: Most items of one batch.
            parallel: Most batches running at once, each of another key.
            most_waiting: Most items waiting over all keys; more are refused.
        """
        self._run = run
        self._most = most
        self._parallel = parallel
        self._most_waiting = most_waiting
        self._waiting: dict[int, deque[tuple[Item, asyncio.Future[Answer]]]] = {}
        self._turns: deque[int] = deque()
        self._running: dict[int, asyncio.Task[None]] = {}
        self._count = 0
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many items are waiting, not counting those in a running batch."""
        return self._count

    async def submit(self, key: int, item: Item) -> Answer:
        """Return the answer to one item, once its batch is done.

        Raises:
            Busy: Too much is waiting. Nothing was queued.
        """
        (future,) = self._enqueue(key, [item])
        return await future

    async def submit_many(self, key: int, items: Sequence[Item]) -> list[Answer]:
        """Return the answers to all items, in order; they may run in several batches.

        Raises:
            Busy: Too much is waiting. None of the items was queued.
        """
        return list(await asyncio.gather(*self._enqueue(key, items)))

    async def drain(self) -> None:
        """Take nothing new, and return when all that was taken is answered."""
        self._closed = True
        while self._running:
            await asyncio.wait(self._running.values())

    def _enqueue(self, key: int, items: Sequence[Item]) -> list[asyncio.Future[Answer]]:
        if self._closed or self._count + len(items) > self._most_waiting:
            raise Busy(retry_after_seconds=1)
        if not items:
            return []
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in items]
        queue = self._waiting.get(key)
        if queue is None:
            queue = self._waiting[key] = deque()
            if key not in self._running:
                self._turns.append(key)
        queue.extend(zip(items, futures, strict=True))
        self._count += len(items)
        self._start()
        return futures

    def _start(self) -> None:
        while self._turns and len(self._running) < self._parallel:
            key = self._turns.popleft()
            task = asyncio.create_task(self._batch(key), name=f"batch of {key}")
            self._running[key] = task
            task.add_done_callback(functools.partial(self._finished, key))

    def _finished(self, key: int, _task: asyncio.Task[None]) -> None:
        del self._running[key]
        if key in self._waiting:
            self._turns.append(key)
        self._start()

    def _take(self, key: int) -> list[tuple[Item, asyncio.Future[Answer]]]:
        queue = self._waiting[key]
        taken: list[tuple[Item, asyncio.Future[Answer]]] = []
        while queue and len(taken) < self._most:
            item, future = queue.popleft()
            self._count -= 1
            # Nothing was promised yet to a caller who has gone.
            if not future.cancelled():
                taken.append((item, future))
        if not queue:
            del self._waiting[key]
        return taken

    async def _batch(self, key: int) -> None:
        # The task's first step: callers of the same turn of the loop are in the queue by now.
        taken = self._take(key)
        if not taken:
            return
        try:
            answers = await self._run(key, [item for item, _ in taken])
            if len(answers) != len(taken):
                raise RuntimeError(f"{len(answers)} answers to {len(taken)} items")  # noqa: TRY301 - told to all
        except BaseException as failure:  # noqa: BLE001 - it belongs to the callers, whatever it is
            for _, future in taken:
                if not future.done():
                    if isinstance(failure, asyncio.CancelledError):
                        future.cancel()
                    else:
                        future.set_exception(failure)
            return
        for (_, future), answered in zip(taken, answers, strict=True):
            if not future.done():
                future.set_result(answered)
