"""The coupons of the Complete Journey: 27 campaigns by mail, and 2,102 times that a household used a coupon.

The data names the household, the coupon and the day of each use, not the basket. It is the first of that day in which
a product of the coupon was paid for with a coupon, and what was taken off such rows is what the coupon took off;
a row speaks for one coupon. Where no row fits, it is the day's first basket, and nothing is known to be taken off.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from puntal.entrypoints.demo import journey, tables

_DAYS = 1000
"""More than a year has: a household and a day as one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailer:
    """A campaign: some households got its coupons, to be used within these days, both in it."""

    id: str
    since: date
    through: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponUse:
    """A household used a coupon.

    Attributes:
        order: The basket it was used on, where the household bought anything that day.
        discount_minor: What it took off, as far as the rows tell.
    """

    card: str
    coupon: str
    campaign: str
    on: date
    order: str | None
    discount_minor: int


def mailers() -> list[Mailer]:
    """Return the campaigns, in the order of the data."""
    return [
        Mailer(id=str(row["campaign_id"]), since=row["start_date"], through=row["end_date"])
        for row in tables.rows_of("campaign_descriptions")
    ]


@cache
def uses() -> tuple[CouponUse, ...]:
    """Return every use of a coupon, in the order of the data."""
    told = list(tables.rows_of("coupon_redemptions"))
    products = _products({row["coupon_upc"] for row in told})
    baskets = _baskets({_key(row["household_id"], row["redemption_date"]) for row in told})
    spoken: set[tuple[int, int]] = set()
    found = []
    for row in told:
        day = baskets.get(_key(row["household_id"], row["redemption_date"]), [])
        rows = [one for one in day if one[2] and one[1] in products[row["coupon_upc"]] and one[:2] not in spoken]
        order = rows[0][0] if rows else day[0][0] if day else None
        of_it = [one for one in rows if one[0] == order]
        spoken.update(one[:2] for one in of_it)
        found.append(
            CouponUse(
                card=journey.card(row["household_id"]),
                coupon=str(row["coupon_upc"]),
                campaign=str(row["campaign_id"]),
                on=row["redemption_date"],
                order=None if order is None else str(order),
                discount_minor=sum(one[2] for one in of_it),
            )
        )
    return tuple(found)


def told_by(day: date) -> int:
    """Return how many uses the data tells of through a day."""
    return sum(use.on <= day for use in uses())


def _key(household: int, day: date) -> int:
    return household * _DAYS + day.timetuple().tm_yday


def _products(coupons: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for row in tables.rows_of("coupons"):
        if row["coupon_upc"] in coupons:
            found[row["coupon_upc"]].add(row["product_id"])
    return found


def _baskets(wanted: set[int]) -> dict[int, list[tuple[int, int, int]]]:
    """Return by household and day the rows bought: basket, product, what coupons took off, in cents."""
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    keys = pa.array(sorted(wanted), pa.int64())
    for rows in tables.coupon_rows():
        days = pc.cast(pc.day_of_year(rows["at"]), pa.int64())
        key = pc.add(pc.multiply(pc.cast(rows["household"], pa.int64()), _DAYS), days)
        chosen = rows.append_column("key", key).filter(pc.is_in(key, keys))
        columns = (chosen[name].to_pylist() for name in ("key", "basket", "product", "coupon"))
        for place, basket, product, coupon in zip(*columns, strict=True):
            found[place].append((basket, product, coupon))
    for bought in found.values():
        bought.sort()
    return found
