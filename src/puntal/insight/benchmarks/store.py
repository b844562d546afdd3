"""Reads and writes of `benchmark`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from puntal.insight.benchmarks.model import Benchmark
from puntal.kit.db import Transaction, encode

_COLUMNS = (
    "b.id, b.metric, b.wallet, b.value, b.label, b.source, b.year, b.sample_size, b.definition, b.changed_at,"
    " b.changed_by"
)

ALONE = """
-- Until the transaction ends: whoever writes benchmarks counts and compares them first, and two must not at once.
SELECT pg_advisory_xact_lock(%(space)s::integer, %(program_id)s::integer)
"""

ALL = f"""
-- Locks nothing. A program has a few hundred at most.
SELECT {_COLUMNS} FROM benchmark b WHERE b.program_id = %(program_id)s ORDER BY b.metric, b.wallet, b.label
"""  # noqa: S608 - our own text, no input

PUT = """
-- Rows by their keys, in their order.
INSERT INTO benchmark (program_id, id, metric, wallet, value, label, source, year, sample_size, definition, changed_at,
  changed_by)
SELECT %(program_id)s, r.id, r.metric, r.wallet, r.value, r.label, r.source, r.year, r.sample_size, r.definition,
  r.changed_at, r.changed_by
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, metric text, wallet text, value numeric, label text, source text,
  year integer, sample_size bigint, definition text, changed_at timestamptz, changed_by text)
ORDER BY r.id
ON CONFLICT (program_id, id) DO UPDATE
SET metric = excluded.metric, wallet = excluded.wallet, value = excluded.value, label = excluded.label,
  source = excluded.source, year = excluded.year, sample_size = excluded.sample_size,
  definition = excluded.definition, changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""

DROP = """
-- Rows by their keys.
DELETE FROM benchmark WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
"""

_SPACE = 7307
"""Of advisory locks: writing benchmarks."""

_PLACES = Decimal("0.000001")


async def held(tx: Transaction, program_id: int) -> list[Benchmark]:
    """Return every benchmark; nobody else writes one until `tx` ends."""
    await tx.execute(ALONE, {"space": _SPACE, "program_id": program_id})
    return await listed(tx, program_id)


async def listed(tx: Transaction, program_id: int) -> list[Benchmark]:
    """Return every benchmark, by figure and label."""
    rows = await (await tx.execute(ALL.encode(), {"program_id": program_id})).fetchall()
    return [_of(row) for row in rows]


async def put(tx: Transaction, program_id: int, benchmarks: Sequence[Benchmark]) -> None:
    """Add or replace some, by their ids."""
    rows = [
        {name: getattr(one, name) for name in Benchmark.__struct_fields__}
        | {"value": str(_decimal(one.value)), "changed_at": one.changed_at.isoformat()}
        for one in benchmarks
    ]
    await tx.execute(PUT, {"program_id": program_id, "rows": encode(rows)})


async def drop(tx: Transaction, program_id: int, ids: Collection[UUID]) -> int:
    """Delete some; returns how many there were."""
    return (await tx.execute(DROP, {"program_id": program_id, "ids": list(ids)})).rowcount


def _of(row: Sequence[Any]) -> Benchmark:
    id, metric, wallet, value, label, source, year, sample_size, definition, changed_at, changed_by = row
    return Benchmark(
        id=id,
        metric=metric,
        wallet=wallet,
        value=Fraction(value),
        label=label,
        source=source,
        year=year,
        sample_size=sample_size,
        definition=definition,
        changed_at=changed_at,
        changed_by=changed_by,
    )


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES)
