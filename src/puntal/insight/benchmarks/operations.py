"""Setting, replacing, importing and dropping benchmarks; comparing them. The caller commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs

from puntal.access.operations import audit
from puntal.engine.model import Compiled
from puntal.insight import policy_kpis, queries
from puntal.insight.benchmarks import policy, reading, store
from puntal.insight.benchmarks.errors import (
    BenchmarkExists,
    BenchmarkMetric,
    BenchmarksUnreadable,
    BenchmarkUnknown,
    TooManyBenchmarks,
)
from puntal.insight.benchmarks.model import Benchmark, Compared, Wanted
from puntal.insight.model_kpis import Span
from puntal.insight.policy_goals import OF_WALLET
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.ids import new_id
from puntal.points.operations import wallet_named


async def add(tx: Transaction, program: Compiled, wanted: Wanted, *, by: str, now: datetime) -> Benchmark:
    """Add a benchmark.

    Raises:
        BenchmarkMetric: The figure cannot be compared.
        UnknownWallet: The program has no such wallet.
        BenchmarkExists: The figure has one of this label.
        TooManyBenchmarks: There are `policy.MOST` already.
    """
    _check(program, wanted)
    held = await store.held(tx, program.program_id)
    if _same(held, wanted) is not None:
        raise BenchmarkExists(label=wanted.label)
    if len(held) >= policy.MOST:
        raise TooManyBenchmarks(most=policy.MOST)
    return await _put(tx, program, new_id(), wanted, by=by, now=now)


async def replace(tx: Transaction, program: Compiled, id: UUID, wanted: Wanted, *, by: str, now: datetime) -> Benchmark:
    """Replace a benchmark; a second time changes nothing.

    Raises:
        BenchmarkUnknown: It is not there; and what `add` raises but `TooManyBenchmarks`.
    """
    _check(program, wanted)
    held = await store.held(tx, program.program_id)
    if all(one.id != id for one in held):
        raise BenchmarkUnknown
    other = _same(held, wanted)
    if other is not None and other.id != id:
        raise BenchmarkExists(label=wanted.label)
    return await _put(tx, program, id, wanted, by=by, now=now)


async def drop(tx: Transaction, program: Compiled, id: UUID, *, by: str, now: datetime) -> None:
    """Delete a benchmark.

    Raises:
        BenchmarkUnknown: It is not there.
    """
    if not await store.drop(tx, program.program_id, [id]):
        raise BenchmarkUnknown
    await audit.record(
        tx,
        program_id=ProgramId(program.program_id),
        actor=by,
        action="benchmark.dropped",
        subject=f"benchmark:{id}",
        now=now,
    )


async def take(
    tx: Transaction, program: Compiled, file: bytes, *, whole: bool, language: str, by: str, now: datetime
) -> tuple[int, int, int]:
    """Take a file of benchmarks, all of it or nothing; the same file again changes nothing that is compared.

    A row whose figure and label is there already replaces it.

    Args:
        tx: An open transaction on the program; the caller commits.
        program: As it stands.
        file: CSV in UTF-8.
        whole: Whether what the file does not name is deleted.
        language: Of the reasons.
        by: Who.
        now: When.

    Returns:
        How many were added, replaced and deleted.

    Raises:
        BenchmarksUnreadable: It is no such file.
        BenchmarksFaulty: Rows are wrong: all of them are named, and nothing is taken.
        TooManyBenchmarks: There would be more than `policy.MOST`.
    """
    try:
        text = file.decode("utf-8")
    except UnicodeDecodeError as unreadable:
        raise BenchmarksUnreadable(columns=", ".join(reading.COLUMNS)) from unreadable
    wanted = reading.read(text, [terms.id for terms in program.terms if terms.kind != "qualifying"], language=language)
    held = await store.held(tx, program.program_id)
    known = {_key(one): one for one in held}
    rows = [
        Benchmark(
            id=known[_key(one)].id if _key(one) in known else new_id(),
            changed_at=now,
            changed_by=by,
            **structs.asdict(one),
        )
        for one in wanted
    ]
    kept = {one.id for one in rows}
    gone = [one.id for one in held if one.id not in kept] if whole else []
    added = sum(_key(one) not in known for one in wanted)
    if len(held) + added - len(gone) > policy.MOST:
        raise TooManyBenchmarks(most=policy.MOST)
    if gone:
        await store.drop(tx, program.program_id, gone)
    await store.put(tx, program.program_id, rows)
    counts = (added, len(rows) - added, len(gone))
    await audit.record(
        tx,
        program_id=ProgramId(program.program_id),
        actor=by,
        action="benchmarks.imported",
        subject="benchmarks",
        now=now,
        detail=dict(zip(("added", "replaced", "deleted"), counts, strict=True)),
    )
    return counts


async def compared(tx: Transaction, program: Compiled, period: Span, *, now: datetime) -> list[Compared]:
    """Return every benchmark beside our figure of a period, by figure and label."""
    found = await store.listed(tx, program.program_id)
    if not found:
        return []
    rest = await queries.opened(tx, program)
    kpis = await queries.kpis(tx, program, period, now=now, rest=rest, standing=False)
    figures = policy_kpis.figures(kpis)
    return [policy.compared(one, figures, kpis.purchases) for one in found]


def _check(program: Compiled, wanted: Wanted) -> None:
    if not policy.can_be_compared(wanted.metric, wallet=wanted.wallet is not None):
        raise BenchmarkMetric(metric=wanted.metric)
    if wanted.wallet is not None:
        terms = wallet_named(program.terms, wanted.wallet)
        if OF_WALLET[wanted.metric] == "rate" and terms.kind in ("money", "qualifying"):
            # Money is paid in and what qualifies is not spent: there is no such figure of them.
            raise BenchmarkMetric(metric=wanted.metric)


def _key(one: Wanted) -> tuple[str, str | None, str]:
    return one.metric, one.wallet, one.label


def _same(held: Sequence[Benchmark], wanted: Wanted) -> Benchmark | None:
    return next((one for one in held if _key(one) == _key(wanted)), None)


async def _put(tx: Transaction, program: Compiled, id: UUID, wanted: Wanted, *, by: str, now: datetime) -> Benchmark:
    made = Benchmark(id=id, changed_at=now, changed_by=by, **structs.asdict(wanted))
    await store.put(tx, program.program_id, [made])
    await audit.record(
        tx,
        program_id=ProgramId(program.program_id),
        actor=by,
        action="benchmark.set",
        subject=f"benchmark:{id}",
        now=now,
        detail={
            "metric": wanted.metric,
            "wallet": wanted.wallet,
            "label": wanted.label,
            "value": str(wanted.value),
            "source": wanted.source,
            "year": wanted.year,
        },
    )
    return made
