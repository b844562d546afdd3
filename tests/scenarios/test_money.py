"""A member's money and a gift card, lived in on the cashback program: paid in, granted, spent, given back, owed."""

from __future__ import annotations

from telling import Teller, gave, template


async def test_a_monedero_from_the_first_load_to_erasure(story: Teller) -> None:
    """B18: granted money is spent first, paid-in money comes back, every check of the books agrees."""
    document = template("cashback")
    del document["campaigns"]
    await story.open(document)
    await story.at("2025-03-03 10:00")
    anna, ben = await story.joins(), await story.joins("ben@example.com")
    purse = f"members/{anna}/wallets/monedero"
    await story.post(f"{purse}/load", {"reference": "till-1", "amount": 10_000, "means": "cash"}, status=201)
    over = await story.post(f"{purse}/load", {"reference": "till-2", "amount": 5001, "means": "cash"}, status=409)
    assert (over["type"], over["room"]) == ("payments.over_load_limit", 5000)

    # 2 % of 40.00 and a welcome of 5.00, to spend from the 18th on.
    assert gave(await story.buys(anna, 4000, order="W1")) == {"cashback": 80, "first_order": 500}
    await story.at("2025-03-18 10:00")
    assert (await story.wallet(anna, "monedero"))["available"] == 10_580

    # An order of 20.00 from the wallet earns on what is left to pay: nothing. Granted money went first.
    pay = {"reference": "W2", "amount": 2000, "order": "shop:W2"}
    assert (await story.post(f"{purse}/pay", pay, status=201))["available"] == 8580
    assert gave(await story.buys(anna, 2000, order="W2", header={"paid_wallet_minor": 2000})) == {}
    (liability,) = await story.get("reports/liability")
    assert (liability["available"], liability["paid_in"], liability["cost_minor"]) == (8580, 8580, 8580)

    # Half of it comes back, and it is paid-in money: what was spent last comes back first.
    back = {"reference": "W2-back", "payment": "W2", "amount": 1000}
    assert (await story.post(f"{purse}/refund", back, status=201))["available"] == 9580
    assert (await story.get("reports/liability"))[0]["paid_in"] == 9580

    # The cashback of the first order is taken back from what was granted, which is gone: it is owed, and set off.
    await story.refunds("W1")
    wallet = await story.wallet(anna, "monedero")
    assert (wallet["available"], wallet["debt"]) == (9000, 0)

    # Ben buys a card, keeps half of it in his wallet and pays Anna's coffee with the rest.
    card = await story.post("gift-cards", {"wallet": "monedero", "amount": 2000, "reference": "g"}, status=201)
    at = f"gift-cards/{card['code']}"
    into = {"reference": "g-1", "amount": 1000, "member_id": ben, "into": "monedero"}
    assert (await story.post(f"{at}/redeem", into, status=201))["available"] == 1000
    rest = await story.post(f"{at}/redeem", {"reference": "g-2", "amount": 1500, "partly": True}, status=201)
    assert (rest["amount"], rest["left"]) == (1000, 500)
    sent = {"reference": "t-1", "amount": 1000, "to": anna}
    await story.post(f"members/{ben}/wallets/monedero/transfer", sent, status=201)
    assert (await story.wallet(anna, "monedero"))["available"] == 10_000

    statement = await story.client.get(f"{story.path}/{purse}/statements/2025-03.csv")
    assert statement.text.splitlines()[-1].endswith(",100.00")

    # Nobody is erased while money is owed to her.
    kept = await story.post(f"members/{anna}/erase", status=409)
    assert (kept["type"], kept["wallets"]) == ("console.pay_out_first", {"monedero": 10_000})
    out = await story.post(f"{purse}/payout", {"reference": "bye", "means": "bank"}, status=201)
    assert (out["amount"], out["available"]) == (10_000, 0)
    assert await story.wrong() == {}
    await story.post(f"members/{anna}/erase", status=204)
    assert await story.wrong() == {}
