"""The harness measures what it says: parsers, medians, ratios, goals, and wrk against a real server."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest
from bench.__main__ import registry
from bench.baseline import Baseline, BaselineError, parse_tps
from bench.context import Context, Round, row_of
from bench.table import Goal, Row, Table

from bench import machine, wrk

if TYPE_CHECKING:
    from pathlib import Path

    from puntal.kit.postgres import Server

PGBENCH = """pgbench (18.6)
transaction type: <builtin: TPC-B (sort of)>
number of transactions actually processed: 12345
number of failed transactions: {failed} (0.000%)
latency average = 1.234 ms
initial connection time = 12.345 ms
tps = 6481.537219 (without initial connection time)
"""


def test_reads_what_pgbench_reports() -> None:
    assert parse_tps(PGBENCH.format(failed=0)) == 6481.537219


@pytest.mark.parametrize("output", [PGBENCH.format(failed=3), "pgbench: error: connection refused"])
def test_refuses_a_run_of_pgbench_that_was_not_clean(output: str) -> None:
    with pytest.raises(BaselineError, match="no clean result"):
        parse_tps(output)


def test_a_row_is_the_median_of_its_rounds_and_of_their_own_ratios() -> None:
    rounds = [
        Round(units=1000, seconds=1.0, server_cpu=0.5, database_cpu=0.2, tps=1000.0),
        Round(units=1000, seconds=2.0, server_cpu=0.6, database_cpu=0.3, tps=250.0),
        Round(units=1000, seconds=0.5, server_cpu=0.7, database_cpu=0.4, tps=1000.0),
    ]

    row = row_of("replay", "events/s", rounds, goal=Goal(0.8))

    assert (row.value, row.ratio, row.cpu_server_us, row.cpu_database_us) == (1000.0, 2.0, 600.0, 300.0)


@pytest.mark.parametrize(
    ("goal", "value", "ratio", "met"),
    [
        (Goal(0.6), 10.0, 0.6, True),
        (Goal(0.6), 10.0, 0.59, False),
        (Goal(0.6), 10.0, None, None),
        (Goal(50, of="value", better="lower"), 50.1, None, False),
        (Goal(50, of="value", better="lower"), 12.0, None, True),
        (Goal(20_000, of="value"), 19_999.0, None, False),
    ],
)
def test_a_goal_is_met_or_not(goal: Goal, value: float, ratio: float | None, met: bool | None) -> None:  # noqa: FBT001
    assert goal.met(value=value, ratio=ratio) is met


def test_the_table_is_written_as_one_document(tmp_path: Path) -> None:
    table = Table(machine={"cores": 2}, pgbench_tps=6481.5)
    table.rows.append(Row(name="replay", value=12_345.6, unit="events/s", ratio=1.9047, goal=Goal(0.8)))

    table.write(tmp_path / "results" / "latest.json")

    document = json.loads((tmp_path / "results" / "latest.json").read_text())
    assert document["pgbench_tps"] == 6482
    assert document["rows"][0] == {
        "name": "replay",
        "value": 12_346,
        "unit": "events/s",
        "ratio": 1.905,
        "goal": 0.8,
        "goal_of": "ratio",
        "better": "higher",
        "met": True,
        "cpu_server_us": None,
        "cpu_database_us": None,
        "note": "",
    }


def test_processor_time_counts_children_that_have_ended() -> None:
    before = machine.cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(20_000_000))"], check=True)

    assert machine.cpu_seconds(os.getpid()) - before > 0.1


def test_fdatasync_takes_some_time(tmp_path: Path) -> None:
    syncs = machine.fdatasync(tmp_path)

    assert 0 < syncs.median_us <= syncs.p99_us


def test_every_module_of_rows_can_be_run() -> None:
    known = registry()

    assert "rules" in known
    assert all(asyncio.iscoroutinefunction(module.run) for module in known.values())


def test_says_how_to_get_wrk_where_it_may_not_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(wrk.WrkError, match="apt-get install wrk"):
        wrk.ensure()


@pytest.mark.parametrize("rate", [0, 200])
async def test_wrk_posts_each_body_under_an_id_of_its_own(tmp_path: Path, rate: float) -> None:
    if shutil.which("wrk") is None:
        # A system package that tests do not install; then there is only its Lua program to look at.
        assert ("function delay()" in wrk.script({}, threads=2, rate=rate)) == bool(rate)
        return
    seen: list[tuple[str, str]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
                body = json.loads(await reader.readexactly(int(fields["Content-Length"])))
                seen.append((body["id"], fields["Authorization"]))
                refused = len(seen) == 1
                writer.write(b"HTTP/1.1 " + (b"422 No" if refused else b"200 OK") + b"\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        finally:
            writer.close()

    wrk.write_bodies(tmp_path / "bodies", [b'{"id": "@ID@-1"}', b'{"id": "@ID@-2"}'])
    async with await asyncio.start_server(answer, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        load = await wrk.run(
            f"http://127.0.0.1:{port}/events",
            tmp_path / "bodies",
            connections=4,
            seconds=2,
            rate=rate,
            headers={"Authorization": 'Bearer "quoted"'},
        )

    assert len({id_ for id_, _ in seen}) == len(seen) >= load.requests > 100
    assert {key for _, key in seen} == {'Bearer "quoted"'}
    assert (load.refused, load.broken) == (1, 0)
    assert 0 < load.p50_ms <= load.p99_ms <= load.max_ms
    if rate:
        assert 0.7 * rate < load.rate < 1.3 * rate


async def test_measures_ours_between_two_runs_of_pgbench(server: Server, tmp_path: Path) -> None:
    baseline = Baseline(server, seconds=1, scale=1)
    await baseline.prepare()
    await baseline.prepare()
    context = Context(server=server, baseline=baseline, disk=tmp_path, rounds=2, seconds=1, short=True)

    # Open throughout: what a connection used is not seen between its end and its being buried.
    async with await psycopg.AsyncConnection.connect(server.uri, autocommit=True) as connection:

        async def ours() -> int:
            for _ in range(1_000):
                await connection.execute("SELECT count(*) FROM generate_series(1, 2000)")
            return 1_000

        row = await context.against_pgbench("ours", ours, unit="queries/s", goal=Goal(0.6))

    assert len(baseline.results) == 3, "neighbouring rounds share the run between them"
    assert row.ratio is not None
    assert row.value > 0
    assert row.ratio > 0
    assert row.cpu_server_us is not None
    assert row.cpu_database_us is not None
    assert row.cpu_server_us > 0
    assert row.cpu_database_us > 0
