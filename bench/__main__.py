"""`python -m bench`: measure, print the table, write `bench/results/latest.json`."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import pkgutil
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from rich.console import Console

from bench import machine, rows, soak
from bench.baseline import Baseline
from bench.context import DEFAULT_ROUNDS, DEFAULT_SECONDS, Context
from bench.table import LATEST, Row, Table
from puntal.kit.postgres import ensure_server

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = "puntal-bench"
SHORT_SCALE = 5
PRINTED_WIDTH = 140


class RowModule(Protocol):
    """A module of `bench.rows`."""

    async def run(self, ctx: Context) -> list[Row]:
        """Measure and return the rows."""
        ...


def registry() -> dict[str, RowModule]:
    """Return every module in `bench/rows` by name; adding a file adds its rows."""
    names = sorted(found.name for found in pkgutil.iter_modules(rows.__path__) if not found.name.startswith("_"))
    return {name: cast("RowModule", importlib.import_module(f"bench.rows.{name}")) for name in names}


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", help="comma-separated names; all when not given")
    parser.add_argument("--rounds", type=int, help=f"repetitions, the median counts (default {DEFAULT_ROUNDS})")
    parser.add_argument("--seconds", type=int, help=f"of one round (default {DEFAULT_SECONDS})")
    parser.add_argument("--short", action="store_true", help="one short round on little data: does it work?")
    parser.add_argument("--force", action="store_true", help="measure although the machine is busy")
    parser.add_argument("--keep", action="store_true", help="leave the data for the next run")
    parser.add_argument("--output", type=Path, default=LATEST, help="where the table goes as JSON")
    return parser.parse_args(given)


async def measure(arguments: argparse.Namespace, table: Table, folder: Path, disk: Path, console: Console) -> None:
    """Run the rows that were asked for; the table is written after each, so what is done is kept."""
    known = registry()
    wanted = arguments.rows.split(",") if arguments.rows else list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise SystemExit(f"no such rows: {', '.join(unknown)}; there are {', '.join(known)}")
    short = arguments.short
    seconds = arguments.seconds or (2 if short else DEFAULT_SECONDS)
    server = ensure_server(folder)
    try:
        baseline = Baseline(server, seconds, SHORT_SCALE) if short else Baseline(server, seconds)
        console.print(f"preparing pgbench at scale {baseline.scale} in {folder}")
        await baseline.prepare()
        await baseline.run()
        context = Context(
            server=server,
            baseline=baseline,
            disk=disk,
            rounds=arguments.rounds or (1 if short else DEFAULT_ROUNDS),
            seconds=seconds,
            short=short,
        )
        for name in wanted:
            console.print(f"measuring {name}")
            table.rows.extend(await known[name].run(context))
            table.pgbench_tps = statistics.median(baseline.results)
            table.write(arguments.output)
        table.pgbench_tps = statistics.median(baseline.results)
        table.write(arguments.output)
    finally:
        server.stop()


def main(given: Sequence[str] | None = None) -> int:
    """Return the exit status: 0 measured, 2 refused because the machine is busy."""
    words = sys.argv[1:] if given is None else list(given)
    if words[:1] == ["soak"]:
        return soak.main(words[1:])
    arguments = _arguments(words)
    console = Console(width=None if sys.stdout.isatty() else PRINTED_WIDTH)
    others = machine.busy()
    if others and not arguments.force:
        console.print("The machine is busy, numbers would mean nothing (--force measures anyway):")
        for other in others:
            console.print(f"  {other}")
        return 2
    memory = machine.tmpfs()
    disk = Path("/var/tmp" if Path("/var/tmp").is_dir() else tempfile.gettempdir()) / FOLDER  # noqa: S108 - kept private by the server
    disk.mkdir(mode=0o711, exist_ok=True)
    table = Table(machine=machine.facts(disk, memory) | {"busy": others, "short": arguments.short})
    folder = memory / FOLDER if memory else disk
    try:
        asyncio.run(measure(arguments, table, folder, disk, console))
    finally:
        if not arguments.keep:
            for used in {folder, disk}:
                shutil.rmtree(used, ignore_errors=True)
    syncs = table.machine["fdatasync_us"]
    console.print(f"fdatasync on disk: median {syncs['median']} us, p99 {syncs['p99']} us")
    table.show(console)
    console.print(f"written to {arguments.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
