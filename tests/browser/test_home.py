"""The home screen: figures with their formulas and rows, and goals."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from conftest import Shop, Site, Visit

WORDS = {
    "en": ("Members", "How “Members” is computed", "Show rows: Members", "Save as CSV"),
    "es": ("Miembros", "Cómo se calcula «Miembros»", "Ver filas: Miembros", "Guardar como CSV"),
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_figure_says_its_formula_and_shows_its_rows(visit: Visit, site: Site, language: str) -> None:
    shop = site.open_shop(people=3)
    name, formula, rows, csv = WORDS[language]
    page = visit(f"/p/{shop.slug}", language=language)
    card = page.get_by_role("region", name=name, exact=True).first
    expect(card).to_contain_text(str(len(shop.members)))
    card.get_by_role("button", name=formula).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    card.get_by_role("button", name=rows).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("row")).to_have_count(len(shop.members) + 1)
    with page.expect_download() as saved:
        drawer.get_by_role("button", name=csv).click()
    with saved.value.path().open(encoding="utf-8") as file:
        assert len(file.readlines()) == len(shop.members) + 1
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    visit.everywhere(page)


def test_the_period_is_kept_in_the_address(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}")
    page.get_by_label("Period").select_option("last7")
    page.wait_for_url(re.compile("from="))
    page.reload()
    expect(page.get_by_label("Period")).to_have_value("last7")


def test_a_goal_is_set_changed_and_deleted(visit: Visit, site: Site) -> None:
    own = site.open_shop(people=2)
    page = visit(f"/p/{own.slug}")
    page.get_by_role("button", name="Set a goal").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What you call it").fill("A hundred newcomers")
    dialog.get_by_label("Target").fill("100")
    dialog.get_by_role("button", name="Save goal").click()
    goals = page.get_by_role("region", name="Goals")
    expect(goals).to_contain_text("2 of at least 100")
    visit.look(page)
    goals.get_by_role("button", name="Change: A hundred newcomers").click()
    dialog.get_by_label("Target").fill("4")
    dialog.get_by_role("button", name="Save goal").click()
    expect(goals).to_contain_text("2 of at least 4")
    goals.get_by_role("button", name="Delete: A hundred newcomers").click()
    dialog.get_by_role("button", name="Delete goal").click()
    expect(goals).to_contain_text("No goal is running")
