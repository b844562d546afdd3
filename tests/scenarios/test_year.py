"""A member's year at a shop, told by date through the public API."""

from __future__ import annotations

from typing import Any

from telling import POINTS, Teller, gave, why_not

AURORA: dict[str, Any] = {
    "puntal": 1,
    "name": {"es": "Club Aurora", "en": "Aurora Club"},
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "locales": ["es", "en"],
    "policies": {"reminders": ["30 days", "7 days"]},
    "joining": {"unknown_customer": "guest", "claim_within": "90 days"},
    "events": {"review.created": {"fields": {"rating": "number", "product_id": "text"}, "once_per": "product_id"}},
    "wallets": {
        "points": {
            "kind": "points",
            "worth": "0.01 EUR",
            "available": {"after": "14 days"},
            "expiry": {"after": "6 months", "end_of": "month"},
        },
        "status": {"kind": "qualifying"},
    },
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": "calendar_year",
            "keep": "end_of_next_period",
            "downgrade": {"to": "one_below", "grace": "30 days", "notice": "45 days"},
            "tiers": [
                {"id": "base"},
                {"id": "silver", "from": 300,
                 "benefits": [{"kind": "gift", "wallet": "points", "points": 100, "when": "reached"}]},
            ],
        }
    ],
    "earning": [
        {"id": "purchases", "label": {"es": "Tus compras", "en": "Your shopping"}, "on": "purchase", "award": POINTS,
         "by_tier": {"silver": {"points": "1.5"}}},
        {"id": "tier_points", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}},
        {"id": "double_monday", "on": "purchase", "during": {"rrule": "FREQ=WEEKLY;BYDAY=MO"},
         "multiply": {"rules": ["purchases"], "times": 2}},
        {"id": "big_basket", "on": "purchase", "when": {"order.net": {"at_least": "200.00 EUR"}},
         "award": {"wallet": "points", "points": 50}},
        {"id": "welcome", "on": "member.enrolled", "award": {"wallet": "points", "points": 20, "available": {}}},
        {"id": "birthday", "on": "member.birthday",
         "award": {"wallet": "points", "points": 100, "available": {}, "expiry": {"after": "60 days"}}},
        {"id": "anniversary", "on": "member.anniversary", "award": {"wallet": "points", "points": 30, "available": {}}},
        {"id": "review", "on": "review.created", "award": {"wallet": "points", "points": 10, "available": {}}},
    ],
}  # fmt: skip


async def test_annas_year(story: Teller) -> None:  # noqa: PLR0915 - a year is long
    """D2, B4, B5, B11 and the calendar of behaviour.md, on one member, from joining to being erased."""
    await story.at("2025-01-02 10:00")
    await story.open(AURORA)
    anna = await story.joins("anna@example.com", name="Anna Ruiz", birthday="1990-05-10", locale="es")
    assert await story.balance(anna) == 20, "the welcome followed her joining"

    # A Friday, then a Monday: double.
    await story.at("2025-01-03 12:00")
    friday = await story.buys("anna@example.com", 1999, order="A1")
    assert gave(friday) == {"purchases": 19, "tier_points": 19}
    assert why_not(friday, "double_monday") == ["not_now"]
    await story.at("2025-01-06 12:00")
    monday = await story.buys("anna@example.com", 1999, order="A2")
    assert gave(monday) == {"purchases": 19, "double_monday": 19, "tier_points": 19}
    wallet = await story.wallet(anna)
    assert (wallet["available"], wallet["pending"]) == (20, 57)

    # 14 days after the day of the order its points are there, whether or not the night has run.
    await story.at("2025-01-17 23:59")
    assert (await story.wallet(anna))["pending"] == 57
    await story.at("2025-01-18 00:00", nights=False)
    assert (await story.wallet(anna))["pending"] == 38
    await story.at("2025-01-21 08:00")
    assert (await story.wallet(anna))["pending"] == 0
    assert await story.balance(anna) == 77

    # Silver at 300: reached inside the order, the gift comes at once; the rate holds from the next order.
    await story.at("2025-02-04 12:00")
    big = await story.buys("anna@example.com", 27000, order="A3")
    assert gave(big) == {"purchases": 270, "tier_points": 270, "big_basket": 50}
    assert [(c["from"], c["to"]) for c in big["tier_changes"]] == [("base", "silver")]
    assert await story.tier(anna) == "silver"
    next_one = await story.buys("anna@example.com", 1000, order="A4")
    assert gave(next_one)["purchases"] == 15

    # Half of the big order goes back; the tier is reviewed at the night and ends after the grace.
    await story.at("2025-02-05 12:00")
    back = await story.refunds("A3", 13500)
    assert gave(back) == {"purchases": -135, "tier_points": -135, "big_basket": -25}
    assert await story.tier(anna) == "silver"
    await story.at("2025-02-06 12:00")
    shown = (await story.get(f"members/{anna}/tiers"))["items"][0]
    assert (shown["tier"], shown["in_grace"], shown["measure"]) == ("silver", True, 183)

    # She wins it back in time.
    await story.at("2025-02-20 12:00")
    await story.buys("anna@example.com", 12000, order="A5")
    shown = (await story.get(f"members/{anna}/tiers"))["items"][0]
    assert (shown["tier"], shown["in_grace"], shown["kept_until"]) == ("silver", False, "2027-01-31"), (
        "the end of 2026 and the grace"
    )

    # Once per product.
    await story.at("2025-03-10 12:00")
    about = {"rating": 5, "product_id": "mug"}
    assert gave(await story.sends("review.created", anna, data=about)) == {"review": 10}
    assert (await story.sends("review.created", anna, data=about))["awards"] == []
    assert gave(await story.sends("review.created", anna, data=about | {"product_id": "pan"})) == {"review": 10}

    # Her birthday, once; the points end after 60 days and she is reminded 30 and 7 days before.
    before = await story.balance(anna)
    await story.at("2025-05-10 08:00")
    assert await story.balance(anna) == before + 100
    await story.at("2025-05-11 08:00")
    assert await story.balance(anna) == before + 100

    # Why, and why not, in both languages.
    event = next_one["id"]
    english = await story.get(f"members/{anna}/explain", params={"event": event})
    spanish = await story.get(f"members/{anna}/explain", params={"event": event}, locale="es")
    assert [rule["rule"] for rule in english["rules"]] == [rule["rule"] for rule in spanish["rules"]]
    told = {rule["rule"]: rule["sentences"] for rule in english["rules"]}
    dicho = {rule["rule"]: rule["sentences"] for rule in spanish["rules"]}
    assert told["big_basket"] != dicho["big_basket"]
    assert all(told.values())
    assert all(dicho.values())

    # Points of January end with July; of the birthday on 10 July.
    await story.at("2025-08-01 08:00")
    reminded = [(row["in"], row["ends_on"], row["amount"]) for row in await story.outbox("points.expiring")]
    assert ("30 days", "2025-07-10", 100) in reminded
    assert ("7 days", "2025-07-10", 100) in reminded
    assert len(reminded) == len(set(reminded))
    transfers = (await story.get(f"members/{anna}/transfers", params={"limit": 100}))["items"]
    expired = [(row["amount"], row["effective_at"]) for row in transfers if row["kind"] == "points.expired"]
    assert (100, "2025-07-09T22:00:00Z") in expired
    assert (77, "2025-07-31T22:00:00Z") in expired

    # A pause stops earning; orders are facts all the same.
    await story.post(f"members/{anna}/pause", {"reason": "asked by phone"})
    paused = await story.buys("anna@example.com", 5000)
    assert (paused["status"], paused["awards"]) == ("nothing", [])
    await story.post(f"members/{anna}/resume", {"reason": "asked by phone"})
    assert gave(await story.buys("anna@example.com", 5000))["purchases"] == 75

    # An order in another currency, and one that comes too late, are facts that earn nothing and say why.
    await story.at("2025-08-20 12:00")
    wrong = await story.buys("anna@example.com", 5000, header={"currency": "USD"})
    assert (wrong["status"], wrong["code"], wrong["awards"]) == ("nothing", "order.other_currency", [])
    late = await story.buys("anna@example.com", 5000, occurred_at="2025-07-02T10:00:00Z")
    assert (late["status"], late["awards"]) == ("nothing", [])
    assert late["code"] == "event.too_old", late

    # A year after she joined.
    await story.at("2026-01-03 08:00")
    transfers = (await story.get(f"members/{anna}/transfers", params={"limit": 20}))["items"]
    assert [row["rule"] for row in transfers if row["rule"] == "anniversary"] == ["anniversary"]
    assert (await story.get(f"members/{anna}/tiers"))["items"][0]["kept_until"] == "2027-01-31"
    assert await story.wrong() == {}

    # Erased: the books stay, the person is gone.
    await story.post(f"members/{anna}/erase", status=204)
    shown = await story.get(f"members/{anna}")
    assert (shown["status"], shown["name"], shown["identities"]) == ("erased", None, [])
    assert await story.wrong() == {}
