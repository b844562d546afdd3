"""Making ids: ordered by time for rows, derived from a cause for what must come out the same twice."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from itertools import count
from uuid import UUID, SafeUUID, uuid5

from puntal.kit import clock

_NAMESPACE = UUID("6d0c3b57-5d1e-5f0b-9a3c-2f1b7c0e4a11")
"""Never change it: ids derived before would no longer be recognised as retries."""

# What `UUID(int=...)` does, without its checks of what else it may be made of: ids are made by the thousand.
_set_int = UUID.__dict__["int"].__set__
_set_safe = UUID.__dict__["is_safe"].__set__
_UNKNOWN = SafeUUID.unknown
_new = object.__new__
_RANDOM_BITS = 74
_STEP_BYTES = 4


class _Sequence:
    """UUIDv7 values that only go up within a process, even when the clock stands still or steps back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millisecond = 0
        self._random = 0

    def following(self, millisecond: int) -> UUID:
        with self._lock:
            if millisecond > self._millisecond:
                self._millisecond = millisecond
                self._random = int.from_bytes(os.urandom(10)) >> (80 - _RANDOM_BITS)
            else:
                # A random step keeps the next id unguessable from this one.
                self._random += 1 + int.from_bytes(os.urandom(_STEP_BYTES))
                if self._random >> _RANDOM_BITS:
                    self._millisecond += 1
                    self._random = int.from_bytes(os.urandom(_STEP_BYTES))
            high, low = self._random >> 62, self._random & ((1 << 62) - 1)
            return UUID(int=(self._millisecond << 80) | (7 << 76) | (high << 64) | (0b10 << 62) | low)


_sequence = _Sequence()


def new_id() -> UUID:
    """Return a new id (UUIDv7): later ids of this process are greater."""
    return _sequence.following(int(clock.now().timestamp() * 1000))


def derived(cause: str | UUID, kind: str) -> UUID:
    """Return the id of what `cause` brings about, the same every time it is asked for."""
    return uuid5(_NAMESPACE, f"{cause}/{kind}")


def family(cause: str, at: datetime) -> Callable[[], UUID]:
    """Return a maker of the ids of what `cause` brings about at an instant: the same ones in the same order.

    They sort by time like those of `new_id`; at most 4,096 of one cause and instant.
    """
    random = int.from_bytes(blake2b(cause.encode(), digest_size=8).digest())
    base = (int(at.timestamp() * 1000) << 80) | (7 << 76) | ((random >> 52) << 64) | (0b10 << 62)
    base |= (random & ((1 << 50) - 1)) << 12
    numbers = count(base)

    def following() -> UUID:
        made = _new(UUID)
        _set_int(made, next(numbers))
        _set_safe(made, _UNKNOWN)
        return made

    return following
