"""Campaigns: double points for a segment with a budget, seen in words, published, watched, stopped."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import Site, Visit
from puntal.kit import clock

WORDS = {
    "en": {
        "new": "New campaign",
        "name": "Name",
        "who": "For whom",
        "segment": "Regulars",
        "budget": "Budget in points",
        "words": "2 times what every rule gives",
        "save": "Continue to publish",
        "publish": "Publish",
        "budget said": "0 of 4,000 points",
    },
    "es": {
        "new": "Nueva campaña",
        "name": "Nombre",
        "who": "Para quién",
        "segment": "Compradores habituales",
        "budget": "Presupuesto en puntos",
        "words": "2 veces lo que da cada regla",
        "save": "Seguir para publicar",
        "publish": "Publicar",
        "budget said": "0 de 4.000 puntos",
    },
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_double_points_for_a_segment_with_a_budget(site: Site, visit: Visit, language: str) -> None:
    said = WORDS[language]
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/campaigns", language=language)

    page.get_by_role("button", name=said["new"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(said["name"]).fill("Happy days")
    dialog.get_by_role("combobox", name=said["who"]).click()
    page.get_by_role("option", name=said["segment"]).click()
    dialog.get_by_label(said["budget"]).fill("4000")
    expect(dialog.get_by_role("status")).to_contain_text(said["words"])
    visit.look(page, "form")
    dialog.get_by_role("button", name=said["save"]).click()

    expect(page.get_by_text("Happy days").first).to_be_visible()
    page.get_by_role("button", name=said["publish"], exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=said["publish"], exact=True).click()
    expect(page.get_by_role("row")).to_have_count(3)

    page.goto(f"{site.address}/admin/p/{shop.slug}/campaigns")
    card = page.get_by_role("article", name="Happy days")
    expect(card).to_contain_text(said["budget said"])
    expect(page.get_by_role("listitem").filter(has_text="Happy days")).to_be_visible()
    visit.everywhere(page)
    campaign: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]["campaigns"][-1]
    assert (campaign["audience"], campaign["budget"]["points"]) == ({"any": ["regulars"]}, 4000)


def test_a_campaign_is_stopped_within_two_clicks(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/campaigns?view=list")
    card = page.get_by_role("article", name="Family weekend")

    card.get_by_role("button", name="Stop now").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop now").click()

    expect(card).to_contain_text("Stopped")
    expect(page.get_by_role("alert", name="Switched off")).to_contain_text("Family weekend")
    page.get_by_role("button", name="Family weekend").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("What it consists of")
    visit.look(page, "campaign")


def test_results_lead_to_the_orders_behind_them(site: Site, visit: Visit) -> None:
    """A12: what a campaign led to, and the rows behind it."""
    shop = site.open_shop(people=1)
    document: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    rule = {"id": "opening_points", "on": "purchase", "award": {"wallet": "points", "points": 50}}
    document["campaigns"] = [{"id": "opening", "label": {"en": "Opening", "es": "Apertura"}, "earning": [rule]}]
    site.api.put(f"programs/{shop.slug}/program", json=document).raise_for_status()
    site.post(f"programs/{shop.slug}/program/publish", {"note": "Opening"})
    order = {"id": "big", "currency": document["currency"], "lines": [{"id": "1", "amount_minor": 8000}]}
    event = {"id": "opening-1", "type": "order.paid", "occurred_at": clock.now().isoformat(), "source": "store"}
    site.post(f"programs/{shop.slug}/events", event | {"member": {"card": "C-0"}, "order": order})
    page = visit(f"/p/{shop.slug}/campaigns?campaign=opening")

    results = page.get_by_role("dialog").get_by_role("region", name="Results so far")
    expect(results).to_contain_text("Points of its rules")
    expect(results).to_contain_text("€80.00")
    visit.look(page, "results")
    results.get_by_role("button", name="Show rows").click()
    rows = page.get_by_role("dialog").last
    expect(rows).to_contain_text("big")
    expect(rows.get_by_role("link").first).to_have_attribute("href", re.compile(f"members/{shop.members[0]}"))
