"""Use cases of programs: draft, publish, roll back, switch off and on, load for compiling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from puntal.access.operations import audit
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.errors import Fault
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.programs import policy, queries, source, store
from puntal.programs.document.program import Program
from puntal.programs.dropping import held_of, rewards_of
from puntal.programs.errors import (
    DraftChanged,
    EffectiveInThePast,
    NotPublished,
    ProgramFaulty,
    ProgramNotFound,
    RevisionNotFound,
    SlugInvalid,
    SlugTaken,
    SwitchNotFound,
    SwitchTargetUnknown,
)
from puntal.programs.model import (
    Head,
    KillSwitch,
    ProgramRow,
    Publication,
    Published,
    Revision,
    SwitchMode,
    SwitchTarget,
)
from puntal.programs.preparing import Publish

SAVED = "program.draft_saved"
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,62}")


async def create_program(
    tx: Transaction, *, organization_id: UUID, slug: str, document: Mapping[str, Any], now: datetime
) -> int:
    """Create a program with this draft and return its id; `tx` goes on in the new program's context.

    The document may have faults: it is a draft until published.

    Raises:
        SlugInvalid: Not an address.
        SlugTaken: Another program has it.
    """
    if _SLUG.fullmatch(slug) is None:
        raise SlugInvalid(slug=slug)
    program_id = await store.insert_program(
        tx, organization_id=organization_id, slug=slug, draft=source.dump_json(document), now=now
    )
    if program_id is None:
        raise SlugTaken(slug=slug)
    await store.enter_program(tx, program_id)
    return program_id


async def enter(tx: Transaction, program_id: int) -> None:
    """Let the rest of a transaction that began outside any program see and write this program's rows."""
    await store.enter_program(tx, program_id)


async def save_draft(
    tx: Transaction,
    program_id: int,
    document: Mapping[str, Any],
    *,
    expected_version: int | None,
    by: str,
    now: datetime,
) -> int:
    """Save the document being edited, faults and all, and return its new version. The log says who did.

    `expected_version` is the one the caller read; None overwrites whatever is there.

    Raises:
        DraftChanged: Somebody saved in between.
    """
    row = await _locked(tx, program_id)
    if expected_version is not None and expected_version != row.draft_version:
        raise DraftChanged(version=row.draft_version)
    version = await store.save_draft(tx, program_id, source.dump_json(document))
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        action=SAVED,
        subject="draft",
        actor=by,
        now=now,
        detail={"version": version},
    )
    return version


def check_words(document: Mapping[str, Any]) -> tuple[Program | None, list[Fault]]:
    """Return the program a document says and its faults, without a database."""
    return policy.check(document)


def advise(program: Program) -> list[Fault]:
    """Return what is allowed in a program and probably not meant."""
    return policy.advice(program)


async def check(tx: Transaction, program_id: int, document: Mapping[str, Any]) -> tuple[Program | None, list[Fault]]:
    """Return what publishing this document would find wrong; writes nothing."""
    row = await queries.find(tx, program_id)
    if row is None:
        raise ProgramNotFound
    previous = await _document(tx, program_id, row.revision) if row.revision else None
    return policy.check(document, previous=previous, held=await held_of(tx, row, document, previous))


async def is_changed(tx: Transaction, program_id: int, document: Mapping[str, Any]) -> bool:
    """Return whether a document says something else than the newest revision, without telling what."""
    return not any(_says(document, newest) for newest in await queries.revisions(tx, program_id, limit=1))


async def publish(
    tx: Transaction,
    program_id: int,
    document: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    note: str = "",
    effective_from: datetime | None = None,
    counted: bool = False,
) -> Publication:
    """Make the document a revision. The newest one saying the same already writes nothing.

    `now` is on the program's clock. It takes effect at once, or at `effective_from`; a revision that was still to
    come then is replaced. A draft in which nothing was changed since follows. `counted` says that the daily figures it
    reads are there already.

    Raises:
        ProgramFaulty: With every fault.
        EffectiveInThePast: Only the first revision may begin before `now`.
    """
    row = await _locked(tx, program_id)
    previous = await _document(tx, program_id, row.revision) if row.revision else None
    held = await held_of(tx, row, document, previous)
    program, faults = policy.check(document, previous=previous, held=held)
    if program is None or faults:
        raise ProgramFaulty(faults)
    start = effective_from or now
    if row.revision and start < now:
        raise EffectiveInThePast(earliest=now.isoformat(), asked=start.isoformat())
    text, digest = source.dump_json(program), source.digest(program)
    newest = await queries.revision(tx, program_id, row.revision) if row.revision else None
    if newest is not None and newest[0].digest == digest and newest[0].effective_from <= start:
        return Publication(revision=newest[0], created=False)
    revision = Revision(
        program_id=program_id,
        number=row.revision + 1,
        digest=digest,
        published_at=now,
        published_by=by,
        effective_from=start,
        note=note,
    )
    superseded = tuple(s.number for s in await queries.starts(tx, program_id) if s.effective_from > start)
    await store.insert_revision(tx, revision, text)
    draft = await queries.draft(tx, program_id)
    if newest is not None and draft is not None and _says(draft.document, newest[0]):
        # Nobody's changes are in it, and it would say to take back what came from elsewhere: a file, a shell.
        await store.save_draft(tx, program_id, text)
    await store.register_wallets(tx, program_id, program)
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        action="program.published",
        subject=f"revision:{revision.number}",
        actor=by,
        now=now,
        detail={"note": note, "digest": digest, "effective_from": start.isoformat()},
    )
    published = Happening(
        id=ids.derived(f"{program_id}:{revision.number}", "program.published"),
        kind="program.published",
        effective_at=start,
        recorded_at=now,
        payload={"revision": revision.number, "note": note} | ({"counted": True} if counted else {}),
    )
    await outbox.append(tx, program_id, [published])
    await store.notify(tx, program_id)
    return Publication(revision=revision, created=True, superseded=superseded)


def _says(document: Mapping[str, Any], published: Revision) -> bool:
    program, _ = policy.read(document)
    return program is not None and source.digest(program) == published.digest


async def roll_back(
    tx: Transaction,
    program_id: int,
    number: int,
    *,
    by: str,
    now: datetime,
    note: str = "",
    publisher: Publish | None = None,
) -> Publication:
    """Publish an old revision's document again, as a new revision, checked against today.

    `publisher` does it in place of `publish`, where what a revision reads may have to be counted first.

    Raises:
        RevisionNotFound: There is none of this number.
        ProgramFaulty: What members hold today no longer fits it.
    """
    found = await queries.revision(tx, program_id, number)
    if found is None:
        raise RevisionNotFound(number=number)
    words = note or f"as revision {number}"
    return await (publisher or publish)(tx, program_id, found[1], by=by, now=now, note=words)


async def head(tx: Transaction, program_id: int) -> Head:
    """Return what tells whether a compiled program is still the right one: one small read, no lock."""
    found = await queries.head(tx, program_id)
    if found is None:
        raise ProgramNotFound
    return found


async def load_published(tx: Transaction, program_id: int, *, number: int | None = None) -> Published:
    """Return a revision, the newest unless a number is given, with all that compiling it needs.

    Raises:
        ProgramNotFound: There is no such program.
        NotPublished: It has no revision yet.
        RevisionNotFound: It has none of this number.
    """
    row = await queries.find(tx, program_id)
    if row is None:
        raise ProgramNotFound
    if row.revision == 0:
        raise NotPublished
    wanted = number if number is not None else row.revision
    found = await queries.revision(tx, program_id, wanted)
    if found is None:
        raise RevisionNotFound(number=wanted)
    revision, document = found
    return Published(
        program_id=program_id,
        slug=row.slug,
        number=wanted,
        document=Program.model_validate(document),
        effective_from=revision.effective_from,
        wallets={wallet.id: wallet.ordinal for wallet in await queries.wallets(tx, program_id)},
        switches=await queries.switches(tx, program_id),
        switch_version=row.switch_version,
        clock_offset=row.clock_offset,
        starts=await queries.starts(tx, program_id),
    )


async def set_switch(
    tx: Transaction,
    program_id: int,
    *,
    target_kind: SwitchTarget,
    target_id: str,
    mode: SwitchMode,
    reason: str,
    by: str,
    now: datetime,
) -> KillSwitch:
    """Switch something off on every worker. A second time only changes mode and reason.

    Raises:
        SwitchTargetUnknown: The newest revision has no such wallet, campaign, rule.
    """
    row = await _locked(tx, program_id)
    document = await _document(tx, program_id, row.revision) if row.revision else None
    if not _is_target(document, row, target_kind, target_id):
        raise SwitchTargetUnknown(target_kind=target_kind, target_id=target_id)
    switch = await store.set_switch(
        tx,
        program_id,
        KillSwitch(
            id=ids.new_id(),
            target_kind=target_kind,
            target_id=target_id,
            mode=mode,
            reason=reason,
            set_at=now,
            set_by=by,
        ),
    )
    await store.bump_switch_version(tx, program_id)
    await audit.record(
        tx,
        program_id=ProgramId(program_id),
        action="kill_switch.set",
        subject=f"{target_kind}:{target_id}",
        actor=by,
        now=now,
        detail={"mode": mode, "reason": reason, "id": str(switch.id)},
    )
    said = {"id": str(switch.id), "target_kind": target_kind, "target_id": target_id, "mode": mode, "reason": reason}
    happening = Happening(id=ids.new_id(), kind="kill_switch.set", effective_at=now, recorded_at=now, payload=said)
    await outbox.append(tx, program_id, [happening])
    await store.notify(tx, program_id)
    return switch


async def lift_switch(tx: Transaction, program_id: int, id: UUID, *, by: str, now: datetime) -> None:
    """Let new ones through again; what was voided stays void. A second time changes nothing.

    Raises:
        SwitchNotFound: There never was such a switch.
    """
    await _locked(tx, program_id)
    if not await store.lift_switch(tx, program_id, id, by=by, now=now):
        if not await queries.switch_exists(tx, program_id, id):
            raise SwitchNotFound
        return
    await store.bump_switch_version(tx, program_id)
    await audit.record(
        tx, program_id=ProgramId(program_id), action="kill_switch.lifted", subject=str(id), actor=by, now=now, detail={}
    )
    await store.notify(tx, program_id)


async def set_clock_offset(tx: Transaction, program_id: int, offset: timedelta) -> None:
    """Put the program's clock this far behind the real one; a replay of history does it at its end."""
    await store.set_clock_offset(tx, program_id, offset)
    await store.notify(tx, program_id)


async def refresh(tx: Transaction, program_id: int) -> None:
    """Let every worker read the program anew: something it remembers beside the document has changed."""
    await store.bump_switch_version(tx, program_id)
    await store.notify(tx, program_id)


async def note_first_event(tx: Transaction, program_id: int, at: datetime) -> None:
    """Fix the time zone; only the first call writes."""
    await store.note_first_event(tx, program_id, at)


async def lock(tx: Transaction, program_id: int) -> ProgramRow:
    """Return the program; nobody else publishes, saves or switches anything of it until `tx` ends.

    Raises:
        ProgramNotFound: There is no such program.
    """
    return await _locked(tx, program_id)


async def _locked(tx: Transaction, program_id: int) -> ProgramRow:
    row = await store.lock_program(tx, program_id)
    if row is None:
        raise ProgramNotFound
    return row


async def _document(tx: Transaction, program_id: int, number: int) -> Program:
    found = await queries.revision(tx, program_id, number)
    if found is None:
        raise RevisionNotFound(number=number)
    return Program.model_validate(found[1])


def _is_target(document: Program | None, row: ProgramRow, kind: SwitchTarget, target: str) -> bool:
    if kind == "program":
        return target == row.slug
    if kind in {"channel", "integration"}:
        return bool(target)
    if document is None:
        return False
    rules = {rule.id for rule in document.earning}
    rules |= {rule.id for campaign in document.campaigns for rule in campaign.earning}
    known = {
        "wallet": set(document.wallets),
        "campaign": {c.id for c in document.campaigns},
        "rule": rules,
        "reward": rewards_of(document),
    }
    return target in known[kind]
