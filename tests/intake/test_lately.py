"""What a kill switch would stop, told before it is set."""

from __future__ import annotations

from selling import Shop, an_order


async def test_what_something_did_lately_is_told_in_numbers(shop: Shop) -> None:
    await shop.send_many([an_order(1000), an_order(2000), an_order(8000, member={"email": "ben@example.com"})])

    rule = (await shop.get("reports/lately", params={"kind": "rule", "id": "purchases"})).json()
    wallet = (await shop.get("reports/lately", params={"kind": "wallet", "id": "status"})).json()
    nothing = (await shop.get("reports/lately", params={"kind": "reward", "id": "mug"})).json()
    program = (await shop.get("reports/lately", params={"kind": "program", "id": shop.slug})).json()

    assert (rule["awards"], rule["units"], rule["wallet"], rule["members"]) == (3, 110, "points", 2)
    assert (wallet["units"], wallet["wallet"]) == (110, "status")
    assert (nothing["awards"], nothing["redemptions"], nothing["members"]) == (0, 0, 0)
    assert (program["units"], program["members"]) == (None, 2)
