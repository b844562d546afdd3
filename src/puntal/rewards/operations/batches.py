"""Codes by the million: generated in portions that can be cut short, imported from files, ended together."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from puntal.access.operations import notifications
from puntal.kit import ids, jobs
from puntal.kit.calendar import midnight
from puntal.kit.db import Transaction
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.rewards.errors_vouchers import BatchClosed, BatchUnknown, FileUnreadable
from puntal.rewards.model_vouchers import BadRow, Batch, Imported, Voucher
from puntal.rewards.operations import vouchers
from puntal.rewards.policy.codes import MOST_IMPORTED, Pattern, canonical, enough
from puntal.rewards.store import batches as store

PORTION = 50_000
"""Codes of one transaction: half a second's work, lost when it is cut short and made again."""

MOST_CODES = 10_000_000
MOST_ROWS = 1_000_000
GENERATE = "vouchers.generate"
END_BATCH = "vouchers.end_batch"
"""Jobs that are deferred by name."""


async def create(tx: Transaction, program_id: int, batch: Batch) -> Batch:
    """Add a batch; its codes are generated or imported afterwards. A known id changes nothing.

    Raises:
        CodesTooShort: So many codes of this length would be easy to guess.
    """
    if batch.kind == "generated":
        enough(Pattern(batch.prefix, batch.length), batch.wanted)
    await store.insert(tx, program_id, batch)
    return await load(tx, program_id, batch.id)


async def load(tx: Transaction, program_id: int, id: UUID) -> Batch:
    """Return a batch.

    Raises:
        BatchUnknown: There is none.
    """
    found = await store.load(tx, program_id, id)
    if found is None:
        raise BatchUnknown
    return found


async def defer_generation(tx: Transaction, program_id: int, id: UUID) -> None:
    """Have a worker make a batch's codes; two runs follow one another."""
    await jobs.defer(tx, GENERATE, lock=f"{GENERATE}:{id}", program_id=program_id, batch_id=id)


async def defer_end(tx: Transaction, program_id: int, id: UUID) -> None:
    """Have a worker end what is left of a void batch."""
    await jobs.defer(tx, END_BATCH, lock=f"{END_BATCH}:{id}", program_id=program_id, batch_id=id)


async def generate(tx: Transaction, program_id: int, id: UUID, *, now: datetime, portion: int = PORTION) -> Batch:
    """Make the next portion of a batch's codes; returns how far it has got. Done or void, it changes nothing.

    Called again after it was cut short it goes on, and two callers follow one another: the batch is locked.

    Raises:
        BatchUnknown: There is none.
    """
    batch = await store.lock(tx, program_id, id)
    if batch is None:
        raise BatchUnknown
    if batch.state != "making":
        return batch
    missing = min(portion, batch.wanted - batch.made)
    codes = vouchers.draw(Pattern(batch.prefix, batch.length), missing)
    await store.stage(tx, ((line, ids.new_id(), code, None, None, None) for line, code in enumerate(codes)))
    # Fewer where codes were there already: the next portion makes up for them.
    added = await store.insert_staged(tx, program_id, id, now)
    done = batch.made + added >= batch.wanted
    await store.advance(tx, program_id, id, added=added, state="done" if done else "making", now=now)
    if done:
        await _tell(tx, program_id, "vouchers.generated", now, {"batch_id": id, "count": batch.wanted})
        await notifications.tell(
            tx,
            program_id,
            batch.created_by,
            "vouchers.generated",
            target=("voucher_batch", id),
            now=now,
            count=batch.wanted,
        )
    return await load(tx, program_id, id)


async def import_codes(
    tx: Transaction, program_id: int, id: UUID, text: str, *, zone: ZoneInfo, now: datetime
) -> Imported:
    """Add the codes of a CSV file to an imported batch. The same file again finds every code known.

    Columns: `code`; where given, `member_id` (whose it is) and `through` (its last day, as 2026-12-31).

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: The program.
        id: Of the batch.
        text: The file; comma, semicolon or tab.
        zone: The program's, for last days.
        now: When.

    Raises:
        BatchUnknown: There is none.
        BatchClosed: Its codes are generated, or it is void.
        FileUnreadable: No CSV with a column `code`, or more than a million lines.
    """
    batch = await store.lock(tx, program_id, id)
    if batch is None:
        raise BatchUnknown
    if batch.kind != "imported" or batch.state == "void":
        raise BatchClosed
    answer = Imported()
    staged: dict[str, int] = {}
    rows = []
    for line, fields in _lines(text):
        row = _read(line, fields, staged, zone)
        if isinstance(row, str):
            answer.refused.append(BadRow(line, row))
            continue
        staged[row[2]] = line
        rows.append(row)
    await store.stage(tx, rows)
    answer.refused += [BadRow(line, "member") for line in await store.strangers(tx, program_id)]
    answer.taken = await store.insert_staged(tx, program_id, id, now)
    for line, same in await store.taken(tx, program_id, id):
        if same:
            answer.known += 1
        else:
            answer.refused.append(BadRow(line, "taken"))
    answer.refused.sort(key=lambda bad: bad.row)
    await store.advance(tx, program_id, id, added=answer.taken, state="done", now=now)
    if answer.taken:
        payload = {
            "batch_id": id,
            "taken": answer.taken,
            "known": answer.known,
            "refused": len(answer.refused),
        }
        await _tell(tx, program_id, "vouchers.imported", now, payload)
    return answer


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line of a file with its number, the line of names being 1."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        names = [name.strip().lower() for name in next(rows, [])]
        if "code" not in names:
            raise FileUnreadable
        for number, row in enumerate(rows, start=2):
            if number > MOST_ROWS + 1:
                raise FileUnreadable
            if any(field.strip() for field in row):
                yield number, dict(zip(names, (field.strip() for field in row), strict=False))
    except csv.Error as broken:
        raise FileUnreadable from broken


_Row = tuple[int, UUID, str, str | None, UUID | None, datetime | None]


def _read(line: int, fields: dict[str, str], staged: dict[str, int], zone: ZoneInfo) -> _Row | str:
    """Return a line as it is staged, or what is wrong with it."""
    written = fields.get("code", "")
    code = canonical(written)
    for wrong, found in (
        ("empty", not code),
        ("too_long", max(len(written), len(code)) > MOST_IMPORTED),
        ("characters", not written.isprintable()),
        ("twice", code in staged),
    ):
        if found:
            return wrong
    wrong = "member"
    try:
        member = UUID(fields["member_id"]) if fields.get("member_id") else None
        wrong = "date"
        last = date.fromisoformat(fields["through"]) if fields.get("through") else None
        ends_at = None if last is None else midnight(zone, last + timedelta(days=1))
    except (ValueError, OverflowError):
        return wrong
    return line, ids.new_id(), code, None if written == code else written, member, ends_at


async def drop(tx: Transaction, program_id: int, id: UUID) -> Batch:
    """Make a batch void: nothing is handed out of it from now on. `end_portion` ends its codes.

    Raises:
        BatchUnknown: There is none.
    """
    await load(tx, program_id, id)
    await store.drop(tx, program_id, id)
    return await load(tx, program_id, id)


async def end_portion(tx: Transaction, program_id: int, id: UUID, *, now: datetime) -> list[Voucher]:
    """End some of what is left of a void batch; returns those it ended, none when nothing is left."""
    batch = await load(tx, program_id, id)
    if batch.state != "void":
        return []
    wanted = await store.unused(tx, program_id, id, limit=vouchers.END_PORTION)
    return await vouchers.end(tx, program_id, wanted, because="staff", now=now)


async def _tell(tx: Transaction, program_id: int, kind: str, now: datetime, payload: dict[str, object]) -> None:
    happening = Happening(id=ids.new_id(), kind=kind, effective_at=now, recorded_at=now, payload=payload)
    await outbox.append(tx, program_id, [happening])
