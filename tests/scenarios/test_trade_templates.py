"""The ready-made programs of more trades, lived in: what their words promise comes out."""

from __future__ import annotations

from typing import Any

import pytest
from telling import Json, Teller, gave, template, why_not

from puntal.engine.compile import compile as compile_program
from puntal.programs import operations as programs
from puntal.programs.policy import check
from puntal.programs.templates import list_templates

TRADES = ["beauty", "restaurant", "pharmacy", "hotel"]


@pytest.mark.parametrize("name", [each.id for each in list_templates()])
async def test_it_checks_clean_compiles_and_is_listed_in_both_languages(story: Teller, name: str) -> None:
    assert check(template(name))[1] == []
    await story.open(name)
    async with story.database.program_transaction(story.program_id) as tx:
        published = await programs.load_published(tx, story.program_id)
    compiled = compile_program(published.document, program_id=story.program_id, revision=1, ordinals=published.wallets)
    assert "purchase" in compiled.triggers
    listed = {}
    for locale in ("es", "en"):
        found = await story.call("GET", "/v1/templates", locale=locale)
        listed[locale] = next(each for each in found if each["id"] == name)
    assert listed["es"]["summary"] != listed["en"]["summary"]


def line(amount: int, category: str, **more: Any) -> Json:
    return {"amount_minor": amount, "category": category} | more


async def test_a_beauty_shop(story: Teller) -> None:
    """A routine with refills, treatments on quiet days, a tier with its rate, thanks for what is not bought."""
    await story.open("beauty")
    await story.at("2025-02-06 11:00")
    anna = await story.joins(birthday="1990-10-05")
    assert await story.balance(anna) == 50
    routine = [line(2_000, "cleanser"), line(4_500, "serum"), line(3_500, "moisturiser", tags=["refill"], quantity=2)]
    first = await story.buys(anna, *routine, line(6_000, "treatment"), line(5_000, "giftcard"), order="B1")
    assert gave(first) == {"purchases": 160, "refills": 20, "full_routine": 40}
    assert "not_now" in why_not(first, "quiet_days"), "a Thursday"
    wallet = await story.wallet(anna)
    assert (wallet["available"], wallet["pending"]) == (50, 220)

    await story.at("2025-02-10 11:00")
    quiet = await story.buys(anna, line(10_000, "treatment"))
    assert gave(quiet) == {"purchases": 100, "quiet_days": 100}
    assert await story.tier(anna) == "radiant"
    assert gave(await story.buys(anna, line(1_000, "serum"))) == {"purchases": 12}, "1.25 a euro"

    # What is thanked for is there at once, and all of it together stops at 250 a month.
    before = (await story.wallet(anna))["available"]
    assert gave(await story.sends("profile.completed", anna)) == {"profile": 50}
    photos = await story.sends("review.created", anna, data={"rating": 5, "product_id": "serum", "photos": 2})
    assert gave(photos) == {"review": 40}
    assert gave(await story.sends("container.returned", anna, data={"count": 3})) == {"containers": 30}
    assert gave(await story.sends("container.returned", anna, data={"count": 9})) == {"containers": 50}
    assert gave(await story.sends("container.returned", anna, data={"count": 9})) == {"containers": 20}
    assert (await story.wallet(anna))["available"] == before + 50 + 40 + 30 + 50 + 20

    await story.at("2025-02-12 11:00")
    await story.refunds("B1")
    await story.at("2025-03-05 11:00")
    assert await story.balance(anna) == before + 190 + 200 + 12 + 150, "the first order gave nothing in the end"

    # Four months away: a welcome back. A year without her, from when the last could be spent: nothing is left.
    await story.at("2025-09-01 11:00")
    assert gave(await story.buys(anna, 3_000))["come_back"] == 100
    await story.at("2026-09-17 11:00")
    assert await story.balance(anna) == 0
    assert await story.wrong() == {}


async def test_a_restaurant(story: Teller) -> None:
    """Early dinners, menus with stamps, a big table, a kept booking, and a place of one's own after six visits."""
    await story.open("restaurant")
    await story.at("2025-02-03 19:30")
    anna = await story.joins(birthday="1985-05-20")
    dinner = [line(4_000, "dinner"), line(1_000, "drinks"), line(500, "tip")]
    assert gave(await story.buys(anna, *dinner, order="R1")) == {"table": 50, "early_dinner": 50}
    brought = await story.buys(anna, line(2_000, "dinner"), line(300, "delivery_fee"), channel="delivery")
    assert gave(brought) == {"table": 20}

    await story.at("2025-02-04 14:00")
    menus = await story.buys(anna, line(7_500, "lunch_menu", quantity=5), order="R2")
    assert gave(menus) == {"table": 75, "lunch_menus": 4}, "four stamps a day"
    assert await story.balance(anna, "menu_card") == 4

    await story.at("2025-02-07 21:30")
    booked = {"booking": "77", "guests": 8}
    assert gave(await story.sends("booking.kept", anna, data=booked)) == {"booking": 10}
    assert gave(await story.sends("booking.kept", anna, data=booked)) == {}, "each booking once"
    dish = line(1_800, "dinner", tags=["new_dish"], quantity=2)
    big = await story.buys(anna, line(20_000, "dinner"), dish, header={"attributes": {"guests": 8}})
    assert gave(big) == {"table": 218, "new_dishes": 10, "big_table": 60}

    for day in ("2025-02-11", "2025-02-12"):
        await story.at(f"{day} 14:00")
        await story.buys(anna, line(1_500, "lunch_menu"))
    assert await story.tier(anna) == "regular"
    assert await story.balance(anna, "menu_card") == 6
    assert gave(await story.buys(anna, line(5_000, "dinner"))) == {"table": 60}, "1.2 a euro"
    balance = await story.balance(anna)
    await story.refunds("R1")
    assert await story.balance(anna) == balance - 100

    await story.at("2025-05-20 09:00")
    assert await story.balance(anna) == balance - 100 + 200
    away = await story.buys(anna, line(3_000, "dinner"))
    assert gave(away) == {"table": 36, "back_again": 60}
    assert await story.wrong() == {}


async def test_a_pharmacy(story: Teller) -> None:
    """Medicines and infant formula earn nothing, whatever else is in the basket; strangers are not recorded."""
    await story.open("pharmacy")
    await story.at("2025-02-03 10:00")
    stranger = await story.sends(
        "order.paid", member={"card": "9"},
        order={"id": "P0", "currency": "EUR", "lines": [line(1_000, "skin_care") | {"id": "1"}]},
    )  # fmt: skip
    assert (stranger["code"], stranger["member_id"]) == ("member.unknown", None)
    anna = await story.joins()
    basket = [line(2_050, "prescription"), line(800, "medicine"), line(1_900, "infant_formula"),
              line(3_000, "skin_care"), line(4_000, "baby_care")]  # fmt: skip
    first = await story.buys(anna, *basket, order="P1")
    assert gave(first) == {"purchases": 70, "skin_care_week": 30}
    assert gave(await story.buys(anna, line(2_050, "prescription"), line(800, "medicine"))) == {}

    await story.at("2025-02-10 10:00")
    second = await story.buys(anna, line(3_000, "skin_care"), line(2_000, "baby_care"))
    assert gave(second) == {"purchases": 50, "baby_club": 10}, "her third order: not the second, not the first week"
    ben = await story.joins("ben@example.com")
    await story.buys(ben, line(1_500, "hygiene"))
    assert gave(await story.buys(ben, line(1_500, "hygiene"))) == {"purchases": 15, "second_visit": 50}

    assert gave(await story.sends("service.given", anna, data={"service": "weighing"})) == {"service": 15}
    assert gave(await story.sends("service.given", anna, data={"service": "weighing"})) == {}
    assert gave(await story.sends("medicines.recycled", anna)) == {"recycling": 5}
    workshops = [gave(await story.sends("workshop.attended", anna, data={"workshop": name})) for name in "abc"]
    assert workshops == [{"workshop": 25}, {"workshop": 15}, {}], "60 a month of these together"
    await story.refunds("P1")
    await story.at("2025-03-01 10:00")
    assert await story.balance(anna) == 60 + 60

    await story.at("2025-06-10 10:00")
    sun = await story.buys(anna, line(5_000, "sun_care", quantity=3))
    assert gave(sun) == {"purchases": 50, "sun_care": 30}
    # To the end of the quarter after twelve months.
    await story.at("2026-04-01 00:10")
    assert await story.balance(anna) == 80
    assert await story.wrong() == {}


async def test_a_hotel(story: Teller) -> None:
    """A stay earns when it is over: nights for the tier, points for the room, and more for what we want more of."""
    document = template("hotel")
    document["campaigns"][0]["holdout"] = "0%"
    await story.open(document)
    await story.at("2025-02-03 12:00")
    anna = await story.joins()

    async def stays(name: str, *lines: Json, channel: str = "web", **attributes: int) -> Json:
        order = {
            "id": name, "currency": "EUR", "attributes": attributes,
            "lines": [each | {"id": str(n)} for n, each in enumerate(lines, 1)],
        }  # fmt: skip
        paid = await story.sends("order.paid", anna, order=order, channel=channel)
        assert gave(paid) == {}, "paid in advance earns nothing yet"
        return await story.sends("order.fulfilled", anna, order=order, channel=channel)

    quiet = await stays("H1", line(30_000, "room"), line(5_000, "restaurant"), nights=3)
    assert gave(quiet) == {"room": 1500, "house": 400, "nights": 3, "own_channel": 250, "low_season": 1500}
    assert (await story.wallet(anna))["pending"] == 3650

    sold = await stays("H2", line(20_000, "room"), line(2_000, "bar"), channel="ota", nights=2)
    assert gave(sold) == {"house": 160}, "rooms sold by others earn no points and no nights"

    await story.at("2025-03-10 12:00")
    long = await stays("H3", line(60_000, "room"), nights=6, advance_days=75)
    assert gave(long) == {"room": 3000, "nights": 6, "own_channel": 250, "long_stay": 1500, "planned": 300}
    assert await story.tier(anna) == "silver"
    assert gave(await stays("H4", line(10_000, "room"), channel="desk", nights=1)) == {"room": 550, "nights": 1}
    assert gave(await story.sends("towels.kept", anna, data={"night": "1"})) == {"towels": 50}
    assert gave(await story.sends("stay.reviewed", anna, data={"stay": "H3", "score": 9})) == {"review": 200}

    # A stay that is given back takes its nights along, and the tier with them.
    await story.at("2025-03-12 12:00")
    await story.refunds("H3")
    assert await story.balance(anna, "nights") == 4
    await story.at("2025-03-20 12:00")
    assert await story.balance(anna) == 3650 + 160 + 550 + 50 + 200

    # Somebody who only ate here stays for the first time.
    ben = await story.joins("ben@example.com")
    await story.sends("order.fulfilled", ben, order={
        "id": "T1", "currency": "EUR", "lines": [line(12_000, "restaurant") | {"id": "1"}]})  # fmt: skip
    night = await story.sends("order.fulfilled", ben, channel="app", order={
        "id": "T2", "currency": "EUR", "attributes": {"nights": 1},
        "lines": [line(9_000, "room") | {"id": "1"}]})  # fmt: skip
    assert gave(night) == {"room": 450, "nights": 1, "own_channel": 250, "first_night_bonus": 2000}
    assert await story.wrong() == {}
