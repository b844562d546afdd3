"""Believing an answer for a few seconds: what keys, sessions and programs are looked up with."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

FRESH = timedelta(seconds=3)
"""How long a key or program is believed without looking again: revocation acts within five seconds."""

REMEMBERED = 4096

T = TypeVar("T")


class Recent(Generic[T]):
    """The answers to the last few questions, each believed for `FRESH`; of a crowd asking the same, one looks."""

    def __init__(self, look: Callable[[str], Awaitable[T]], *, most: int = REMEMBERED) -> None:
        self._look = look
        self._most = most
        self._known: OrderedDict[str, tuple[datetime, T]] = OrderedDict()
        self._looking: dict[str, asyncio.Task[T]] = {}

    def peek(self, name: str, now: datetime) -> T | None:
        """Return a fresh answer without waiting; None where somebody must look."""
        known = self._known.get(name)
        # A clock that was set back makes an answer look young: believe it only when it is from the past.
        if known is None or not known[0] <= now < known[0] + FRESH:
            return None
        self._known.move_to_end(name)
        return known[1]

    async def get(self, name: str, now: datetime) -> T:
        """Return the answer, at most `FRESH` old."""
        known = self.peek(name, now)
        if known is not None:
            return known
        task = self._looking.get(name)
        if task is None:
            task = asyncio.create_task(self._refresh(name, now))
            self._looking[name] = task
            task.add_done_callback(lambda _: self._looking.pop(name, None))
        # Shielded: one caller who hangs up must not fail the others.
        return await asyncio.shield(task)

    def forget(self) -> None:
        """Look again at every question."""
        self._known.clear()

    def __len__(self) -> int:
        return len(self._known)

    async def _refresh(self, name: str, now: datetime) -> T:
        found = await self._look(name)
        if found is None:
            # What does not exist is not remembered: guesses must not push out what does.
            self._known.pop(name, None)
            return found
        self._known[name] = (now, found)
        self._known.move_to_end(name)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return found
