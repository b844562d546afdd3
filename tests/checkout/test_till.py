"""The till over HTTP: who is served, selling, redeeming, undoing (E5, F10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from counters import Shop, a_new_id, order

from puntal.checkout.shapes_till import TillActionOut, TillLookupOut
from puntal.kit import clock


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("anna@example.com", "email"),
        (" +34 600 000 001 ", "number"),
        ("600000001", "number"),
        ("7700123", "number"),
    ],
)
async def test_whatever_is_typed_finds_her(shop: Shop, text: str, reading: str) -> None:
    """E5: one field."""
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 60_000)

    found = await marta.does("lookup", {"text": text})

    TillLookupOut.model_validate(found)
    assert (found["reading"], found["found"]) == (reading, True)
    assert {each["wallet"] for each in found["wallets"]} >= set(found["member"]["balances"])
    assert found["member"] == {
        "member_id": anna,
        "first_name": "Anna",
        "ending": "0123",
        "status": "active",
        "tiers": [{"ladder": "club", "tier": "silver", "name": "Silver"}],
        "balances": {"points": 600},
    }
    assert [(each["reward"], each["state"]) for each in found["rewards"]] == [
        ("coffee", "available"),
        ("five_euro", "with_order"),
    ]
    assert "20" in found["rewards"][1]["sentence"]
    assert [(each["wallet"], each["points"], each["short_by"]) for each in found["rewards"]] == [
        ("points", 100, 0),
        ("points", 300, 0),
    ]
    assert "López" not in str(found)
    assert "example.com" not in str(found)


async def test_a_pass_is_shown_once(shop: Shop) -> None:
    """E5: the short-lived code of her phone."""
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    token = (await shop.call(f"members/{anna}/pass-token", method="GET"))["token"]

    first = await marta.does("lookup", {"text": token})
    second = await marta.does("lookup", {"text": token}, locale="es")

    assert (first["reading"], first["member"]["member_id"]) == ("pass", anna)
    assert (second["found"], second["code"], second["member"]) == (False, "rewards.pass_used", None)


async def test_a_scanned_voucher_shows_itself_and_whose_it_is(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    code = await shop.a_voucher(member=anna)
    bearer = await shop.a_voucher()

    hers = await marta.does("lookup", {"text": code.lower()}, locale="es")
    anybodys = await marta.does("lookup", {"text": bearer})

    assert (hers["reading"], hers["member"]["first_name"]) == ("voucher", "Anna")
    (shown,) = hers["vouchers"]
    assert (shown["usable"], shown["name"], shown["ending"]) == (True, "15 %", code[-3:])
    assert code not in str(hers)
    assert (anybodys["member"], anybodys["vouchers"][0]["usable"]) == (None, True)
    whole = await marta.does("lookup", {"text": "7700123"})
    assert [each["voucher_id"] for each in whole["vouchers"]] == [shown["voucher_id"]]


async def test_nobody_and_somebody_answer_with_the_same_fields(shop: Shop) -> None:
    await shop.joins()
    marta = await shop.hire("Marta")

    found, nobody = [await marta.does("lookup", {"text": text}, locale="es") for text in ("7700123", "7700124")]

    assert found.keys() == nobody.keys()
    assert (nobody["reading"], nobody["code"]) == ("nothing", "till.nobody")
    assert nobody["message"] == "Lo escaneado no corresponde a nadie"


async def test_guessing_ends_also_for_right_ones(shop: Shop) -> None:
    anna = await shop.joins()
    marta, ben = await shop.hire("Marta"), await shop.hire("Ben")
    for n in range(40):
        assert not (await marta.does("lookup", {"text": f"99{n:05}"}))["found"]

    refused = await marta.ask("lookup", {"text": "7700123"})
    spending = await marta.ask("redeem", {"id": a_new_id(), "voucher": "NOPE1234"})

    assert (refused.status_code, refused.json()["type"]) == (429, "rewards.too_many_guesses")
    assert int(refused.headers["retry-after"]) > 0
    assert spending.status_code == 429
    assert (await ben.does("lookup", {"text": "7700123"}))["member"]["member_id"] == anna


async def test_codes_that_are_nobodys_count_as_guesses(shop: Shop) -> None:
    marta = await shop.hire("Marta")
    answers = [(await marta.ask("redeem", {"id": a_new_id(), "voucher": f"NOPE{n:04}"})).status_code for n in range(41)]
    assert answers == [404] * 40 + [429]


async def test_a_sale_earns_and_prints(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")

    sold = await marta.sells(anna, 2999)
    en = await marta.does(f"actions/{sold['id']}/receipt", method="GET")
    es = await marta.does(f"actions/{sold['id']}/receipt", method="GET", locale="es")

    TillActionOut.model_validate(sold)
    assert (sold["kind"], sold["state"], sold["store"], sold["member_id"]) == ("sale", "done", "madrid-1", anna)
    assert en["lines"] == ["You earned 29 points", "Your balance: 29 points", "71 points more for: A coffee",
                           "See you soon!"]  # fmt: skip
    assert es["text"].split("\n") == [
        "Has ganado 29 puntos",
        "Tu saldo: 29 puntos",
        "Te faltan 71 puntos para: Un café",
        "¡Hasta pronto!",
    ]
    event = await shop.call(f"events/till:{sold['id']}", method="GET")
    assert (event["said"]["store"], event["said"]["channel"], event["source"]) == ("madrid-1", "store", "till:madrid-1")


async def test_a_receipt_says_what_the_program_has_on_it(shop: Shop) -> None:
    await shop.publish(till={"receipt": ["balance"]})
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    assert (await marta.sells(anna, 2999))["receipt"] == ["Your balance: 29 points"]


async def test_a_hold_is_committed_by_the_sale_that_names_it(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 50_000)
    held = await marta.redeems(anna, reward="five_euro", order=order(3000), hold=True)
    assert (held["state"], held["redemptions"][0]["state"], await shop.balance(anna)) == ("held", "held", 200)

    sold = await marta.sells(anna, 2500, redemptions=[held["id"]])

    assert [each["state"] for each in sold["redemptions"]] == ["committed"]
    assert "You redeemed: 5 euros off (300 points)" in sold["receipt"]
    assert await shop.balance(anna) == 225
    assert (await marta.does(f"actions/{held['id']}", method="GET"))["redemptions"][0]["state"] == "committed"
    again = await marta.sells(anna, 2500, redemptions=[held["id"]], status=409)
    assert again["type"] == "till.hold_not_here"
    assert await shop.wrong() == {}


async def test_what_is_held_is_committed_apart_or_let_go(shop: Shop) -> None:
    anna = await shop.joins()
    marta, ben = await shop.hire("Marta"), await shop.hire("Ben")
    await marta.sells(anna, 50_000)
    coffee = await marta.redeems(anna, reward="coffee", hold=True)
    bearer = await shop.a_voucher()
    aside = await marta.redeems(None, voucher=bearer, hold=True)

    for held in (coffee, aside):
        done = await ben.does(f"actions/{held['id']}/commit")
        assert (done["state"], done["replayed"]) == ("done", False)
        assert (await marta.does(f"actions/{held['id']}/commit"))["replayed"] is True
    second = await marta.redeems(anna, reward="coffee", hold=True)
    assert (await marta.undoes(second))["state"] == "undone"
    assert (await marta.does(f"actions/{second['id']}/commit", status=409))["type"] == "till.undone"
    assert await shop.balance(anna) == 400
    assert await shop.wrong() == {}


async def test_the_same_id_is_the_same_deed(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    sale = {"id": a_new_id(), "member_id": anna, "order": order(10_000)}
    first = await marta.does("earn", sale, status=201)
    again = await marta.does("earn", sale)
    assert (first["replayed"], again["replayed"], await shop.balance(anna)) == (False, True, 100)
    other = await marta.does("earn", sale | {"order": order(20_000)}, status=409, locale="es")
    assert other["type"] == "till.id_reused"

    coffee = {"id": a_new_id(), "member_id": anna, "reward": "coffee"}
    assert (await marta.does("redeem", coffee, status=201))["replayed"] is False
    assert (await marta.does("redeem", coffee))["replayed"] is True
    assert await shop.balance(anna) == 0


async def test_refusals_of_rewards_are_said_with_their_numbers(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 6_000)
    short = await marta.redeems(anna, status=409, locale="es", reward="coffee")
    assert (short["type"], short["short_by"], short["title"]) == ("reward.short_of_points", 40, "Faltan 40")
    assert (await marta.redeems(anna, status=404, reward="nothing"))["type"] == "reward.unknown"
    both: Any = {"reward": "coffee", "voucher": "X"}
    assert (await marta.redeems(anna, status=422, **both))["type"] == "request.faulty"


async def test_a_gift_card_is_used_in_part(shop: Shop) -> None:
    marta = await shop.hire("Marta")
    code = await shop.a_voucher("card", currency="EUR", amount=5000)
    used = await marta.redeems(None, voucher=code, amount_minor=1250)
    assert used["vouchers"][0]["remaining"] == 3750
    assert "Voucher used: card, €37.50 left on it" in used["receipt"]
    assert (await marta.undoes(used))["vouchers"][0]["remaining"] == 5000


async def test_evaluating_is_the_checkouts_own_answer_for_this_store(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 50_000)
    cart = {"order": order(3000), "member_id": anna, "rewards": [{"reward": "five_euro"}]}
    answer = await marta.does("evaluate", cart)
    assert (answer["discount_minor"], answer["total_minor"], answer["member_id"]) == (500, 2500, anna)
    named = await marta.ask("evaluate", cart | {"member": {"email": "anna@example.com"}})
    assert named.status_code == 422


async def test_everything_is_logged_with_store_and_staff(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.does("lookup", {"text": "7700123"})
    sold = await marta.sells(anna, 20_000)
    await marta.redeems(anna, reward="coffee")
    await marta.undoes(sold)

    log = (await shop.call("audit", method="GET"))["items"]

    mine = [each for each in log if each["action"].startswith("till.")]
    assert [each["action"] for each in reversed(mine)] == [
        "till.looked_up", "till.sold", "till.redeemed", "till.undone",
    ]  # fmt: skip
    assert {each["detail"]["store"] for each in mine} == {"madrid-1"}
    assert len({each["actor"] for each in mine}) == 1
    assert mine[0]["actor"].startswith("staff:")


async def test_undo_until_is_by_the_programs_clock(shop: Shop) -> None:
    marta = await shop.hire("Marta")
    sold = await marta.sells(None, 1000)
    until = datetime.fromisoformat(sold["undo_until"])
    assert 29 * 60 < (until - clock.now()).total_seconds() <= 30 * 60
