"""Four eyes: asking for a second person's word, and giving it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from puntal.access import policy, queries, store
from puntal.access.errors import ActionUnavailable, ApprovalDecided, ApprovalUnknown, OwnRequest
from puntal.access.model import (
    ALL_PERMISSIONS,
    Approval,
    ApprovalId,
    ApprovalState,
    Caller,
    FourEyes,
    KeyId,
    OrganizationId,
)
from puntal.access.model_asked import Asked
from puntal.access.model_notifications import NotificationCode
from puntal.access.operations import audit, notifications
from puntal.access.operations.staff import check_appoints
from puntal.access.store import people
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.words import Words

Perform: TypeAlias = Callable[[Transaction, ProgramId, Approval, datetime], Awaitable[None]]
"""Does what was approved, in the transaction of the decision; `approval.id` is its idempotency key."""

Actions: TypeAlias = Mapping[str, Perform]
"""Doers by the name of their action, put together by entry points."""


Reading: TypeAlias = Callable[
    [Transaction, ProgramId, Caller, Sequence[Approval], datetime], Awaitable[Mapping[ApprovalId, Asked]]
]
"""Tells what requests are about, as a caller may read it; put together by entry points."""

LASTS = timedelta(days=14)
"""Whoever was to decide has had her chance; what was asked for is no longer what is wanted."""
SUMMARY = "summary"
"""Where a payload keeps its words."""


class Postponed(Exception):  # noqa: N818 - neither an error nor a refusal: the answer that somebody was asked
    """Ends the work on a request that waits for a second person; the route class answers 202 with the request."""

    def __init__(self, approval: Approval) -> None:
        super().__init__("a second person was asked")
        self.approval = approval


async def first_ask(  # noqa: PLR0913 - what a request is
    tx: Transaction,
    *,
    program_id: ProgramId,
    action: str,
    size: int | None,
    subject: str,
    said: Mapping[str, object],
    summary: Words,
    by: Caller,
    now: datetime,
) -> None:
    """Do nothing where the organization wants nobody else for this; else ask, and end the work on the request.

    Called before anything is written: what the route has done by then is committed with the request.

    Args:
        tx: Of the program; the caller commits.
        program_id: Whose matter it is.
        action: One of those an organization may want a second person for.
        size: How much of it; None where that does not matter.
        subject: What it is about.
        said: What the doer needs, as JSON values.
        summary: What it would do, in both languages.
        by: Who asks, and so may not decide.
        now: The program's time.

    Raises:
        Postponed: With the request.
    """
    if not await takes_two(tx, action, size, by=by):
        return
    raise Postponed(
        await ask(
            tx,
            program_id=program_id,
            id=ApprovalId(ids.new_id()),
            action=action,
            subject=subject,
            payload=said,
            summary=summary,
            by=by,
            now=now,
        )
    )


async def takes_two(tx: Transaction, action: str, size: int | None, *, by: Caller) -> bool:
    """Tell whether the organization wants a second person for something of a size, and none has said yes yet."""
    if by.approved_by is not None:
        return False
    return (await queries.find_four_eyes(tx, by.organization_id)).asks(action, size)


def asker_of(approval: Approval, organization_id: OrganizationId, program_id: ProgramId) -> Caller:
    """Return who asked, as she does what a second person has approved: she might when she asked, and that counts."""
    kind, _, id = approval.asked_by.partition(":")
    return Caller(
        kind="staff" if kind == "staff" else "key",
        organization_id=organization_id,
        program_id=program_id,
        id=UUID(id),
        name=approval.asked_by,
        permissions=ALL_PERMISSIONS,
        approved_by=approval.decided_by,
    )


async def set_four_eyes(tx: Transaction, wanted: FourEyes, *, by: Caller, now: datetime) -> FourEyes:
    """Say what takes two people from now on; what waits already goes on waiting.

    Raises:
        BeyondOwn: The caller is no owner: whoever it binds would set herself free.
    """
    await check_appoints(tx, by, policy.BUILT_IN_ROLES[policy.OWNER])
    await people.set_four_eyes(tx, by.organization_id, wanted)
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=by.actor,
        action="four_eyes.changed",
        subject=f"organization:{by.organization_id}",
        now=now,
        detail=asdict(wanted),
    )
    return wanted


async def ask(  # noqa: PLR0913 - what a request is
    tx: Transaction,
    *,
    program_id: ProgramId,
    id: ApprovalId,
    action: str,
    subject: str,
    payload: Mapping[str, object],
    by: Caller,
    now: datetime,
    summary: Words | None = None,
) -> Approval:
    """Ask for a second person's word. Asking again with the same id changes nothing.

    Args:
        tx: Of the program; the caller commits.
        program_id: Whose matter it is.
        id: Chosen before the first try.
        action: Name under which the doer is registered: `points.adjust`.
        subject: What it is about: `member:<id>`.
        payload: What the doer needs, as JSON values.
        by: Who asks, and so may not decide.
        now: The program's time.
        summary: What it would do, in both languages.
    """
    if summary is not None:
        payload = {**payload, SUMMARY: summary._asdict()}
    approval = Approval(
        id=id,
        action=action,
        subject=subject,
        payload=payload,
        asked_by=by.actor,
        asked_at=now,
        state=ApprovalState.WAITING,
        decided_by=None,
        decided_at=None,
        expires_at=now + LASTS,
    )
    await store.insert_approvals(tx, program_id, [approval])
    await notifications.tell_deciders(tx, program_id, by, id, now=now)
    await audit.record(
        tx,
        program_id=program_id,
        actor=by.actor,
        action="approval.asked",
        subject=subject,
        now=now,
        detail={"approval": str(id), "action": action},
    )
    return approval


async def decide(
    tx: Transaction,
    *,
    program_id: ProgramId,
    id: ApprovalId,
    approve: bool,
    by: Caller,
    actions: Actions,
    now: datetime,
) -> Approval:
    """Give the second person's word; what is approved is done in the same transaction.

    Raises:
        ApprovalUnknown: No such request in this program.
        ApprovalDecided: Somebody was first, or it waited too long.
        OwnRequest: The caller asked for it herself, or a key she made did. Declining one's own request is allowed.
        ActionUnavailable: Nobody registered a doer for it, so approving would do nothing.
    """
    asked = await store.lock_approval(tx, program_id, id)
    if asked is None:
        raise ApprovalUnknown
    present = asked.at(now)
    if present is not ApprovalState.WAITING:
        raise ApprovalDecided(state=present.value)
    if approve and await _is_own(tx, asked, by):
        raise OwnRequest
    state = ApprovalState.APPROVED if approve else ApprovalState.DECLINED
    decided = replace(asked, state=state, decided_by=by.actor, decided_at=now)
    await store.decide_approval(tx, program_id=program_id, approval_id=id, state=state, by=by.actor, now=now)
    if approve:
        perform = actions.get(asked.action)
        if perform is None:
            raise ActionUnavailable(action=asked.action)
        # Whatever it refuses refuses the decision: the request goes on waiting.
        await perform(tx, program_id, decided, now)
    code: NotificationCode = "approval.approved" if approve else "approval.declined"
    if asked.asked_by != by.actor:
        await notifications.tell(tx, program_id, asked.asked_by, code, target=("approval", id), now=now)
    await audit.record(
        tx,
        program_id=program_id,
        actor=by.actor,
        action=f"approval.{state.value}",
        subject=asked.subject,
        now=now,
        detail={"approval": str(id), "action": asked.action, "asked_by": asked.asked_by},
    )
    return decided


async def end_about(
    tx: Transaction, program_id: ProgramId, subjects: Collection[str], *, by: str, now: datetime
) -> None:
    """Decline what waits about these, for what it is about goes; whoever asked is told. A second call finds nothing.

    Called before what it is about is locked: whoever decides a request locks it first too.
    """
    ended = await store.end_approvals(tx, program_id, subjects, by=by, now=now)
    for id, action, subject, asked_by in ended:
        # Of one member hardly ever more than one waits.
        if asked_by != by:
            await notifications.tell(tx, program_id, asked_by, "approval.declined", target=("approval", id), now=now)
        await audit.record(
            tx,
            program_id=program_id,
            actor=by,
            action=f"approval.{ApprovalState.DECLINED.value}",
            subject=subject,
            now=now,
            detail={"approval": str(id), "action": action, "asked_by": asked_by},
        )


async def _is_own(tx: Transaction, asked: Approval, by: Caller) -> bool:
    if asked.asked_by == by.actor:
        return True
    kind, _, id = asked.asked_by.partition(":")
    if kind != "key":
        return False
    # A key without a person is whoever made it, else one person with a key would be two.
    key = await queries.find_key(tx, by.organization_id, KeyId(UUID(id)))
    return key is not None and key.created_by == by.id
