"""Four eyes and the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from puntal.access import queries
from puntal.access.errors import ActionUnavailable, ApprovalDecided, ApprovalUnknown, OwnRequest
from puntal.access.model import Approval, ApprovalId, ApprovalState, AuditFilter, Caller
from puntal.access.operations import approvals, audit
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def anna(owner: Caller) -> Caller:
    return replace(owner, kind="staff", id=ids.new_id(), name="Anna")


@pytest.fixture
def ben(owner: Caller) -> Caller:
    return replace(owner, kind="staff", id=ids.new_id(), name="Ben")


class Doer:
    """Notes what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[Approval] = []

    async def __call__(self, _tx: Transaction, _program: ProgramId, approval: Approval, _now: datetime) -> None:
        self.done.append(approval)


async def asked(tx: Transaction, program_id: int, by: Caller) -> Approval:
    return await approvals.ask(
        tx,
        program_id=ProgramId(program_id),
        id=ApprovalId(ids.new_id()),
        action="points.adjust",
        subject="member:anna",
        payload={"points": 5000},
        by=by,
        now=NOON,
    )


async def test_what_a_second_person_approves_is_done_once(
    tx: Transaction, program_id: int, anna: Caller, ben: Caller
) -> None:
    doer = Doer()
    request = await asked(tx, program_id, anna)

    async def approve() -> Approval:
        return await approvals.decide(
            tx,
            program_id=ProgramId(program_id),
            id=request.id,
            approve=True,
            by=ben,
            actions={"points.adjust": doer},
            now=NOON + timedelta(hours=1),
        )

    decided = await approve()
    with pytest.raises(ApprovalDecided) as refusal:
        await approve()

    assert refusal.value.numbers == {"state": "approved"}
    assert doer.done == [decided]
    assert (decided.state, decided.decided_by) == (ApprovalState.APPROVED, ben.actor)
    assert await queries.find_approval(tx, ProgramId(program_id), request.id) == decided


async def test_whoever_asked_does_not_approve_but_may_withdraw(tx: Transaction, program_id: int, anna: Caller) -> None:
    doer = Doer()
    request = await asked(tx, program_id, anna)

    with pytest.raises(OwnRequest):
        await approvals.decide(
            tx,
            program_id=ProgramId(program_id),
            id=request.id,
            approve=True,
            by=anna,
            actions={"points.adjust": doer},
            now=NOON,
        )
    declined = await approvals.decide(
        tx, program_id=ProgramId(program_id), id=request.id, approve=False, by=anna, actions={}, now=NOON
    )

    assert (declined.state, doer.done) == (ApprovalState.DECLINED, [])


async def test_nothing_is_approved_that_nobody_can_do(
    tx: Transaction, program_id: int, anna: Caller, ben: Caller
) -> None:
    request = await asked(tx, program_id, anna)

    with pytest.raises(ActionUnavailable):
        async with tx.transaction():
            await approvals.decide(
                tx, program_id=ProgramId(program_id), id=request.id, approve=True, by=ben, actions={}, now=NOON
            )

    assert await queries.list_approvals(
        tx, ProgramId(program_id), before=None, limit=10, now=NOON, state=ApprovalState.WAITING
    ) == [request]


async def test_a_request_of_another_program_is_not_there(tx: Transaction, program_id: int, ben: Caller) -> None:
    with pytest.raises(ApprovalUnknown):
        await approvals.decide(
            tx,
            program_id=ProgramId(program_id),
            id=ApprovalId(ids.new_id()),
            approve=True,
            by=ben,
            actions={},
            now=NOON,
        )


async def test_asking_again_changes_nothing(tx: Transaction, program_id: int, anna: Caller) -> None:
    request = await asked(tx, program_id, anna)
    await approvals.ask(
        tx,
        program_id=ProgramId(program_id),
        id=request.id,
        action="points.adjust",
        subject="member:anna",
        payload={"points": 9},
        by=anna,
        now=NOON,
    )

    assert await queries.list_approvals(tx, ProgramId(program_id), before=None, limit=10, now=NOON) == [request]


async def test_the_log_is_read_in_pages_newest_first(tx: Transaction, program_id: int, anna: Caller) -> None:
    lines = [
        audit.an_entry(
            actor=anna.actor,
            action="points.adjusted",
            subject=f"member:{number}",
            now=NOON,
            detail={"points": number},
        )
        for number in range(5)
    ]
    await audit.record_all(tx, ProgramId(program_id), lines)
    await audit.record(
        tx, program_id=ProgramId(program_id), actor=audit.SYSTEM, action="program.closed", subject="program", now=NOON
    )

    newest = await queries.list_audit(tx, ProgramId(program_id), before=None, limit=3)
    rest = await queries.list_audit(tx, ProgramId(program_id), before=newest[-1].id, limit=10)

    assert [entry.action for entry in newest] == ["program.closed", "points.adjusted", "points.adjusted"]
    assert newest[1:] + rest == lines[::-1]
    assert await queries.list_audit(
        tx, ProgramId(program_id), before=None, limit=9, only=AuditFilter(subject="member:2", action="points.adjusted")
    ) == [lines[2]]
    for only, expected in (
        (AuditFilter(actor=audit.SYSTEM), 1),
        (AuditFilter(until=lines[0].at), 0),
        (AuditFilter(since=lines[0].at), len(lines) + 1),
    ):
        found = await queries.list_audit(tx, ProgramId(program_id), before=None, limit=9, only=only)
        assert len(found) == expected, only


async def test_a_line_is_in_one_log(tx: Transaction, anna: Caller) -> None:
    with pytest.raises(ValueError, match="program's or an organization's"):
        await audit.record(tx, actor=anna.actor, action="a.b", subject="c", now=NOON)
