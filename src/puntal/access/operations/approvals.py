"""Four eyes: asking for a second person's word, and giving it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from puntal.access import store
from puntal.access.errors import ActionUnavailable, ApprovalDecided, ApprovalUnknown, OwnRequest
from puntal.access.model import Approval, ApprovalId, ApprovalState, Caller
from puntal.access.operations import audit
from puntal.kit.db import ProgramId, Transaction

Perform: TypeAlias = Callable[[Transaction, ProgramId, Approval, datetime], Awaitable[None]]
"""Does what was approved, in the transaction of the decision; `approval.id` is its idempotency key."""

Actions: TypeAlias = Mapping[str, Perform]
"""Doers by the name of their action, put together by entry points."""


async def ask(
    tx: Transaction,
    *,
    program_id: ProgramId,
    id: ApprovalId,
    action: str,
    subject: str,
    payload: Mapping[str, object],
    by: Caller,
    now: datetime,
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
    """
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
    )
    await store.insert_approvals(tx, program_id, [approval])
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
        ApprovalDecided: Somebody was first.
        OwnRequest: The caller asked for it herself. Declining one's own request is allowed.
        ActionUnavailable: Nobody registered a doer for it, so approving would do nothing.
    """
    asked = await store.lock_approval(tx, program_id, id)
    if asked is None:
        raise ApprovalUnknown
    if asked.state is not ApprovalState.WAITING:
        raise ApprovalDecided(state=asked.state.value)
    if approve and asked.asked_by == by.actor:
        raise OwnRequest
    state = ApprovalState.APPROVED if approve else ApprovalState.DECLINED
    decided = replace(asked, state=state, decided_by=by.actor, decided_at=now)
    await store.decide_approval(tx, program_id=program_id, approval_id=id, state=state, by=by.actor, now=now)
    if approve:
        perform = actions.get(asked.action)
        if perform is None:
            raise ActionUnavailable(action=asked.action)
        await perform(tx, program_id, decided, now)
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
