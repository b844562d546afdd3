"""Insight beside others and over time: benchmarks, reports, who fell silent, the SQL of a figure. F1, F3, F4, F6."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from conftest import Shop, Site, Visit


def _panel(page: Page, *, rows: bool = True) -> None:
    expect(page.get_by_role("tabpanel").locator("[aria-busy=true]")).to_have_count(0)
    if rows:
        expect(page.get_by_role("tabpanel").locator("table").first).to_be_visible()


def test_a_benchmark_is_added_compared_and_imported(visit: Visit, site: Site, tmp_path: Path) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/insight?tab=benchmarks")
    page.get_by_role("tabpanel").get_by_role("button", name="Add benchmark").last.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Value", exact=True).fill("41")
    form.get_by_label("Whose it is").fill("Supermarkets, Spain")
    form.get_by_label("Source", exact=True).fill("Trade association")
    form.get_by_label("Of how many").fill("312")
    form.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name=re.compile("Supermarkets, Spain"))
    expect(row).to_contain_text("Trade association")
    expect(row).to_contain_text("41% theirs")
    expect(row).to_contain_text("n = 312")

    wrong = tmp_path / "wrong.csv"
    wrong.write_text("metric,value,label,source,year\nactive_rate,much,Others,Survey,2025\n", encoding="utf-8")
    visit.forgive("422")
    page.get_by_role("button", name="Import").click()
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Row 1, value: This is no number")
    right = tmp_path / "right.csv"
    right.write_text("metric,value,label,source,year\nactive_rate,62%,Others,Survey,2025\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(right)
    expect(page.get_by_role("row", name=re.compile("Others"))).to_contain_text("62% theirs")
    with page.expect_download():
        page.get_by_role("button", name="Save as CSV").click()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_report_is_made_opened_and_downloaded(visit: Visit, site: Site, language: str) -> None:
    words = {
        "en": ("Make one now", "Make report", "Every month", "next on", "Monthly report", "Download PDF"),
        "es": ("Hacer uno ahora", "Hacer informe", "Cada mes", "próximo el", "Informe mensual", "Descargar PDF"),
    }[language]
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/insight?tab=reports", language=language)
    page.get_by_role("switch", name=words[2]).click()
    expect(page.get_by_text(re.compile(words[3]))).to_be_visible()
    page.get_by_role("button", name=words[0]).first.click()
    page.get_by_role("dialog").get_by_role("button", name=words[1]).click()
    link = page.get_by_role("link", name=re.compile(f"^{words[4]}"))
    expect(link).to_be_visible(timeout=15_000)
    opened = page.request.get(f"{site.address}{link.get_attribute('href')}")
    assert opened.headers["content-type"] == "application/pdf"
    assert opened.headers["content-disposition"].startswith("inline")
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile(f"^{words[5]}")).click()
    assert Path(downloading.value.path()).read_bytes() == opened.body()
    assert opened.body().startswith(b"%PDF-")
    assert downloading.value.suggested_filename.endswith(".pdf")


def test_who_fell_silent_is_readable_everywhere(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}/insight?tab=silence")
    _panel(page)
    page.get_by_role("tabpanel").get_by_text(re.compile("^2")).first.click()
    _panel(page)
    page.get_by_role("tabpanel").get_by_role("button", name=re.compile("^Show rows")).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Nothing in this period")
    page.keyboard.press("Escape")
    visit.everywhere(page)


@pytest.mark.parametrize("tab", ["benchmarks", "reports"])
def test_comparisons_are_readable_everywhere(visit: Visit, site: Site, shop: Shop, tab: str) -> None:
    known = site.api.get(f"programs/{shop.slug}/reports/benchmarks").json()["items"]
    if tab == "benchmarks" and not known:
        said = {"metric": "repeat_customer_rate", "value": 0.4, "label": "Cafés", "source": "Survey", "year": 2025}
        site.post(f"programs/{shop.slug}/reports/benchmarks", said)
    page = visit(f"/p/{shop.slug}/insight?tab={tab}")
    _panel(page, rows=tab == "benchmarks")
    visit.everywhere(page)


def test_the_sql_of_a_figure_is_shown_behind_its_rows(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}/insight?tab=engagement")
    page.get_by_role("button", name="Show rows: Repeat customers").click()
    page.get_by_role("dialog").get_by_role("button", name="Show SQL: Repeat customers").click()
    shown = page.get_by_role("dialog", name="SQL of “Repeat customers”")
    expect(shown).to_contain_text("repeat_buyers AS numerator, buyers AS denominator")
    expect(shown.get_by_role("button", name="Copy")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Show SQL: Points before")).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("opening AS value")
