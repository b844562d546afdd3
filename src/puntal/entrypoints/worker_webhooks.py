"""Sending webhooks: claims what is due, keeps a bounded number under way, settles each when it is answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import structlog

from puntal.kit import clock
from puntal.webhooks import operations as webhooks

if TYPE_CHECKING:
    from puntal.kit.db import Database
    from puntal.kit.sealing import Sealer
    from puntal.webhooks.model import Due, EndpointId
    from puntal.webhooks.sending import Sender

PER_ENDPOINT = 4
"""Most deliveries under way to one endpoint before others are asked for: a slow receiver delays itself only."""

_log = structlog.get_logger(__name__)


class Deliveries:
    """The deliveries this process has under way."""

    def __init__(self, database: Database, sender: Sender, *, sealer: Sealer, concurrency: int) -> None:
        self._database = database
        self._sender = sender
        self._sealer = sealer
        self._concurrency = concurrency
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: Counter[EndpointId] = Counter()
        self._served = 0

    async def start_due(self) -> int:
        """Claim and begin what is due, as far as there is room; return how many were begun."""
        begun = 0
        if len(self._tasks) < self._concurrency:
            async with self._database.transaction() as tx:
                programs = await webhooks.programs_due(tx, now=clock.now())
            for program_id in self._in_turn(programs):
                begun += await self._start(program_id)
        return begun

    def _in_turn(self, programs: list[int]) -> list[int]:
        """Begin with the program after the one served first before, so that none takes all the room for ever."""
        ordered = sorted(programs, key=lambda program: (program <= self._served, program))
        if ordered:
            self._served = ordered[0]
        return ordered

    async def wait(self, seconds: float) -> None:
        """Return when one under way has ended, or after a while."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(seconds)

    async def drain(self) -> None:
        """Return when all that is under way is answered and settled; begins nothing."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _start(self, program_id: int) -> int:
        room = self._concurrency - len(self._tasks)
        if room <= 0:
            return 0
        busy = [endpoint for endpoint, count in self._busy.items() if count >= PER_ENDPOINT]
        async with self._database.program_transaction(program_id) as tx:
            claimed = await webhooks.claim_due(
                tx,
                program_id,
                sealer=self._sealer,
                limit=room,
                per_endpoint=PER_ENDPOINT,
                busy=busy,
                now=clock.now(),
            )
        for due in claimed:
            self._busy[due.endpoint_id] += 1
            task = asyncio.create_task(self._deliver(program_id, due), name=f"webhook {due.id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claimed)

    async def _deliver(self, program_id: int, due: Due) -> None:
        try:
            outcome = await self._sender.send(due, now=clock.now())
            async with self._database.program_transaction(program_id) as tx:
                (state,) = await webhooks.settle(tx, program_id, [(due, outcome)], now=clock.now())
        except Exception as failure:  # noqa: BLE001 - whatever it was, the lease ends and it is tried again
            # Not settled: its lease ends and it is sent again, under the same id.
            _log.exception("webhook.not_settled", delivery=str(due.id), reason=type(failure).__name__)
        else:
            _log.info(
                "webhook.attempted",
                program_id=program_id,
                delivery=str(due.id),
                endpoint=str(due.endpoint_id),
                attempt=due.attempts,
                state=state.value,
                status=outcome.status,
                error=outcome.error,
                ms=outcome.ms,
            )
        finally:
            self._busy[due.endpoint_id] -= 1
            if not self._busy[due.endpoint_id]:
                del self._busy[due.endpoint_id]
