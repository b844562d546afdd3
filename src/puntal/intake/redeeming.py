"""Redemptions that orders name: committed in the order's own transaction, and returned with its refunds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from puntal.engine import redeem_room, redeeming
from puntal.engine.model import Compiled, Decision, Event, Reason
from puntal.engine.returning import ISSUED, lines_of, owed_back, spend_again
from puntal.intake import redemption_news
from puntal.intake.model import Item
from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal
from puntal.limits.model import BudgetKey
from puntal.orders.model import Order, OrderRecord
from puntal.outbox.model import Happening
from puntal.points import operations as points
from puntal.points.model import Books, Cause, Hold, Share
from puntal.rewards.model import Redemption
from puntal.rewards.model_vouchers import Ask, Taken, Voucher
from puntal.rewards.operations import redemptions as rows
from puntal.rewards.operations import vouchers

if TYPE_CHECKING:
    from puntal.intake.batch import Batch

REASON = "redemption:"
"""How redemptions are named among the reasons of a decision."""
OVER_BUDGET = "redemption_over_budget"
"""An order is worth more than what was reserved for it, and a budget of order value has no room for that."""
_BEFORE = "before"
_ENDED = frozenset({"cancelled", "lapsed", "voided"})


class Presented:
    """What came of the vouchers one order names."""

    def __init__(self) -> None:
        self.reasons: list[Reason] = []
        self.given: list[UUID] = []
        """The redemptions that gave those which were used."""
        self.used: dict[UUID, tuple[Reason, str, str]] = {}
        """Of these, what was said of the voucher, its code and the reference of its use."""

    def withdraw(self, id: UUID) -> list[tuple[str, str]]:
        """Return the use of a voucher that the order cannot have after all, and say no more that it was used."""
        if id not in self.used:
            return []
        said, code, reference = self.used.pop(id)
        self.reasons.remove(said)
        return [(code, reference)]


class Redeeming:
    """The redemptions a batch is about, and what becomes of them."""

    def __init__(
        self,
        found: Mapping[UUID, Redemption],
        holds: Mapping[UUID, Hold],
        paid: Mapping[UUID, Sequence[Share]],
        vouchers: Mapping[str, Presented],
    ) -> None:
        self.found = found
        self.holds = holds
        self.paid = dict(paid)
        self.vouchers = vouchers
        self.changed: dict[UUID, tuple[Redemption, str, datetime]] = {}
        self.unused: list[tuple[str, str]] = []
        """Codes of vouchers that were used in vain, and under which reference."""

    def named(self, event: Event) -> list[UUID]:
        """Return the redemptions an order names, by themselves or by the vouchers they gave."""
        if event.order is None:
            return []
        given = self.vouchers[event.id].given if event.id in self.vouchers else []
        return list(dict.fromkeys([*event.order.redemptions, *given]))

    def commit(self, batch: Batch, item: Item, event: Event, member: UUID) -> list[Reason]:
        """Commit what an order names before it is decided; say of each what came of it."""
        if event.order_id is None:
            return []
        key = f"{event.source}:{event.order_id}"
        if event.order is None:
            for id in item.given:
                self._put_back(batch, id, event, key, item.now)
            return []
        presented = self.vouchers.get(event.id) or Presented()
        worth = self._worth(item, event, event.order, member, key)
        said: list[Reason] = []
        for id in self.named(event):
            made, by_voucher = self.found.get(id), id in presented.given
            code = _why_not(made, member, key, item.now, event.order, voucher=by_voucher)
            if made is None or code not in (None, _BEFORE):
                if not by_voucher:
                    said.append(Reason(f"{REASON}{id}", code or "redemption_unknown"))
                continue
            counted = _counted(batch, made, worth, item.now)
            if counted.short is not None:
                said.append(Reason(f"{REASON}{id}", OVER_BUDGET, by=counted.short))
            elif code is None and not by_voucher:
                said.append(Reason(f"{REASON}{id}", "redeemed", by=made.reward))
            if code is None and counted.short is not None:
                self.unused += presented.withdraw(id)
            elif not item.dry_run:
                self._use(batch, made, counted, item.now)
                if code is None:
                    self._commit(batch, made, event, key, item.now)
        return [*presented.reasons, *said]

    def _worth(self, item: Item, event: Event, order: Order, member: UUID, key: str) -> int:
        """Return what an order is worth to budgets of order value."""
        given = self.vouchers[event.id].given if event.id in self.vouchers else []
        off = 0
        for id in self.named(event):
            made = self.found.get(id)
            code = _why_not(made, member, key, item.now, order, voucher=id in given)
            if made is not None and made.kind != "shipping" and code in (None, _BEFORE):
                off += _taken_off(made, event)
        return redeem_room.worth_of(order, off=off)

    def _use(self, batch: Batch, made: Redemption, counted: redeem_room.Counted, now: datetime) -> None:
        """Use up budgets for what an order is worth beyond its cart, or give back what it is worth less."""
        if not counted.budgets:
            return
        made.uses, made.order_minor = counted.uses, counted.order_minor
        batch.bounds |= counted.bounds
        for budget, amount in counted.budgets.items():
            batch.used[budget] = batch.used.get(budget, 0) + amount
            batch.budgets[budget] = batch.budgets.get(budget, 0) + amount
        self.changed.setdefault(made.id, (made, "counted", now))

    def counters(self, batch: Batch, items: Sequence[Item]) -> set[BudgetKey]:
        """Return the shared counters that the orders of a batch may use up by what they are worth."""
        newest = batch.programs.newest
        days = {item.now.astimezone(newest.zone).date() for item in items}
        asked = [redeem_room.asked_by(newest.rewards.get(one.reward), one, days) for one in self.found.values()]
        return set().union(*asked)

    def _commit(self, batch: Batch, made: Redemption, event: Event, key: str, now: datetime) -> None:
        running = batch.running[made.member_id]
        if made.state == "held":
            if made.hold_id is not None:
                cause = _cause(made, key, event)
                books = _payer(batch, made)
                transfer = redeeming.commit(books, self.holds[made.hold_id], cause=cause, now=now)
                made.transfer_id = transfer.id
                self.paid[transfer.id] = self.holds[made.hold_id].lots
            taken = _taken_off(made, event)
            if taken < made.discount_minor:
                made.uses, back = redeem_room.lowered(made.uses, reserved=made.discount_minor, taken=taken)
                made.discount_minor = taken
                for budget, amount in redeem_room.restore(running, back).items():
                    batch.used[budget] = batch.used.get(budget, 0) + amount
            made.state, made.committed_at = "committed", now
            made.fulfilment = "waiting" if made.terms.get("delivered") else "none"
        made.order_key, made.used = key, True
        made.terms = {**made.terms, "later": False}
        self.changed[made.id] = (made, "committed", now)

    def _put_back(self, batch: Batch, id: UUID, event: Event, key: str, now: datetime) -> None:
        """Let a right for later be as before the order that used it."""
        made = self.found.get(id)
        if made is None or made.order_key != key:
            return
        if made.returned and made.transfer_id is not None:
            shares = self.paid.get(made.transfer_id, ())
            cause = _cause(made, key, event)
            made.returned -= spend_again(_payer(batch, made), made, shares, made.returned, cause=cause, now=now)
        of_order = [use for use in made.uses if use.scope == "b" and use.measure == "value"]
        for budget, amount in redeem_room.restore(batch.running[made.member_id], of_order).items():
            batch.used[budget] = batch.used.get(budget, 0) + amount
        made.uses = tuple(use for use in made.uses if use not in of_order)
        made.order_key, made.order_minor, made.lines, made.used = None, 0, (), False
        made.terms = {**made.terms, "later": True}
        self.changed[made.id] = (made, "put_back", now)

    def follow(self, program: Compiled, item: Item, event: Event, decision: Decision) -> list[Reason]:
        """Remember redemptions with the order that was decided, and return what its refunds owe."""
        record = decision.order
        if record is None:
            return []
        if event.order is not None:
            for id in self.named(event):
                made = self.found.get(id)
                if made is not None and made.order_key == record.key and id not in record.redeemed:
                    record.redeemed.append(id)
                    made.lines = lines_of(made, event.order, record)
        known = [(id, self.found[id]) for id in record.redeemed if id in self.found]
        known = [(id, made) for id, made in known if made.order_key == record.key]
        return [
            Reason(f"{REASON}{id}", "cost_returned", by=made.reward)
            for id, made in known
            if made.transfer_id is not None and self._settle(program, item, event, decision.books, made, record)
        ]

    def _settle(
        self, program: Compiled, item: Item, event: Event, books: Books, made: Redemption, record: OrderRecord
    ) -> bool:
        """Return units that are owed by now, or take them again where a refund was withdrawn."""
        shares: Sequence[Share] = () if made.transfer_id is None else self.paid.get(made.transfer_id, ())
        owed = owed_back(made, record)
        withdrawn = event.type == "order.refund_withdrawn"
        if owed == made.returned or (owed < made.returned and not withdrawn):
            return False
        if item.dry_run or made.transfer_id is None:
            return True
        cause = _cause(made, record.key, event)
        if owed > made.returned:
            units = owed - made.returned
            redeeming.give_back(program, books, made, shares, units, extend=True, cause=cause, now=item.now)
        else:
            made.returned -= spend_again(books, made, shares, made.returned - owed, cause=cause, now=item.now)
        self.changed[made.id] = (made, "returned", item.now)
        return True


async def load(tx: Transaction, batch: Batch, items: Sequence[Item]) -> None:
    """Open what orders of the batch name, and what the orders it is about used: one statement each, hardly ever any."""
    program_id = batch.programs.program_id
    presented = await _use_vouchers(tx, batch, items)
    named = {id for item in items if item.event.order is not None for id in item.event.order.redemptions}
    named |= {id for record in batch.orders.values() for id in record.redeemed}
    named |= {id for each in presented.values() for id in each.given}
    if not named and not presented:
        return
    pools = {} if batch.pools is None else batch.pools.books
    holders = {**batch.books, **pools}
    found = {
        id: made
        for id, made in (await rows.load(tx, program_id, named)).items()
        # Of others nothing is said, not even that they are there.
        if made.member_id in batch.books and (made.holder_id is None or made.holder_id in holders)
    }
    held = {made.hold_id for made in found.values() if made.state == "held" and made.hold_id is not None}
    by_holder = await points.find_holds(tx, program_id, held)
    holds = {one.id: one for each in by_holder.values() for one in each}
    spends = {made.transfer_id for made in found.values() if made.transfer_id is not None}
    paid = await points.paid_by(tx, program_id, holders=holders.keys(), spends=spends)
    lots = {lot for one in holds.values() for lot, _ in one.lots} | {lot for each in paid.values() for lot, _ in each}
    lots |= {lot for made in found.values() for lot, _ in redeeming.returned_to(made, ())}
    members = {made.member_id for made in found.values()} | {made.holder_id for made in found.values()}
    opened = {id: books for id, books in holders.items() if id in members}
    now = max(item.now for item in items)
    await points.load_lots(tx, program_id, opened, now=now, lots=lots, cards=batch.programs.newest.stamps)
    for holder, each in by_holder.items():
        for one in each:
            holders[holder].holds[one.id] = one
    batch.redeemed = Redeeming(found, holds, paid, presented)


async def _use_vouchers(tx: Transaction, batch: Batch, items: Sequence[Item]) -> dict[str, Presented]:
    """Use the vouchers that orders name, under the order's key; what was held under it is used now."""
    asks = [
        (item, _ask(batch, item, code))
        for item in items
        if item.event.order is not None and not item.dry_run
        for code in dict.fromkeys(item.event.order.vouchers)
    ]
    out: dict[str, Presented] = {}
    for item in items:
        if item.given and item.event.order is not None:
            out.setdefault(item.event.id, Presented()).given += item.given
    if not asks:
        return out
    program_id, now = batch.programs.program_id, max(item.now for item in items)
    seen = await vouchers.look(tx, program_id, [ask for _, ask in asks], now=now)
    # Of money an order does not say how much: whoever pays with a gift card says so there.
    money = {at for at, one in enumerate(seen) if isinstance(one, Voucher) and one.currency is not None}
    takers = [at for at in range(len(asks)) if at not in money]
    taken = await vouchers.take_all(tx, program_id, [asks[at][1] for at in takers], now=now)
    answers = dict(zip(takers, taken, strict=True))
    for at, (item, ask) in enumerate(asks):
        one = out.setdefault(item.event.id, Presented())
        # Whoever reads decisions need not know the code.
        name, answer = f"voucher:…{ask.code[-4:]}", answers.get(at)
        if answer is None:
            one.reasons.append(Reason(name, "voucher_apart"))
        elif isinstance(answer, Refusal):
            one.reasons.append(Reason(name, "voucher_refused", by=answer.code))
        elif not answer.replayed:
            one.reasons.append(Reason(name, "redeemed", by=answer.voucher.reward))
        if isinstance(answer, Taken) and answer.voucher.origin == "redemption" and answer.voucher.cause is not None:
            cause = UUID(answer.voucher.cause)
            one.given.append(cause)
            if not answer.replayed:
                one.used[cause] = (one.reasons[-1], ask.code, ask.reference)
    return out


def _ask(batch: Batch, item: Item, code: str) -> Ask:
    event = item.event
    key = f"{event.source}:{event.order_id}"
    return Ask(
        code=code,
        reference=key,
        member_id=batch.subjects.get(item.said.id),
        order_key=key,
        channel=event.channel,
        store=event.store,
        actor=f"order:{key}",
    )


async def write(tx: Transaction, batch: Batch, *, recorded_at: datetime) -> list[Happening]:
    """Write what became of redemptions; returns what is told of it."""
    if batch.redeemed is None:
        return []
    for code, reference in batch.redeemed.unused:
        await vouchers.release(tx, batch.programs.program_id, code, reference, now=recorded_at)
    changed = batch.redeemed.changed
    await rows.save(tx, batch.programs.program_id, [made for made, _, _ in changed.values()])
    return [
        row
        for made, kind, now in changed.values()
        for row in redemption_news.of(batch.programs, [made], kind, now=now, recorded_at=recorded_at)
    ]


def _why_not(
    made: Redemption | None, member: UUID, key: str, now: datetime, order: Order, *, voucher: bool
) -> str | None:
    """Return why an order does not commit a redemption; `_BEFORE`: it did before."""
    if made is None or made.member_id != member:
        return "redemption_unknown"
    if made.order_key is not None:
        return _BEFORE if made.order_key == key else "redemption_used"
    if order.currency != made.currency:
        return "redemption_other_currency"
    if not voucher and (made.kind in ISSUED or made.terms.get("vouchers")):
        return "redemption_apart"
    if made.state in _ENDED:
        return "redemption_ended"
    lapsed = made.state == "held" and made.lapses_at is not None and made.lapses_at <= now
    return "redemption_lapsed" if lapsed else None


def _counted(batch: Batch, made: Redemption, worth: int, now: datetime) -> redeem_room.Counted:
    newest = batch.programs.newest
    day = now.astimezone(newest.zone).date()
    return redeem_room.count_order(newest.rewards.get(made.reward), made, worth, day=day, used=batch.budgets)


def _payer(batch: Batch, made: Redemption) -> Books:
    if batch.pools is not None and made.holder_id in batch.pools.books:
        return batch.pools.touch(made.holder_id)
    return batch.books[made.member_id]


def _taken_off(made: Redemption, event: Event) -> int:
    """Return what a percentage is of the order that came; what others take off was settled with the hold."""
    percent = made.terms.get("percent")
    if percent is None or event.order is None:
        return made.discount_minor
    num, den = int(percent[0]), int(percent[1])
    base = sum(line.amount_minor - line.discount_minor for line in event.order.lines)
    return min(made.discount_minor, (2 * base * num + den) // (2 * den))


def _cause(made: Redemption, key: str, event: Event) -> Cause:
    note = {"redemption": str(made.id), "reward": made.reward}
    return Cause(event_id=event.id, order_key=key, revision=made.revision, note=note)
