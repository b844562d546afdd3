"""Taking a reward: held, or redeemed in one step."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from puntal.checkout.errors import CartFaulty
from puntal.checkout.operations.desk import Desk, again_if_missed, cause_of, open_desks, state_of
from puntal.checkout.operations.issuing import fulfil, issued_to
from puntal.checkout.operations.redemptions.ending import end
from puntal.checkout.operations.redemptions.model import Redeemed, committed
from puntal.engine import redeem, redeem_room, redeeming
from puntal.engine.bounding import counters
from puntal.engine.model import Compiled
from puntal.engine.redeem import Asking, Occasion
from puntal.intake import redemption_news as telling
from puntal.intake.errors import EventFaulty
from puntal.intake.model import Said, SaidOrder
from puntal.intake.operations import Programs, fingerprint, item
from puntal.kit import ids
from puntal.kit.calendar import after
from puntal.kit.db import Transaction
from puntal.orders.model import Order
from puntal.outbox import operations as outbox
from puntal.rewards.errors import (
    REFUSED,
    RedemptionIdReused,
    UnknownReward,
)
from puntal.rewards.model import Ask, Redemption, Reward, Verdict
from puntal.rewards.operations import redemptions as rows
from puntal.rewards.operations import waiting

_encode = msgspec.json.Encoder(order="deterministic").encode


class Wanted(Struct, frozen=True, kw_only=True):
    """A member wants a reward.

    Attributes:
        id: Of the redemption, chosen by the caller before the first try; ours where it is not given.
        commit: In one step, without a hold.
        order: The cart it is for; conditions about orders need it.
        note: In the caller's words.
    """

    member_id: UUID
    ask: Ask
    id: UUID | None = None
    commit: bool = False
    order: Order | None = None
    store: str | None = None
    note: str = ""


async def redeem_reward(
    tx: Transaction,
    programs: Programs,
    wanted: Wanted,
    *,
    by: str,
    now: datetime,
    recorded_at: datetime,
    dry_run: bool = False,
) -> Redeemed:
    """Hold a reward for a member, or redeem it in one step: units, stock, limits and budgets, or nothing of it.

    The same id with the same words answers the first time's redemption as it is now.

    Args:
        tx: An open transaction on the program; the caller commits.
        programs: The compiled revisions.
        wanted: Who wants what.
        by: Who asks, for the record.
        now: On the program's clock; windows and schedules are those of this instant.
        recorded_at: Real time of writing.
        dry_run: Answer the same and write nothing.

    Raises:
        UnknownReward: The program has none of the id.
        UnknownMember: Nobody here has the id.
        RedemptionIdReused: The id is another redemption's.
        NotAvailable: She may not have it, of a kind per reason (`reward.sold_out`).
        MinorSpends: The wallet is her pool's, and she is no adult of it.
    """
    program = programs.at(now)
    reward = program.rewards.get(wanted.ask.reward)
    if reward is None:
        raise UnknownReward(reward=wanted.ask.reward)
    id = wanted.id or ids.new_id()
    words = fingerprint(_encode({**msgspec.to_builtins(wanted), "id": None, "by": None}))
    known = None if wanted.id is None else await _known(tx, program.program_id, id, words)
    if known is not None:
        return known
    attempt = _Attempt(programs, program, reward, wanted, id, words, by, now, recorded_at)
    return await again_if_missed(tx, attempt.run, dry_run=dry_run)


async def _known(tx: Transaction, program_id: int, id: UUID, words: str) -> Redeemed | None:
    """Return the redemption of an id that was asked for before, as it is now.

    Raises:
        RedemptionIdReused: With other words.
    """
    known = (await rows.load(tx, program_id, [id])).get(id)
    if known is None:
        return None
    if known.fingerprint != words:
        raise RedemptionIdReused(id=str(id))
    return Redeemed(redemption=known, vouchers=await issued_to(tx, program_id, known), replayed=True)


def cart_of(said: SaidOrder, program: Compiled, now: datetime) -> Order:
    """Return a cart as the order it will become, checked like one.

    Raises:
        CartFaulty: With every fault.
    """
    event = Said(id="cart", type=program.earns_on, occurred_at=now, source="cart", order=said)
    try:
        order = item(event, program.document, now, dry_run=True).event.order
    except EventFaulty as wrong:
        raise CartFaulty(wrong.faults) from wrong
    assert order is not None
    return order


class _Attempt:
    """One try of taking a reward."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a redemption is made of
        self,
        programs: Programs,
        program: Compiled,
        reward: Reward,
        wanted: Wanted,
        id: UUID,
        words: str,
        by: str,
        now: datetime,
        recorded_at: datetime,
    ) -> None:
        self.programs = programs
        self.program = program
        self.reward = reward
        self.wanted = wanted
        self.id = id
        self.words = words
        self.by = by
        self.now = now
        self.recorded_at = recorded_at

    async def run(self, tx: Transaction, *, lock: bool) -> Redeemed:
        program, wanted, ask = self.program, self.wanted, self.wanted.ask
        overdue = await rows.overdue_of(tx, program.program_id, wanted.member_id, now=self.now)
        if overdue:
            await end(tx, self.programs, overdue, "lapsed", now=self.now, recorded_at=self.recorded_at)
        price = None if ask.given else self.reward.price_in(ask.wallet)
        desks = await open_desks(
            tx, program, [wanted.member_id], wallet=None if price is None else price.wallet_id, now=self.now
        )
        # Two of the same id at once: the second waited for the first at the member's row.
        before = None if wanted.id is None else await _known(tx, program.program_id, self.id, self.words)
        if before is not None:
            return before
        desk = desks[wanted.member_id]
        bounds = redeem_room.bounds_of(self.reward, ask.session)
        keys = counters([[bound for bound in bounds if bound.scope == "b"]], [desk.today])
        state, known = await state_of(tx, self.programs, desk, keys, lock=lock)
        occasion = Occasion(self.now, ask.channel, ask.source, wanted.store, wanted.order)
        asked = redeem.asking(program, state, occasion)
        verdict = redeem.verdict_of(asked, ask)
        if verdict.code is not None:
            raise refusal_of(verdict, self.reward, program)
        taken = redeem.take(asked, desk.running, ask, verdict)
        made = self._made(desk, asked, verdict, taken)
        self._pay(desk, made)
        if wanted.commit:
            redeeming.renew(program, desk.own, desk.running, self.now)
        await rows.add(tx, program.program_id, made)
        vouchers = await fulfil(tx, program, desk, self.reward, made, now=self.now) if wanted.commit else []
        alerts = await desks.write(tx, amounts=taken.budgets, bounds=taken.bounds, known=known)
        if wanted.commit:
            await rows.save(tx, program.program_id, [made])
        if made.session is not None:
            await waiting.leave(tx, program.program_id, made.reward, made.session, made.member_id)
        told = telling.of(self.programs, [made], made.state, now=self.now, recorded_at=self.recorded_at)
        await outbox.append(tx, program.program_id, [*told, *alerts])
        return Redeemed(redemption=made, vouchers=vouchers)

    def _made(self, desk: Desk, asked: Asking, verdict: Verdict, taken: redeem_room.Taken) -> Redemption:
        wanted, ask, reward, program = self.wanted, self.wanted.ask, self.reward, self.program
        rank = 0 if reward.ladder is None else asked.ranks[reward.ladder]
        span = program.document.policies.hold
        made = Redemption(
            id=self.id,
            member_id=desk.profile.id,
            reward=reward.id,
            kind=reward.kind,
            revision=program.revision,
            state="held",
            held_at=self.now,
            lapses_at=after(program.zone, self.now, span.count, span.unit),
            portions=ask.portions,
            holder_id=desk.profile.id if verdict.wallet < 0 else desk.payer(verdict.wallet).holder_id,
            wallet=verdict.wallet,
            units=verdict.units,
            discount_minor=verdict.discount_minor,
            order_minor=redeem.order_value(asked),
            currency=program.currency,
            channel=ask.channel,
            source=ask.source,
            store=wanted.store,
            session=ask.session,
            uses=taken.uses,
            terms={
                "keep": reward.keep,
                "returns_points": reward.returns_points,
                "rank": rank,
                "later": reward.later and wanted.order is None,
                "delivered": reward.delivered,
                **_of_order(asked, reward),
                "cooled": {key: None if at is None else at.isoformat() for key, at in taken.cooled.items()},
            },
            fingerprint=self.words,
            by=self.by,
            note=wanted.note,
        )
        if wanted.commit:
            made = replace(made, lapses_at=None)
            committed(made, reward, self.now)
        return made

    def _pay(self, desk: Desk, made: Redemption) -> None:
        """Take the units, or set them aside; the verdict saw that they are there."""
        if made.wallet < 0:
            return
        cause = cause_of(made.id, made.reward, made.revision)
        payer = desk.payer(made.wallet)
        payer.next_id = ids.family(str(made.id), self.now)
        if self.wanted.commit:
            made.transfer_id = redeeming.pay(self.program, payer, made.wallet, made.units, cause=cause, now=self.now).id
            return
        assert made.lapses_at is not None
        made.hold_id = made.id
        redeeming.set_aside(
            self.program,
            payer,
            made.wallet,
            made.units,
            id=made.id,
            reference=f"redemption:{made.id}",
            lapses_at=made.lapses_at,
            cause=cause,
            now=self.now,
        )


def _of_order(asked: Asking, reward: Reward) -> dict[str, Any]:
    """Return what of the order has to be known when it comes: the lines it is about, or the share it takes."""
    order = asked.occasion.order
    if order is not None and reward.lines is not None:
        covered = zip(order.lines, redeem.covered(asked, reward), strict=True)
        return {"lines": [line.id for line, yes in covered if yes]}
    return {"percent": list(reward.percent)} if order is None and reward.percent is not None else {}


def refusal_of(verdict: Verdict, reward: Reward, program: Compiled) -> Exception:
    """Return the refusal that says why not, with the numbers concerned."""
    assert verdict.code is not None
    numbers: dict[str, object] = {"reward": reward.id}
    if verdict.wallet >= 0:
        numbers |= {"wallet": program.terms[verdict.wallet].id, "units": verdict.units}
    if verdict.short_by:
        numbers["short_by"] = verdict.short_by
    if verdict.by is not None:
        numbers["by"] = verdict.by
    return REFUSED[verdict.code](**numbers)
