"""Reading several things in one round trip: reads that do not wait for each other's answers are sent together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar, overload

from psycopg import AsyncCursor
from psycopg.abc import Params

from puntal.kit.db import Transaction

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class _Sending(AsyncCursor[Any]):
    """A cursor that lets the other reads send what they ask before it waits for its own answer."""

    async def execute(self, query: Any, params: Params | None = None, **options: Any) -> _Sending:  # noqa: ANN401 - psycopg's
        await super().execute(query, params, **options)
        await asyncio.sleep(0)
        return self


@overload
async def together(tx: Transaction, one: Awaitable[A], two: Awaitable[B], /) -> tuple[A, B]: ...
@overload
async def together(tx: Transaction, one: Awaitable[A], two: Awaitable[B], three: Awaitable[C], /) -> tuple[A, B, C]: ...
async def together(tx: Transaction, *reads: Awaitable[Any]) -> tuple[Any, ...]:
    """Run reads at once on one transaction: what each asks first goes out in one round trip.

    Each is a coroutine that reads from `tx`; what it asks later, knowing its first answer, costs a trip of its own. If
    one fails the others are not answered either: the transaction is over.

    Args:
        tx: An open transaction; nothing else uses it meanwhile.
        reads: Coroutines that only read.
    """
    ordinary = tx.cursor_factory
    tx.cursor_factory = _Sending
    try:
        async with tx.pipeline():
            answers = await asyncio.gather(*reads, return_exceptions=True)
    finally:
        tx.cursor_factory = ordinary
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return tuple(answers)
