"""The Complete Journey as events: 155,848 baskets that 2,469 households bought in one year.

The data has traps. They are dealt with here, so that the engine sees orders like any shop's:

* **Money.** `sales_value` is what the retailer receives, after the card's own discount (`retail_disc`) and
  the retailer's matching of coupons (`coupon_match_disc`), and before the manufacturer's coupon
  (`coupon_disc`), which the manufacturer pays to the retailer. So a line's price before discounts is
  `sales_value + retail_disc + coupon_match_disc`, all three discounts are the member's, and she paid
  `sales_value - coupon_disc`. (Shelf prices of the same product, store and week without a coupon confirm
  both halves in 99 % of the lines.)
* **Coupons without a line.** A coupon can stand on a row of its own, or exceed its line. What is left over
  is a discount on the rest of the basket, shared by largest remainder; nothing is paid below 0.
* **Nothing sold.** Rows with quantity 0 and value 0 are dropped. A basket of nothing else keeps its first
  row as a line of 0, because the visit is a fact. Products given for nothing (quantity, no value) stay.
* **Quantities that are not counts.** Fuel comes in thousandths of a gallon; its quantity is 1. So is that
  of a row with a value and quantity 0. Goods weighed at the till carry 1 in the data already.
* **Time.** Stamps have no zone; see `tables.offsets`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from puntal.entrypoints.demo import tables
from puntal.kit.shares import share

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

CURRENCY = "USD"
BASKETS = 155_848
"""How many events the whole year has."""
_LINE_IDS = tuple(str(number) for number in range(1, 1001))
_ATTRIBUTES = {
    "age": "age_band",
    "income": "income_band",
    "home_ownership": "home_ownership",
    "marital_status": "marital_status",
    "household_size": "household_size",
    "household_comp": "household_composition",
    "kids_count": "kids",
}


class Line(msgspec.Struct, gc=False, omit_defaults=True):
    """One product of a basket; the price before discounts is `amount_minor`."""

    id: str
    product: str
    category: str
    quantity: int
    amount_minor: int
    discount_minor: int
    brand: str | None = None


class Order(msgspec.Struct, gc=False):
    """A basket; `id` is the data's own."""

    id: str
    currency: str
    lines: list[Line]


class OrderPaid(msgspec.Struct, gc=False):
    """The event envelope of one basket, as the API takes it."""

    id: str
    type: str
    occurred_at: str
    source: str
    channel: str
    store: str
    member: dict[str, str]
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A member to enrol; 801 of the 2,469 have attributes."""

    card: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponRedemption:
    """A coupon of a direct campaign that a household used; the data knows the day only."""

    card: str
    coupon: str
    campaign: str
    on: date


@dataclass(slots=True)
class Report:
    """What became of every row. `rows == lines + rows_dropped` and `amount - discount == net`.

    Attributes:
        baskets_empty: Nothing was sold in them; they keep one line of 0.
        baskets_free: Their lines were paid with 0.00 (includes the empty ones).
        quantities_measured: Fuel lines whose quantity became 1.
        quantities_missing: Lines with a value and quantity 0 whose quantity became 1.
        products_unlisted: Lines whose product is in no list of products.
        baskets_in_missing_hour: Moved forward, out of the hour that daylight saving skipped.
        coupon_shared_minor: Coupons that were left over on their line and went to the rest of the basket.
        coupon_lapsed_minor: Coupons beyond all there was to pay in the basket.
    """

    rows: int = 0
    rows_dropped: int = 0
    lines: int = 0
    baskets: int = 0
    baskets_empty: int = 0
    baskets_free: int = 0
    baskets_in_missing_hour: int = 0
    households: int = 0
    stores: int = 0
    quantities_measured: int = 0
    quantities_missing: int = 0
    products_unlisted: int = 0
    amount_minor: int = 0
    discount_minor: int = 0
    net_minor: int = 0
    coupon_shared_minor: int = 0
    coupon_lapsed_minor: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the numbers by name."""
        return asdict(self)


def card(household: int) -> str:
    """Return the card number of a household: 123 has CJ000123."""
    return f"CJ{household:06d}"


def _lines_of(rows: pa.RecordBatch, report: Report) -> Iterator[tuple[Any, ...]]:
    """Yield what a line needs of each row, computed a batch at a time, and add the batch to the report."""
    used = pc.min_element_wise(rows["coupon"], rows["sales"])
    loyalty = pc.add(rows["retail"], rows["match"])
    unsold = pc.and_(pc.equal(rows["quantity"], 0), pc.equal(rows["sales"], 0))
    uncounted = pc.and_(pc.equal(rows["quantity"], 0), pc.greater(rows["sales"], 0))
    stamps = pc.strftime(pc.cast(rows["at"], pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%SZ")
    report.rows += rows.num_rows
    report.rows_dropped += pc.sum(unsold).as_py() or 0
    report.quantities_missing += pc.sum(uncounted).as_py() or 0
    columns = (
        rows["basket"],
        rows["household"],
        rows["store"],
        stamps,
        rows["skipped"],
        rows["product"],
        unsold,
        pc.if_else(uncounted, 1, rows["quantity"]),
        pc.add(rows["sales"], loyalty),
        pc.add(loyalty, used),
        pc.subtract(rows["coupon"], used),
    )
    return zip(*(column.to_pylist() for column in columns), strict=True)


def _paid(basket: int, household: int, store: int, at: str, lines: list[Line]) -> OrderPaid:
    return OrderPaid(
        f"cj:{basket}",
        "order.paid",
        at,
        "store",
        "store",
        str(store),
        {"card": card(household)},
        Order(str(basket), CURRENCY, lines),
    )


def _spread(loose: int, lines: list[Line], report: Report) -> None:
    """Take coupons that their own line could not use off what the rest of the basket costs."""
    left = [line.amount_minor - line.discount_minor for line in lines]
    usable = min(loose, sum(left))
    for line, part in zip(lines, share(usable, left), strict=True):
        line.discount_minor += part
    report.coupon_shared_minor += usable
    report.coupon_lapsed_minor += loose - usable


def _close(event: OrderPaid, first_product: int, loose: int, report: Report) -> OrderPaid:
    """Finish a basket whose rows have all been seen."""
    lines = event.order.lines
    if not lines:
        lines.append(_line(1, first_product, 0, 0, 0))
        report.rows_dropped -= 1
        report.baskets_empty += 1
    if loose:
        _spread(loose, lines, report)
    amount = discount = 0
    for line in lines:
        amount += line.amount_minor
        discount += line.discount_minor
    report.lines += len(lines)
    report.amount_minor += amount
    report.discount_minor += discount
    report.net_minor += amount - discount
    report.baskets_free += amount == discount
    report.baskets += 1
    return event


def _line(number: int, product: int, quantity: int, amount: int, discount: int) -> Line:
    kind = tables.catalogue().get(product, tables.UNKNOWN)
    return Line(str(number), str(product), kind.category, quantity, amount, discount, kind.brand)


def orders(report: Report | None = None, *, zone: str = tables.ZONE) -> Iterator[OrderPaid]:
    """Yield one event per basket, by time, ties by basket; always the same events in the same order.

    The report is complete when the iterator is exhausted. `zone` is where the wall clock of the data hangs.
    """
    report = Report() if report is None else report
    products = tables.catalogue()
    unknown = tables.UNKNOWN
    households: set[int] = set()
    stores: set[int] = set()
    open_basket = loose = first_product = 0
    event: OrderPaid | None = None
    lines: list[Line] = []
    for rows in tables.purchases(zone):
        for basket, household, store, at, skipped, product, unsold, quantity, amount, discount, left in _lines_of(
            rows, report
        ):
            if basket != open_basket:
                if event is not None:
                    yield _close(event, first_product, loose, report)
                open_basket, first_product, loose, lines = basket, product, 0, []
                event = _paid(basket, household, store, at, lines)
                households.add(household)
                stores.add(store)
                report.households, report.stores = len(households), len(stores)
                report.baskets_in_missing_hour += skipped
            loose += left
            if unsold:
                continue
            kind = products.get(product, unknown)
            if kind.measured:
                report.quantities_measured += quantity != 1
            elif kind is unknown:
                report.products_unlisted += 1
            count = 1 if kind.measured else quantity
            number = _LINE_IDS[len(lines)]
            lines.append(Line(number, str(product), kind.category, count, amount, discount, kind.brand))
    if event is not None:
        yield _close(event, first_product, loose, report)


def events(report: Report | None = None, *, zone: str = tables.ZONE) -> Iterator[bytes]:
    """Yield `orders` as JSON, one event each."""
    return map(msgspec.json.Encoder().encode, orders(report, zone=zone))


def write_jsonl(path: Path, *, zone: str = tables.ZONE) -> Report:
    """Write every event as a line of JSON, replacing the file, and return what became of the rows."""
    report = Report()
    with path.open("wb", buffering=1 << 20) as out:
        for event in events(report, zone=zone):
            out.write(event)
            out.write(b"\n")
    return report


def members() -> Iterator[Household]:
    """Yield every household that bought something, by number."""
    known = {row.pop("household_id"): row for row in tables.rows_of("demographics")}
    for household in sorted(tables.households()):
        answers = known.get(household, {})
        yield Household(
            card=card(household),
            attributes={name: answers[key] for key, name in _ATTRIBUTES.items() if answers.get(key) is not None},
        )


def coupon_redemptions() -> Iterator[CouponRedemption]:
    """Yield the coupons of direct campaigns that were used, in the order of the data."""
    for row in tables.rows_of("coupon_redemptions"):
        yield CouponRedemption(
            card=card(row["household_id"]),
            coupon=str(row["coupon_upc"]),
            campaign=str(row["campaign_id"]),
            on=row["redemption_date"],
        )
