"""What happens in a shop's year: its members, their orders and what else they do. Made up, the same every time. Pure.

Nothing is drawn from a generator: each number follows from the names of what it is for (`draw`), so that a change of
one assumption changes what depends on it and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from puntal.engine.model import Compiled, Event
from puntal.insight.outlook.model import Part, Shop, Trade
from puntal.kit.calendar import midnight
from puntal.kit.ids import derived
from puntal.kit.money import digits
from puntal.kit.shares import share
from puntal.members.model import Profile
from puntal.orders.model import Line, Order

YEAR = 2025
"""The year that is lived: an ordinary one, which begins on a Wednesday."""
DAYS = 365
MOST_ORDERS = 2_000
LEAST_MEMBERS, MOST_MEMBERS = 40, 300
SOURCE = "shop"

_OFTEN = (51, 163, 288, 431, 598, 799, 1_050, 1_386, 1_897, 2_996)
"""How often each tenth of the members comes beside the average: the exponential distribution, in thousandths.

Purchase frequencies of a market follow a gamma distribution (A. Ehrenberg, Repeat-Buying); this is the one whose
shape is 1.
"""
_TASTE = (60, 80, 95, 110, 155)
"""What members spend beside each other, and `_SPREAD` what orders of one come to, in hundredths; 100 on average."""
_SPREAD = (40, 60, 75, 90, 100, 115, 140, 180)
_SENT = frozenset({"online", "app"})
_UNLIKE = 10_000
_LATER = timedelta(days=3)
"""How long after an order its next state comes: fulfilled, delivered."""

T = TypeVar("T")


class Person(Struct, frozen=True):
    """A member of the sample and all that happens to her, in order of time."""

    profile: Profile
    redeems: bool
    events: tuple[Event, ...]


def draw(*what: object) -> int:
    """Return a number from 0 to 9,999 for what is named: always the same, unlike that of anything else."""
    named = "/".join(str(each) for each in what)
    return int.from_bytes(blake2b(named.encode(), digest_size=4).digest()) % _UNLIKE


def happens(percent: int, *what: object) -> bool:
    """Return whether something happens that happens to so many of a hundred."""
    return draw(*what) * 100 < percent * _UNLIKE


def one_of(values: Sequence[T], *what: object) -> T:
    """Return one of some values, each as likely."""
    return values[draw(*what) * len(values) // _UNLIKE]


def in_currency(hundredths: int, currency: str) -> int:
    """Return an assumed amount in minor units of a currency: 6.20 of any, at least one unit."""
    unit: int = 10 ** digits(currency)
    return max(1, (hundredths * unit + 50) // 100)


def typical(trade: Trade, currency: str) -> Shop:
    """Return the typical shop of a trade, its amounts in a currency; they are not converted."""
    return Shop(
        orders_per_month=trade.orders_per_month,
        basket_minor=in_currency(trade.basket, currency),
        margin_percent=trade.margin_percent,
        member_percent=trade.member_percent,
        orders_per_member=trade.orders_per_member,
        redeeming_percent=trade.redeeming_percent,
        gift_minor=in_currency(trade.gift, currency),
    )


def sample_of(shop: Shop) -> int:
    """Return how many members are lived: as many as keeps the orders to be decided at some thousand."""
    return min(MOST_MEMBERS, max(LEAST_MEMBERS, MOST_ORDERS // shop.orders_per_member))


def people(program: Compiled, trade: Trade, shop: Shop) -> Iterator[Person]:
    """Yield the members of the sample. Everybody comes once; how often beyond that is as `_OFTEN` has it."""
    count = sample_of(shop)
    weights = [_OFTEN[at % len(_OFTEN)] for at in range(count)]
    for at, more in enumerate(share(count * (shop.orders_per_member - 1), weights)):
        yield _Living(program, trade, shop, at).person(1 + more)


class _Living:
    """One member's year in the making."""

    def __init__(self, program: Compiled, trade: Trade, shop: Shop, at: int) -> None:
        self.program, self.trade, self.shop, self.at = program, trade, shop, at
        self.id: UUID = derived("outlook", str(at))
        self.taste = _TASTE[at // len(_OFTEN) % len(_TASTE)]
        self.begins = midnight(program.zone, date(YEAR, 1, 1))
        self.ends = midnight(program.zone, date(YEAR + 1, 1, 1))

    def person(self, orders: int) -> Person:
        """Return her with so many orders. She joins with the first."""
        at, program = self.at, self.program
        bought = [self._order(number, orders) for number in range(orders)]
        joined = bought[0].occurred_at - timedelta(minutes=1)
        birthday = date(1990, 1, 1) + timedelta(days=draw(at, "birthday") * DAYS // _UNLIKE)
        profile = Profile(
            id=self.id,
            status="active",
            enrolled_at=joined,
            country=program.region,
            birthday=birthday,
            attributes={name: one_of(values, at, name) for name, values in self.trade.people.items()},
            created_at=joined,
            updated_at=joined,
        )
        events = [self._event("member.enrolled", "joined", joined)]
        celebrated = midnight(program.zone, birthday.replace(year=YEAR)) + timedelta(hours=9)
        if celebrated > joined:
            events.append(self._event("member.birthday", "birthday", celebrated))
        for number, order in enumerate(bought):
            events += [order, *self._after(number, order)]
        # What comes at the same instant is told in the order it was made.
        events.sort(key=lambda event: event.occurred_at)
        redeems = happens(self.shop.redeeming_percent, at, "redeems")
        return Person(profile, redeems, tuple(event for event in events if event.occurred_at < self.ends))

    def _event(
        self, type: str, name: str, at: datetime, *, data: Mapping[str, object] = {}, of: str | None = None
    ) -> Event:
        return Event(id=f"{self.at}-{name}", type=type, source=SOURCE, occurred_at=at, data=data, order_id=of)

    def _order(self, number: int, orders: int) -> Event:
        trade, currency, at = self.trade, self.program.currency, self.at
        id = f"{at}-{number}"
        channel = one_of(trade.channels, at, number, "channel")
        taken = [part for part in trade.parts if happens(part.percent, at, number, part.category)] or [trade.parts[0]]
        spread = one_of(_SPREAD, at, number, "spread")
        amount = max(len(taken), self.shop.basket_minor * self.taste * spread // 10_000)
        lines = tuple(
            self._line(number, part, place, paid)
            for place, (part, paid) in enumerate(
                zip(taken, share(amount, [part.weight for part in taken]), strict=True), 1
            )
        )
        attributes = {name: one_of(values, at, number, name) for name, values in trade.attributes.items()}
        for name, category in trade.counted.items():
            attributes[name] = sum(line.quantity for line in lines if line.category == category)
        return Event(
            id=f"{id}-order",
            type=self.program.earns_on,
            source=SOURCE,
            occurred_at=self._when(number, orders),
            channel=channel,
            store="1",
            order=Order(
                id=id,
                currency=currency,
                lines=lines,
                shipping_minor=in_currency(trade.shipping, currency) if trade.shipping and channel in _SENT else 0,
                tags=tuple(tag for tag, percent in trade.tags.items() if happens(percent, at, number, tag)),
                attributes=attributes,
            ),
            order_id=id,
        )

    def _line(self, number: int, part: Part, place: int, amount: int) -> Line:
        what = (self.at, number, part.category)
        brand, left = None, draw(*what, "brand") * 100 // _UNLIKE
        for name, percent in part.brands.items():
            if left < percent:
                brand = name
                break
            left -= percent
        return Line(
            id=str(place),
            amount_minor=amount,
            product=part.product,
            category=part.category,
            brand=brand,
            tags=tuple(tag for tag, percent in part.tags.items() if happens(percent, *what, tag)),
            quantity=max(1, amount // in_currency(part.price, self.program.currency)),
        )

    def _when(self, number: int, orders: int) -> datetime:
        """Return when an order comes: they are spread over the year, each somewhere in its stretch of it."""
        place = (number * _UNLIKE + draw(self.at, number, "day")) * DAYS // (orders * _UNLIKE)
        on = date(YEAR, 1, 1) + timedelta(days=place)
        while on.weekday() in self.trade.closed:
            on += timedelta(days=1)
        on = min(on, date(YEAR, 12, 30))
        hour = one_of(self.trade.hours, self.at, number, "hour")
        minute = draw(self.at, number, "minute") * 60 // _UNLIKE
        local = datetime(on.year, on.month, on.day, hour, minute, tzinfo=self.program.zone)
        return local.astimezone(UTC)

    def _after(self, number: int, order: Event) -> Iterator[Event]:
        """Yield what follows an order: its next states where a wallet waits for them, and what members do."""
        for type in self.program.awaited:
            if type.startswith("order.") and type != self.program.earns_on:
                yield self._event(type, f"{number}-{type}", order.occurred_at + _LATER, of=order.order_id)
        for deed in self.trade.deeds:
            declared = deed.type in self.program.document.events
            if declared and not (deed.first and number) and happens(deed.percent, self.at, number, deed.type):
                data = {name: order.order_id if value == "#" else value for name, value in deed.data.items()}
                yield self._event(deed.type, f"{number}-{deed.type}", order.occurred_at + timedelta(hours=1), data=data)
