"""Insight: every report, by its tab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from conftest import Shop, Site, Visit
from puntal.kit import clock

TABS = ["growth", "engagement", "rewards", "tiers", "cohorts", "liability", "incentives", "budgets"]
NAMES = {
    "en": ["Growth", "Key figures", "Rewards", "Tiers", "Who came back", "Liability", "What led to orders", "Budgets"],
    "es": [
        "Crecimiento", "Cifras clave", "Recompensas", "Niveles", "Quién volvió", "Obligación", "Qué llevó a pedidos",
        "Presupuestos",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_report_opens_and_can_be_saved(visit: Visit, shop: Shop, language: str) -> None:
    csv = {"en": "Save as CSV", "es": "Guardar como CSV"}[language]
    page = visit(f"/p/{shop.slug}/insight", language=language)
    for name in NAMES[language]:
        page.get_by_role("tab", name=name, exact=True).click()
        expect(page.get_by_role("tabpanel").get_by_role("button", name=csv)).to_be_visible()
        expect(page.get_by_role("tabpanel").locator("[aria-busy=true]")).to_have_count(0)
    with page.expect_download():
        page.get_by_role("button", name=csv).click()


@pytest.mark.parametrize("tab", ["engagement", "tiers", "cohorts", "liability"])
def test_reports_are_readable_everywhere(visit: Visit, shop: Shop, tab: str) -> None:
    page = visit(f"/p/{shop.slug}/insight?tab={tab}")
    expect(page.get_by_role("tabpanel").locator("table").first).to_be_visible()
    visit.everywhere(page)


def test_rows_behind_a_tier_are_its_members(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=3)
    page = visit(f"/p/{shop.slug}/insight?tab=tiers")
    page.get_by_role("tabpanel").get_by_role("button", name=re.compile("^Show rows")).first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("row")).to_have_count(len(shop.members) + 1)
    # By name, which leads to the person.
    expect(drawer.get_by_role("link", name="Anna Alba")).to_have_attribute("href", re.compile(shop.members[0]))


def test_rows_behind_a_budget_are_what_its_rules_gave(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=2)
    document = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    document["budget"] = {"points": 100_000}
    site.api.put(f"programs/{shop.slug}/program", json=document).raise_for_status()
    site.post(f"programs/{shop.slug}/program/publish", {"note": "A budget"})
    for number in range(2):
        lines = [{"id": "1", "product": "coffee", "category": "grocery", "amount_minor": 2500}]
        order = {"id": f"more-{number}", "currency": "EUR", "lines": lines}
        event = {
            "id": f"more-{number}",
            "type": "order.paid",
            "occurred_at": clock.now().isoformat(),
            "source": "store",
        }
        site.post(f"programs/{shop.slug}/events", event | {"member": {"card": "C-0"}, "order": order})
    page = visit(f"/p/{shop.slug}/insight?tab=budgets")
    page.get_by_role("tabpanel").get_by_role("button", name="Show rows: Pantry Club").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("link", name="Anna Alba").first).to_be_visible()
    visit.everywhere(page)


@pytest.mark.parametrize("tab", ["tiers", "rewards"])
def test_a_table_shows_its_sql_and_what_its_columns_are(visit: Visit, shop: Shop, tab: str) -> None:
    page = visit(f"/p/{shop.slug}/insight?tab={tab}", language="es")
    panel = page.get_by_role("tabpanel")
    panel.get_by_role("button", name=re.compile("^Cómo se calcula")).first.click()
    said = page.get_by_role("dialog").inner_text()
    page.keyboard.press("Escape")
    panel.get_by_role("button", name=re.compile("^Ver SQL")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(said.strip(), exact=True)).to_be_visible()
    expect(dialog.get_by_role("region")).to_contain_text(f"-- {tab}: ")
    visit.everywhere(page)


def test_each_month_of_a_cohort_leads_to_its_buyers(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=2)
    page = visit(f"/p/{shop.slug}/insight?tab=cohorts")
    cell = page.get_by_role("tabpanel").get_by_role("button", name=re.compile("month 0: "))
    cell.click()
    drawer = page.get_by_role("dialog")
    buyers = re.search(r"(\d+) of", cell.get_attribute("aria-label") or "")
    assert buyers is not None
    expect(drawer.get_by_role("row")).to_have_count(int(buyers[1]) + 1 if int(buyers[1]) else 0)
    expect(drawer.get_by_role("button", name=re.compile("^Show SQL"))).to_be_visible()
