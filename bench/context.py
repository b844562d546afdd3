"""What a row is given: the server, the yardstick, and the two ways to measure."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.machine import cpu_seconds
from bench.table import Goal, Row

if TYPE_CHECKING:
    from pathlib import Path

    from bench.baseline import Baseline
    from puntal.kit.postgres import Server

Work = Callable[[], Awaitable[int]]
"""Does one round and returns how many units it did; the context times it."""

DEFAULT_ROUNDS = 5
DEFAULT_SECONDS = 20
MEMBERS = 200_000
SHORT_MEMBERS = 5_000


@dataclass(frozen=True, slots=True)
class Round:
    """One timed round; `tps` is the mean of pgbench before and after, None without it."""

    units: int
    seconds: float
    server_cpu: float
    database_cpu: float
    tps: float | None = None

    @property
    def rate(self) -> float:
        """Units a second."""
        return self.units / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Handed to every row.

    Attributes:
        server: PostgreSQL on tmpfs where there is one; ratios are measured on it.
        disk: A folder on disk for a second server, where latencies are measured.
        rounds: How often a measurement is repeated; the median counts.
        seconds: How long a round should take where the row can choose.
        short: A quick run that shows that everything works; its numbers mean little.
    """

    server: Server
    baseline: Baseline
    disk: Path
    rounds: int = DEFAULT_ROUNDS
    seconds: int = DEFAULT_SECONDS
    short: bool = False

    @property
    def members(self) -> int:
        """How many members the program benchmarked has."""
        return SHORT_MEMBERS if self.short else MEMBERS

    @property
    def server_processes(self) -> tuple[int, ...]:
        """How many server processes to try; the better counts."""
        return (2,) if self.short else (1, 2)

    async def against_pgbench(
        self, name: str, work: Work, *, unit: str = "events/s", goal: Goal | None = None, server_pid: int | None = None
    ) -> Row:
        """Measure `work` between two runs of pgbench, `rounds` times, and give the medians.

        The ratio is the median of each round's own, so a machine that slows down slows both. `server_pid`
        is the top of the process tree that does the work; this process when not given.
        """
        rounds: list[Round] = []
        for _ in range(self.rounds):
            before = await self.baseline.before()
            done = await self.once(work, server_pid)
            after = await self.baseline.run()
            rounds.append(Round(done.units, done.seconds, done.server_cpu, done.database_cpu, (before + after) / 2))
        return row_of(name, unit, rounds, goal=goal)

    async def alone(
        self, name: str, work: Work, *, unit: str = "events/s", goal: Goal | None = None, server_pid: int | None = None
    ) -> Row:
        """Measure `work` by itself, `rounds` times, and give the medians."""
        rounds = [await self.once(work, server_pid) for _ in range(self.rounds)]
        return row_of(name, unit, rounds, goal=goal)

    async def once(self, work: Work, server_pid: int | None = None) -> Round:
        """Do one round and measure its time and what the processors spent."""
        pid = os.getpid() if server_pid is None else server_pid
        gc.collect()
        server_cpu, database_cpu = cpu_seconds(pid), cpu_seconds(self.server.pid)
        began = time.perf_counter()
        units = await work()
        seconds = time.perf_counter() - began
        return Round(
            units=units,
            seconds=seconds,
            server_cpu=cpu_seconds(pid) - server_cpu,
            database_cpu=cpu_seconds(self.server.pid) - database_cpu,
        )


def row_of(name: str, unit: str, rounds: list[Round], *, goal: Goal | None = None) -> Row:
    """Return the medians of several rounds as one row."""
    ratios = [done.rate / done.tps for done in rounds if done.tps]
    return Row(
        name=name,
        value=statistics.median(done.rate for done in rounds),
        unit=unit,
        ratio=statistics.median(ratios) if ratios else None,
        goal=goal,
        cpu_server_us=statistics.median(done.server_cpu * 1e6 / done.units for done in rounds),
        cpu_database_us=statistics.median(done.database_cpu * 1e6 / done.units for done in rounds),
    )
