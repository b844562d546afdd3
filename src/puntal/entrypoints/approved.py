"""What is done when a second person has said yes: the same as the route that asked would have done (decision 0084)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Response

from puntal.access.model import (
    CARD_ACTIVATE,
    CARD_PAYOUT,
    CARD_SELL,
    PUBLISH,
    VOUCHER_BATCH,
    VOUCHER_IMPORT,
    VOUCHER_ISSUE,
    WALLET_CREDIT,
    WALLET_LOAD,
    WALLET_PAYOUT,
    Approval,
    Caller,
    OrganizationId,
)
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
from puntal.rewards.api import batches, gift_cards, printed_cards, vouchers
from puntal.rewards.api.shapes_vouchers import IssueIn, VoucherBatchIn
from puntal.rewards.errors_vouchers import VoucherUnknown
from puntal.rewards.queries import vouchers as voucher_queries


def approval_actions(programs: Programs) -> Actions:
    """Return what is done when a second person says yes, by the name of what was asked."""
    done = _Deeds(programs)
    return {
        wallets.ADJUST: wallets.adjusting(done.terms),
        PUBLISH: done.publish,
        VOUCHER_BATCH: done.make_batch,
        VOUCHER_IMPORT: done.import_codes,
        VOUCHER_ISSUE: done.issue,
        **dict.fromkeys((WALLET_LOAD, WALLET_CREDIT, WALLET_PAYOUT), done.move_money),
        **dict.fromkeys((CARD_SELL, CARD_ACTIVATE, CARD_PAYOUT), done.card),
    }


class _Deeds:
    """What the routes that ask would have done."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._publisher = Publisher(programs)

    async def terms(self, tx: Transaction, program_id: int) -> Sequence[Terms]:
        """Return the wallets of a program as it stands."""
        return (await self._programs.current(tx, program_id)).newest.terms

    async def publish(self, tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        """Publish a document, or an old revision again."""
        said: Mapping[str, Any] = approval.payload
        if "number" in said:
            await programs_operations.roll_back(
                tx,
                program_id,
                said["number"],
                by=approval.asked_by,
                now=now,
                note=said["note"],
                publisher=self._publisher,
            )
            return
        wanted = None if said["effective_from"] is None else datetime.fromisoformat(said["effective_from"])
        published = await self._publisher(
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

    async def make_batch(self, tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        """Begin a batch of codes."""
        # What the route takes of a program, ours has; its protocols are satisfied at run time, not by their types.
        loaded: Any = await self._programs.current(tx, program_id)
        asker = await _asker(tx, program_id, approval)
        await batches.create_batch(VoucherBatchIn.model_validate(_words(approval)), tx, program_id, asker, loaded, now)

    async def move_money(self, tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        """Load a wallet, credit it, or pay out of it."""
        said: Mapping[str, Any] = approval.payload
        loaded: Any = await self._programs.current(tx, program_id)
        asking = payments.Asking(tx, program_id, await _asker(tx, program_id, approval), loaded, now)
        where = UUID(said["member_id"]), said["wallet"]
        if approval.action == WALLET_LOAD:
            await payments.load_wallet(*where, payments.LoadIn.model_validate(said["body"]), Response(), asking)
        elif approval.action == WALLET_CREDIT:
            await payments.refund_to_wallet(*where, payments.RefundIn.model_validate(said["body"]), Response(), asking)
        else:
            await payments.pay_wallet_out(*where, payments.PayoutIn.model_validate(said["body"]), Response(), asking)

    async def issue(self, tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        """Issue vouchers."""
        loaded: Any = await self._programs.current(tx, program_id)
        asker = await _asker(tx, program_id, approval)
        await vouchers.issue_vouchers(IssueIn.model_validate(_words(approval)), tx, program_id, asker, loaded, now)

    async def import_codes(self, tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        """Take the codes of a file in."""
        said: Mapping[str, Any] = approval.payload
        loaded: Any = await self._programs.current(tx, program_id)
        asker = await _asker(tx, program_id, approval)
        await batches.bring_in(UUID(said["batch_id"]), said["text"], tx, program_id, asker, loaded, now)

    async def card(self, tx: Transaction, program_id: ProgramId, approval: Approval, now: datetime) -> None:
        """Sell a gift card, activate a printed one, or pay one out."""
        said: Mapping[str, Any] = approval.payload
        loaded: Any = await self._programs.current(tx, program_id)
        asking = payments.Asking(tx, program_id, await _asker(tx, program_id, approval), loaded, now)
        if approval.action == CARD_SELL:
            await gift_cards.sell_gift_card(gift_cards.SellIn.model_validate(said["body"]), asking)
            return
        id = UUID(said["card_id"])
        found = (await voucher_queries.load(tx, program_id, [id])).get(id)
        if found is None:
            raise VoucherUnknown
        if approval.action == CARD_ACTIVATE:
            body = printed_cards.ActivateIn.model_validate(said["body"])
            await printed_cards.activate_gift_card(found, body, Response(), asking)
        else:
            out = gift_cards.PayoutCardIn.model_validate(said["body"])
            await gift_cards.pay_gift_card_out(found, out, Response(), asking)


async def _asker(tx: Transaction, program_id: ProgramId, approval: Approval) -> Caller:
    program = await programs_queries.find(tx, program_id)
    assert program is not None, "its approval was just decided"
    return asker_of(approval, OrganizationId(program.organization_id), program_id)


def _words(approval: Approval) -> dict[str, Any]:
    """Return what was sent, without the summary that was put beside it."""
    return {name: value for name, value in approval.payload.items() if name != "summary"}
