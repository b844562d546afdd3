"""Codes: made in the background, brought from a file, found, ended; gift cards sold and looked up."""

from __future__ import annotations

import re
from typing import Any

from hired_staff import hired
from playwright.sync_api import Browser, expect

from conftest import Site, Visit


def test_codes_are_made_found_and_ended(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/rewards?view=vouchers")
    page.get_by_role("button", name="Make codes").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Spring letter")
    dialog.get_by_label("How many codes").fill("120")
    # By the program's clock, which is Madrid's, whatever the browser's.
    dialog.get_by_label("Ends", exact=True).fill("2099-03-01")
    dialog.get_by_label("Ends: Hour: hours").fill("09")
    dialog.get_by_label("Ends: Hour: minutes").fill("30")
    visit.look(page, "form")
    dialog.get_by_role("button", name="Make 120 codes").click()

    expect(page.get_by_role("dialog")).to_contain_text("Ready", timeout=20_000)
    expect(page.get_by_role("dialog")).to_contain_text("120")
    visit.look(page, "batch")
    batch: Any = site.api.get(f"programs/{shop.slug}/voucher-batches").json()["items"][0]
    assert batch["ends_at"] == "2099-03-01T08:30:00Z"
    codes = site.api.get(f"programs/{shop.slug}/voucher-batches/{batch['id']}/codes.csv").text.splitlines()
    code = codes[1].split(",")[0]

    page.goto(f"{site.address}/admin/p/{shop.slug}/rewards?view=vouchers")
    page.get_by_label("Find a code").fill(code)
    page.get_by_role("button", name="Find").click()
    found = page.get_by_role("dialog")
    expect(found).to_contain_text("Can be used")
    expect(found.get_by_role("img", name="As a QR code")).to_be_visible()
    found.get_by_role("button", name="Void").click()
    asked = page.get_by_role("dialog").last
    asked.get_by_label("Why").fill("Printed twice")
    asked.get_by_role("button", name="Void").click()
    expect(page.get_by_role("dialog").first).to_contain_text("Voided")

    page.goto(f"{site.address}/admin/p/{shop.slug}/rewards?view=vouchers&batch={batch['id']}")
    page.get_by_role("dialog").get_by_role("button", name="Void").click()
    expect(page.get_by_role("dialog").last).to_contain_text("119 codes that were not used end at once")
    page.get_by_role("button", name="Void 119 codes").click()
    expect(page.get_by_role("dialog").first).to_contain_text("Voided")


def test_a_partners_codes_come_from_a_file(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    made = {"kind": "imported", "name": "Cinema", "reward": "five_euro"}
    batch = site.post(f"programs/{shop.slug}/voucher-batches", made)
    page = visit(f"/p/{shop.slug}/rewards?view=vouchers&batch={batch['id']}")

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose file").click()
    lines = b"code\nKINO-77AB\nKINO-78AC\n\nKINO-77AB\n"
    chooser.value.set_files({"name": "codes.csv", "mimeType": "text/csv", "buffer": lines})

    expect(page.get_by_role("dialog")).to_contain_text(re.compile("2 taken, 0 known before, [12] refused"))
    expect(page.get_by_role("dialog")).to_contain_text("is in the file twice")
    visit.everywhere(page)


def test_a_gift_card_is_sold_and_looked_up(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    document: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    document["wallets"]["credit"] = {
        "kind": "money",
        "currency": "EUR",
        "label": {"es": "Saldo", "en": "Credit"},
        "gift_cards": {"min": "10.00 EUR", "max": "200.00 EUR"},
    }
    site.api.put(f"programs/{shop.slug}/program", json=document).raise_for_status()
    site.post(f"programs/{shop.slug}/program/publish", {"note": "Cards"})
    page = visit(f"/p/{shop.slug}/rewards?view=cards")

    page.get_by_role("textbox", name="Amount").fill("25")
    page.get_by_label("Receipt or order").fill("T-1")
    page.get_by_role("button", name="Sell for €25.00").click()
    sold = page.get_by_role("alert", name="Sold")
    expect(sold).to_contain_text("Give this code to the customer")
    code = sold.get_by_test_id("code").inner_text()
    page.get_by_label("Code of the card").fill(code)
    page.get_by_role("button", name="Look up").click()

    expect(page.get_by_text("of €25.00")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Credit")).to_contain_text("€25.00")
    visit.everywhere(page)


def test_an_analyst_sees_how_far_codes_are_used_and_none_of_them(site: Site, visit: Visit, browser: Browser) -> None:
    """F10: the figures of batches are for whoever reads members; the codes are worth money."""
    shop = site.open_shop(people=0)
    made = {"kind": "imported", "name": "Cinema", "reward": "five_euro"}
    batch = site.post(f"programs/{shop.slug}/voucher-batches", made)
    codes = f"programs/{shop.slug}/voucher-batches/{batch['id']}/codes"
    site.api.post(codes, content=b"code\nKINO-77AB\n", headers={"content-type": "text/csv"}).raise_for_status()
    visit.signed_in = hired(site, browser, role="analyst")
    page = visit(f"/p/{shop.slug}/rewards?view=vouchers&batch={batch['id']}")

    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("0 of 1 used")
    expect(dialog.get_by_role("region", name="Codes").first).to_contain_text("7AB")
    expect(dialog).not_to_contain_text("KINO77AB")
    for name in ("Download codes", "Void", "Choose file"):
        expect(dialog.get_by_role("button", name=name)).to_have_count(0)
    visit.look(page, "analyst")
