"""What an event would earn under a document that is not published (ui.md 4)."""

from __future__ import annotations

from typing import Any

from selling import DOCUMENT, Shop, an_order

from puntal.programs import source

JSON = {"content-type": "application/json"}


def _asked(document: dict[str, Any] | None, event: dict[str, Any]) -> str:
    return source.dump_json({"event": event} | ({} if document is None else {"document": document}))


async def test_a_draft_is_tried_and_nothing_stays(shop: Shop) -> None:
    order = an_order(1050)
    generous = [{"id": "generous", "on": "purchase", "award": {"wallet": "points", "points": 7, "per": "1.00 EUR"}}]
    never = {"id": "never", "on": "purchase", "when": {"order.net": {"over": "99.00 EUR"}}} | {
        "award": {"wallet": "points", "points": 1}
    }

    tried = await shop.client.post(
        f"{shop.at}/program/try", content=_asked(DOCUMENT | {"earning": [*generous, never]}, order), headers=JSON
    )
    live = await shop.client.post(f"{shop.at}/program/try", content=_asked(None, order), headers=JSON)
    dry = await shop.client.post(f"{shop.at}/events", params={"dry_run": "true"}, json=order)

    assert (tried.status_code, tried.json()["dry_run"]) == (200, True), tried.text
    assert [(award["rule"], award["points"]) for award in tried.json()["awards"]] == [("generous", 73)]
    refused = [reason for reason in tried.json()["reasons"] if reason["rule"] == "never"]
    assert "€99.00" in refused[0]["sentence"]
    assert "€10.50" in refused[0]["sentence"]
    assert live.json()["awards"] == dry.json()["awards"]
    stored = await shop.client.get(f"{shop.at}/events/{order['id']}")
    assert stored.status_code == 404


async def test_a_faulty_document_says_all_that_is_wrong(shop: Shop) -> None:
    faulty = DOCUMENT | {"earning": [{"id": "a", "on": "purchase", "award": {"wallet": "coins", "points": 1}}]}

    tried = await shop.client.post(f"{shop.at}/program/try", content=_asked(faulty, an_order(1050)), headers=JSON)
    unreadable = await shop.client.post(f"{shop.at}/program/try", content=_asked(None, {"id": "x"}), headers=JSON)

    assert (tried.status_code, tried.json()["type"]) == (422, "programs.faulty")
    assert tried.json()["errors"][0]["path"] == "/earning/0/award/wallet"
    assert (unreadable.status_code, unreadable.json()["type"]) == (422, "event.invalid")
