"""Undoing at the till: one's own, in time, exactly, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from counters import Shop, order

from puntal.kit import clock, ids


class Moved:
    """A clock that is set by hand."""

    def __init__(self, patch: pytest.MonkeyPatch, at: datetime) -> None:
        self.at = at
        patch.setattr(clock, "now", lambda: self.at)


async def test_undoing_a_reward_restores_points_stock_and_limit(shop: Shop) -> None:
    """E5, C1: as if it had never been."""
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 50_000)
    coffee: Any = None
    for _ in range(4):
        coffee = await marta.redeems(anna, reward="coffee")
        assert (await shop.balance(anna), await shop.used("reward:coffee:stock")) == (400, 1)
        undone = await marta.undoes(coffee)
        assert (undone["state"], undone["replayed"], undone["receipt"][0]) == ("undone", False, "Undone")
        assert (await shop.balance(anna), await shop.used("reward:coffee:stock")) == (500, 0)
    second = await marta.undoes(coffee, locale="es")
    assert (second["replayed"], second["receipt"][0]) == (True, "Deshecho")
    assert await shop.balance(anna) == 500
    assert await shop.wrong() == {}


async def test_undoing_a_sale_takes_back_what_it_gave_and_gives_back_what_it_took(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 50_000)
    bearer = await shop.a_voucher()
    coffee = await marta.redeems(anna, reward="coffee", hold=True)
    sold = await marta.sells(anna, 4_000, redemptions=[coffee["id"]], vouchers=[bearer])
    assert await shop.balance(anna) == 440
    assert sold["vouchers"][0]["state"] == "used"

    undone = await marta.undoes(sold)

    assert (await shop.balance(anna), await shop.used("reward:coffee:stock")) == (500, 0)
    assert [each["state"] for each in undone["redemptions"]] == ["cancelled"]
    assert [each["state"] for each in undone["vouchers"]] == ["issued"]
    assert (await marta.undoes(sold))["replayed"] is True
    tiers = await shop.call(f"members/{anna}/tiers", method="GET")
    assert tiers["items"][0]["measure"] == 50_000
    assert await shop.wrong() == {}


async def test_undoing_a_sale_after_part_of_it_was_refunded_and_its_points_spent(shop: Shop) -> None:
    """The refund scenario: 3 of 4 euros' points are left to take, some of them are spent by then."""
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    sold = await marta.sells(anna, 10_000, 10_000, id="0198c0de-0000-7000-8000-000000000001", order=order(
        10_000, 10_000, id="T-1"
    ))  # fmt: skip
    refund = {
        "id": str(ids.new_id()), "type": "order.refunded", "occurred_at": clock.now().isoformat(),
        "source": "till:madrid-1", "refund": {"order": "T-1", "amount_minor": 5_000},
    }  # fmt: skip
    await shop.call("events", refund)
    assert await shop.balance(anna) == 150
    coffee = await marta.redeems(anna, reward="coffee")
    assert await shop.balance(anna) == 50

    undone = await marta.undoes(sold)

    assert (undone["state"], await shop.balance(anna)) == ("undone", 0)
    assert await shop.wrong() == {}
    # What could not be collected is taken first when the coffee's points return.
    await marta.undoes(coffee)
    assert await shop.balance(anna) == 0
    assert await shop.wrong() == {}


async def test_a_redemption_whose_voucher_was_used_stays(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 50_000)
    given = await marta.redeems(anna, reward="dinner", status=409)
    assert given["type"] == "reward.short_of_points"
    given = await marta.redeems(anna, reward="five_euro", status=409)
    assert given["type"] == "reward.order_needed"
    await shop.publish(rewards=[{"id": "later", "kind": "amount_off", "value": "5.00 EUR", "valid": {"for": "9 days"}}])
    right = await marta.redeems(anna, reward="later")
    (voucher,) = right["redemptions"][0]["vouchers"]
    used = await marta.redeems(anna, voucher=voucher["code"])

    assert (await marta.undoes(right, status=409, locale="es"))["type"] == "redemption.used"
    await marta.undoes(used)
    assert (await marta.undoes(right))["state"] == "undone"
    assert await shop.wrong() == {}


async def test_a_sale_is_one_of_the_redemption_whose_voucher_it_used(shop: Shop) -> None:
    """F2, C4: the order belongs to the reward; undone, the voucher is as it was before, and its cost stays paid."""
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    later = {"id": "later", "kind": "amount_off", "value": "5.00 EUR", "valid": {"for": "9 days"}}
    later |= {"cost": {"wallet": "points", "points": 100}, "budget": {"order_value": "50.00 EUR"}}
    await shop.publish(rewards=[later])
    await marta.sells(anna, 50_000)
    right = await marta.redeems(anna, reward="later")
    made, code = right["redemptions"][0]["id"], right["redemptions"][0]["vouchers"][0]["code"]

    refused = await marta.sells(anna, order=order(5_501, discount_minor=500), vouchers=[code], status=409)
    assert (refused["type"], refused["by"]) == ("reward.budget", "reward:later")
    sold = await marta.sells(anna, order=order(4_000, id="T-7", discount_minor=500), vouchers=[code])

    found = await shop.call(f"redemptions/{made}", method="GET")
    assert (found["order"], await shop.used("reward:later")) == ("till:madrid-1:T-7", 4_000)
    led = await shop.call("reports/incentives/orders?kind=reward", method="GET")
    assert [each["id"] for each in led["items"] if each["order_id"] == "T-7"] == ["later"]
    assert await shop.balance(anna) == 435
    assert await shop.wrong() == {}

    undone = await marta.undoes(sold)

    found = await shop.call(f"redemptions/{made}", method="GET")
    assert (found["state"], found["order"], found["returned"]) == ("committed", None, 0)
    assert [each["state"] for each in undone["vouchers"]] == ["issued"]
    assert (await shop.balance(anna), await shop.used("reward:later")) == (400, 0)
    assert await shop.wrong() == {}
    await marta.sells(anna, order=order(2_000, id="T-8", discount_minor=500), vouchers=[code])
    assert (await shop.call(f"redemptions/{made}", method="GET"))["order"] == "till:madrid-1:T-8"
    assert await shop.wrong() == {}


async def test_only_ones_own_and_only_at_the_own_store(shop: Shop) -> None:
    anna = await shop.joins()
    marta, ben = await shop.hire("Marta"), await shop.hire("Ben")
    eva = await shop.hire("Eva", store="bilbao-1")
    sold = await marta.sells(anna, 1000)

    bens = await ben.undoes(sold, status=403, locale="es")
    assert (bens["type"], bens["title"]) == ("till.not_own", "Lo hizo otra persona; solo ella puede deshacerlo")
    assert (await eva.undoes(sold, status=404))["type"] == "till.action_unknown"
    assert (await eva.does(f"actions/{sold['id']}", method="GET", status=404))["type"] == "till.action_unknown"
    assert (await ben.does(f"actions/{sold['id']}", method="GET"))["state"] == "done"


@pytest.mark.parametrize(
    ("within", "sold_at", "until"),
    [
        # Spring forward: 02:00 does not exist on 28 March 2027; an hour is an hour.
        ("1 hour", "2027-03-28T00:30:00+00:00", "2027-03-28T01:30:00+00:00"),
        # The day that lacks an hour ends at its own midnight.
        ("1 day", "2027-03-27T11:00:00+00:00", "2027-03-28T22:00:00+00:00"),
        # Fall back: 02:30 comes twice on 31 October 2027; the window does not start again.
        ("90 minutes", "2027-10-31T00:15:00+00:00", "2027-10-31T01:45:00+00:00"),
        ("1 day", "2027-10-30T11:00:00+00:00", "2027-10-31T23:00:00+00:00"),
    ],
)
async def test_the_window_at_the_edges_of_summer_time(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, within: str, sold_at: str, until: str
) -> None:
    moved = Moved(monkeypatch, datetime.fromisoformat(sold_at))
    await shop.publish(till={"undo_within": within})
    marta = await shop.hire("Marta")
    anna = await shop.joins()
    first, second = await marta.sells(anna, 1000), await marta.sells(anna, 2000)
    end = datetime.fromisoformat(until)
    assert datetime.fromisoformat(first["undo_until"]).astimezone(UTC) == end

    moved.at = end - timedelta(seconds=1)
    assert (await marta.undoes(first))["state"] == "undone"
    moved.at = end
    late: Any = await marta.undoes(second, status=409)
    assert late["type"] == "till.undo_too_late"
    assert (await marta.undoes(first))["replayed"] is True
    assert await shop.balance(anna) == 20
