"""Carts asked about, with 200 active rewards: how many a second, and how long each takes at half that rate."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import msgspec

from bench import program, serving, wrk
from bench.table import Goal, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.context import Context

LATENCY = Goal(25, of="value", better="lower")
REWARDS = 200
CONNECTIONS = 32
BODIES = 5_000
SHORT_BODIES = 500
DATABASE = "bench_carts"
PATH = f"/v1/programs/{program.SLUG}/carts/evaluate"
SLOWEST_RATE = 5.0
_GROUPS = ("loyalty", "seasonal", "gift")
_encode = msgspec.json.Encoder().encode


def rewards() -> Iterator[dict[str, Any]]:
    """Yield rewards of every kind of discount: a third for nobody here, some for larger carts, some for points."""
    for number in range(REWARDS):
        reward: dict[str, Any] = {
            "id": f"reward_{number}",
            "name": {"en": f"Reward {number}", "es": f"Recompensa {number}"},
            "group": _GROUPS[number % 3],
        }
        match number % 6:
            case 0:
                reward |= {"kind": "amount_off", "value": f"{1 + number % 9}.00 EUR"}
                reward |= {"cost": {"wallet": "points", "points": 100 + number}, "limit": {"times": 2, "per": "month"}}
            case 1:
                reward |= {"kind": "percent_off", "value": f"{3 + number % 12}%"}
                reward |= {"when": {"order.net": {"at_least": f"{20 + number % 80}.00 EUR"}}}
            case 2:
                category = ("dairy", "bakery", "meat")[number // 6 % 3]
                reward |= {"kind": "percent_off", "value": "10%", "applies_to": {"lines": {"line.category": category}}}
                reward |= {"stock": 1_000_000}
            case 3:
                reward |= {"kind": "product", "product": {"ids": [f"p{number}", f"p{number + 1}"]}}
            case 4:
                reward |= {"kind": "shipping", "when": {"order.net": {"at_least": f"{30 + number % 50}.00 EUR"}}}
            case _:
                reward |= {"kind": "amount_off", "value": "2.00 EUR", "when": {"member.country": "IT"}}
        yield reward


def sections() -> dict[str, Any]:
    """Return what the benchmarked program has beside its rules."""
    stacking = {
        "groups": {"loyalty": {"with": ["gift"]}, "seasonal": {"exclusive": True}, "gift": {}},
        "order": list(_GROUPS),
    }
    return {"rewards": list(rewards()), "stacking": stacking}


def bodies(members: int, count: int) -> Iterator[bytes]:
    """Yield carts of three lines, by members as their shop names them."""
    for number in range(count):
        draw = random.Random(number)  # noqa: S311 - a plausible basket, the same one every time
        lines = [
            {
                "id": str(place),
                "product": f"p{draw.randrange(400)}",
                "category": draw.choice(("dairy", "bakery", "meat", "drinks")),
                "quantity": draw.randrange(1, 4),
                "amount_minor": draw.randrange(150, 4_500),
            }
            for place in range(3)
        ]
        yield _encode(
            {
                "member": {"external": {program.SHOP: program.external(number * program.STRIDE % members)}},
                "channel": "online",
                "order": {"currency": "EUR", "lines": lines, "shipping_minor": 490},
            }
        )


async def run(ctx: Context) -> list[Row]:
    """Measure throughput beside pgbench, then hold half of it; nothing is written, so no disk is waited for."""
    path = ctx.disk / "carts"
    prepared = await program.prepare(ctx.server, DATABASE, ctx.members, sections=sections())
    try:
        wrk.write_bodies(path, bodies(prepared.members, SHORT_BODIES if ctx.short else BODIES))
        headers = serving.headers(await serving.make_key(prepared))
        rows = []
        for workers in ctx.server_processes:
            async with serving.served(prepared.uri, workers=workers) as server:
                rows.append(await _throughput(ctx, server, path, headers, workers))
        best = max(rows, key=lambda row: row.ratio or 0)
        async with serving.served(prepared.uri, workers=2) as server:
            return [best, *await _latency(ctx, server, path, headers, best.value / 2)]
    finally:
        await program.drop(ctx.server, DATABASE)


async def _throughput(ctx: Context, server: serving.Served, path: Path, headers: dict[str, str], workers: int) -> Row:
    async def one_round() -> int:
        load = await wrk.run(server.url(PATH), path, connections=CONNECTIONS, seconds=ctx.seconds, headers=headers)
        serving.check(load)
        return load.requests

    await one_round()
    name = f"POST carts/evaluate, {REWARDS} rewards, {workers} server process{'es' if workers > 1 else ''}"
    return await ctx.against_pgbench(name, one_round, unit="carts/s", server_pid=server.pid)


async def _latency(ctx: Context, server: serving.Served, path: Path, headers: dict[str, str], rate: float) -> list[Row]:
    loads = []
    for _ in range(ctx.rounds + 1):
        load = await wrk.run(
            server.url(PATH),
            path,
            connections=CONNECTIONS,
            seconds=ctx.seconds,
            rate=max(rate, SLOWEST_RATE),
            headers=headers,
        )
        serving.check(load)
        loads.append(load)
    # The first one warms up.
    ordered = sorted(loads[1:], key=lambda load: load.p99_ms)
    middle = ordered[len(ordered) // 2]
    name, note = f"POST carts/evaluate, {REWARDS} rewards, at half the rate", f"{rate:,.0f} carts/s"
    return [
        Row(name=f"{name}: p50", value=middle.p50_ms, unit="ms", note=note),
        Row(name=f"{name}: p99", value=middle.p99_ms, unit="ms", goal=LATENCY, note=note),
    ]
