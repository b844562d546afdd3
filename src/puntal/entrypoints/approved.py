"""What is done when a second person has said yes: the same as the route that asked would have done (decision 0084)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Response

from puntal.access.model import PUBLISH, VOUCHER_BATCH, WALLET_LOAD, Approval, Caller, OrganizationId
from puntal.access.operations.approvals import Actions, asker_of
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.publishing import Publisher
from puntal.kit.db import ProgramId, Transaction
from puntal.payments import api as payments
from puntal.points import operations as wallets
from puntal.points.model import Terms
from puntal.programs import operations as programs_operations
from puntal.programs import queries as programs_queries
from puntal.programs import simulated, source
from puntal.rewards.api import batches
from puntal.rewards.api.shapes_vouchers import VoucherBatchIn


def approval_actions(programs: Programs) -> Actions:
    """Return what is done when a second person says yes, by the name of what was asked."""
    publisher = Publisher(programs)

    async def terms(tx: Transaction, program_id: int) -> Sequence[Terms]:
        return (await programs.current(tx, program_id)).newest.terms

    async def publish(tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        said: Mapping[str, Any] = approval.payload
        if "number" in said:
            await programs_operations.roll_back(
                tx, program_id, said["number"], by=approval.asked_by, now=now, note=said["note"], publisher=publisher
            )
            return
        wanted = None if said["effective_from"] is None else datetime.fromisoformat(said["effective_from"])
        published = await publisher(
            tx,
            program_id,
            source.load_json(said["document"]),
            by=approval.asked_by,
            now=now,
            note=said["note"],
            # Its day has come while it waited: at once.
            effective_from=None if wanted is None or wanted <= now else wanted,
        )
        if published.created and said["simulation_id"] is not None:
            await simulated.name(tx, program_id, published.revision.number, UUID(said["simulation_id"]))

    async def make_batch(tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        # What the route takes of a program, ours has; its protocols are satisfied at run time, not by their types.
        loaded: Any = await programs.current(tx, program_id)
        asker = await _asker(tx, program_id, approval)
        await batches.create_batch(VoucherBatchIn.model_validate(_words(approval)), tx, program_id, asker, loaded, now)

    async def load(tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        said: Mapping[str, Any] = approval.payload
        loaded: Any = await programs.current(tx, program_id)
        asking = payments.Asking(tx, program_id, await _asker(tx, program_id, approval), loaded, now)
        body = payments.LoadIn.model_validate(said["body"])
        await payments.load_wallet(UUID(said["member_id"]), said["wallet"], body, Response(), asking)

    return {
        wallets.ADJUST: wallets.adjusting(terms),
        PUBLISH: publish,
        VOUCHER_BATCH: make_batch,
        WALLET_LOAD: load,
    }


async def _asker(tx: Transaction, program_id: ProgramId, approval: Approval) -> Caller:
    program = await programs_queries.find(tx, program_id)
    assert program is not None, "its approval was just decided"
    return asker_of(approval, OrganizationId(program.organization_id), program_id)


def _words(approval: Approval) -> dict[str, Any]:
    """Return what was sent, without the summary that was put beside it."""
    return {name: value for name, value in approval.payload.items() if name != "summary"}
