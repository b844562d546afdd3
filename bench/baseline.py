"""pgbench, the yardstick: TPC-B-like, prepared, 8 clients, on the server that ours runs on."""

from __future__ import annotations

import asyncio
import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

if TYPE_CHECKING:
    from puntal.kit.postgres import Server

DATABASE = "pgbench"
SCALE = 50
CLIENTS = 8
THREADS = 2
STILL_FRESH_SECONDS = 3.0
_TPS = re.compile(r"^tps = ([0-9.]+) \(without initial connection time\)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)


class BaselineError(RuntimeError):
    """pgbench did not run, or ran and failed transactions."""


def parse_tps(output: str) -> float:
    """Return the transactions a second that pgbench reports, connecting not counted."""
    tps = _TPS.search(output)
    failed = _FAILED.search(output)
    if tps is None or (failed is not None and int(failed[1])):
        raise BaselineError(f"pgbench gave no clean result:\n{output}")
    return float(tps[1])


@dataclass(slots=True)
class Baseline:
    """pgbench on one server; `prepare` first.

    Attributes:
        seconds: How long one run takes.
        results: The transactions a second of every run so far.
    """

    server: Server
    seconds: int = 20
    scale: int = SCALE
    results: list[float] = field(default_factory=list)
    _ended: float = float("-inf")

    async def prepare(self) -> None:
        """Make the database and fill it; again does nothing."""
        async with await psycopg.AsyncConnection.connect(self.server.uri, autocommit=True) as connection:
            known = await connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if await known.fetchone() is None:
                await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        async with await psycopg.AsyncConnection.connect(self.server.uri_of(DATABASE)) as connection:
            filled = await connection.execute("SELECT to_regclass('pgbench_branches')")
            row = await filled.fetchone()
            if row is not None and row[0] is not None:
                branches = await (await connection.execute("SELECT count(*) FROM pgbench_branches")).fetchone()
                if branches == (self.scale,):
                    return
        await self._pgbench("-i", "-q", "-s", str(self.scale))

    async def run(self) -> float:
        """Run pgbench once and return its transactions a second."""
        output = await self._pgbench(
            *("-M", "prepared", "-c", str(CLIENTS), "-j", str(THREADS), "-T", str(self.seconds), "-n")
        )
        tps = parse_tps(output)
        self.results.append(tps)
        self._ended = time.monotonic()
        return tps

    async def before(self) -> float:
        """Return the run that has just ended, if one has, else run: neighbours share the run between them."""
        if self.results and time.monotonic() - self._ended < STILL_FRESH_SECONDS:
            return self.results[-1]
        return await self.run()

    async def _pgbench(self, *arguments: str) -> str:
        target = conninfo_to_dict(self.server.uri_of(DATABASE))
        # The password goes by way of the environment: arguments are readable by everyone.
        environment = os.environ | {
            "PGHOST": str(target["host"]),
            "PGPORT": str(target["port"]),
            "PGUSER": str(target["user"]),
            "PGPASSWORD": str(target["password"]),
            "PGDATABASE": DATABASE,
        }
        process = await asyncio.create_subprocess_exec(
            str(self.server.bin_dir / "pgbench"),
            *arguments,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, complaints = await process.communicate()
        if process.returncode:
            raise BaselineError(f"pgbench {' '.join(arguments)} failed:\n{complaints.decode()}")
        return output.decode()
