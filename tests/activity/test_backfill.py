"""A revision that reads a new figure counts the orders that are there already."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from puntal.activity import operations
from puntal.activity.model import Count
from puntal.kit import ids
from puntal.programs.document.program import Program
from puntal.rules.catalogue import Catalogue, metrics_read

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Transaction

CATALOGUE = Catalogue.build(currency="EUR", events={"review.created": {}})
DOCUMENT = Program.model_validate(
    {"puntal": 1, "name": "Club", "timezone": "Europe/Madrid", "currency": "EUR", "wallets": {"p": {"kind": "points"}}}
)
NOON = datetime(2026, 1, 10, 11, tzinfo=UTC)
READS = metrics_read(
    [
        {"var": f"member.{name}.last_30_days"}
        for name in (
            "spend",
            "orders",
            "items",
            "spend.category.dairy",
            "orders.category.dairy",
            "items.brand.Oro",
            "spend.store.Madrid",
            "events.review.created",
        )
    ],
    CATALOGUE,
)
NAMES = [read.name.removeprefix("member.").removesuffix(".last_30_days") for read in READS]

MEMBER = """
INSERT INTO member (program_id, id, status, merged_into, created_at, updated_at)
VALUES (%(program_id)s, %(id)s, %(status)s, %(merged_into)s, %(at)s, %(at)s)
"""
HOLDER = "INSERT INTO holder (program_id, id, settled_to) VALUES (%(program_id)s, %(id)s, %(at)s)"
EVENT = """
INSERT INTO event (program_id, id, type, source, member_id, occurred_at, recorded_at, revision, fingerprint, body,
  outcome)
VALUES (%(program_id)s, %(id)s, %(type)s, 'shop', %(member)s, %(at)s, %(at)s, 1, '', %(body)s, '{}')
"""
ORDER = """
INSERT INTO shop_order (program_id, source, order_id, member_id, state, event_id, occurred_at, day, currency,
  net_minor, total_minor, channel, store, lines)
VALUES (%(program_id)s, 'shop', %(id)s, %(member)s, %(state)s, %(event)s, %(at)s, %(day)s, %(currency)s, 0, 0, 'web',
  %(store)s, %(lines)s)
"""


class Shop:
    """Writes members, events and orders as intake leaves them."""

    def __init__(self, tx: Transaction, program_id: int) -> None:
        self.tx = tx
        self.program_id = program_id

    async def member(self, merged_into: UUID | None = None) -> UUID:
        id = ids.new_id()
        row = {"program_id": self.program_id, "id": id, "at": NOON, "merged_into": merged_into}
        await self.tx.execute(MEMBER, row | {"status": "merged" if merged_into else "active"})
        await self.tx.execute(HOLDER, row)
        return id

    async def event(self, id: str, type_: str, member: UUID, at: datetime, order: Any = None) -> None:
        body = msgspec.json.encode({"id": id, "type": type_} | ({"order": order} if order else {})).decode()
        row = {"program_id": self.program_id, "id": id, "type": type_, "member": member, "at": at, "body": body}
        await self.tx.execute(EVENT, row)

    async def order(
        self,
        id: str,
        member: UUID,
        said: list[dict[str, Any]],
        kept: list[tuple[str, int, int]],
        *,
        at: datetime = NOON,
        state: str = "earned",
        by: str = "order.paid",
        currency: str = "EUR",
        store: str | None = None,
    ) -> None:
        """Write an order: its lines as said in the event, and as kept: id, net, refunded."""
        await self.event(f"e-{id}", by, member, at, {"id": id, "lines": said})
        row = {"program_id": self.program_id, "id": id, "member": member, "state": state, "event": f"e-{id}", "at": at}
        row |= {"day": at.date(), "currency": currency, "store": store, "lines": msgspec.json.encode(kept).decode()}
        await self.tx.execute(ORDER, row)


async def a_history(shop: Shop) -> UUID:
    """Two orders that count, one of them refunded in part; and all that does not."""
    anna = await shop.member()
    dairy, other = {"id": "1", "category": "dairy", "quantity": 2}, {"id": "2", "brand": "Oro"}
    await shop.order("A", anna, [dairy, other], [("1", 1000, 400), ("2", 500, 500), ("shipping", 300, 0)])
    await shop.order("B", anna, [other], [("2", 700, 0), ("3", 200, 0)], at=NOON + timedelta(days=1), store="Madrid")
    # A line that came later is described by the event that brought it.
    added = {"id": "B", "lines": [other, {"id": "3", "category": "dairy", "quantity": 5}]}
    await shop.event("e-B2", "order.updated", anna, NOON + timedelta(days=2), added)
    await shop.order("refunded", anna, [dairy], [("1", 1000, 1000)])
    await shop.order("cancelled", anna, [dairy], [("1", 800, 800)], state="cancelled")
    await shop.order("foreign", anna, [dairy], [("1", 800, 0)], state="seen", currency="USD")
    await shop.order("unpaid", anna, [dairy], [("1", 800, 0)], state="seen", by="order.created")
    await shop.event("r-1", "review.created", anna, datetime(2026, 1, 10, 23, 30, tzinfo=UTC))
    ben = await shop.member(merged_into=anna)
    await shop.event("r-2", "review.created", ben, NOON)
    return anna


EXPECTED = {
    "events.review.created": 2,
    "items": 8,  # two of the line refunded in part, one of Oro, five that came later
    "items.brand.Oro": 1,
    "orders": 2,
    "orders.category.dairy": 2,
    "spend": 1500,
    "spend.category.dairy": 800,
    "spend.store.Madrid": 900,
}


async def test_orders_count_at_their_dates_net_of_refunds(tx: Transaction, program_id: int) -> None:
    shop = Shop(tx, program_id)
    anna = await a_history(shop)

    assert await operations.backfill(tx, program_id, READS, DOCUMENT) is None
    known = await operations.load(tx, program_id, [anna], READS, date(2026, 1, 31))

    assert {name: known[anna][f"member.{name}.last_30_days"] for name in NAMES} == EXPECTED
    days = {(item.metric, item.day) for item in await operations.held_about(tx, program_id, [anna])}
    assert {("spend", date(2026, 1, 10)), ("spend", date(2026, 1, 11))} <= days
    assert ("events.review.created", date(2026, 1, 11)) in days, "half past midnight in Madrid"


async def test_a_second_run_and_wrong_figures_change_nothing(tx: Transaction, program_id: int) -> None:
    shop = Shop(tx, program_id)
    anna = await a_history(shop)
    untouched = Count(anna, "spend", "category:fish", date(2026, 1, 1), 1, 77)
    await operations.record(tx, program_id, [Count(anna, "spend", "", date(2020, 1, 1), 9, 9), untouched])

    await operations.backfill(tx, program_id, READS, DOCUMENT)
    once = await operations.held_about(tx, program_id, [anna])
    after: UUID | None = operations.FIRST
    while after is not None:
        after = await operations.backfill(tx, program_id, READS, DOCUMENT, after=after, limit=1)

    assert await operations.held_about(tx, program_id, [anna]) == once
    assert untouched in once
    assert all(item.day.year != 2020 for item in once)
