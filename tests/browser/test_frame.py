"""What stands around every screen: menu, programs, language, and a session that ends."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from conftest import EMAIL, PHONE, PHRASE, Shop, Site, Visit


def test_programs_are_changed_by_name(visit: Visit, site: Site, shop: Shop) -> None:
    other = site.open_shop("cafe", people=0)
    page = visit(f"/p/{shop.slug}/members")
    page.get_by_role("button", name=re.compile("^Program")).click()
    page.get_by_role("menuitem", name="Coffee Friends").first.click()
    page.wait_for_url(re.compile(r"/p/tienda-\w+/?$"))
    assert shop.slug not in page.url
    assert other.slug


def test_the_language_changes_at_once_and_stays(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}/members")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Español").click()
    page.get_by_role("heading", name="Miembros").wait_for()
    page.reload()
    page.get_by_role("heading", name="Miembros").wait_for()
    assert page.locator("html").get_attribute("lang") == "es"


def test_the_menu_opens_on_a_phone(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}/members", width=PHONE)
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("navigation").get_by_role("link", name="Insight").click()
    page.get_by_role("heading", name="Insight").wait_for()
    expect(page.get_by_role("navigation")).not_to_be_visible()


def test_what_was_typed_survives_a_session_that_ends(visit: Visit, site: Site, shop: Shop) -> None:
    visit.forgive("401")
    # Whether the made-up member is there already is asked first.
    visit.forgive("404")
    page = visit("/sign-in", as_owner=False)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/p/"))
    page.goto(f"{site.address}/admin/p/{shop.slug}/launch")
    page.get_by_label("Member", exact=True).fill("Somebody")
    page.context.clear_cookies()
    page.get_by_role("button", name="Send the order").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your session has ended")
    visit.look(page)
    dialog.get_by_label("Password", exact=True).fill(PHRASE)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_have_count(0)
    assert page.get_by_label("Member", exact=True).input_value() == "Somebody"
    page.get_by_role("button", name="Send the order").click()
    page.get_by_role("status").get_by_text("available").wait_for()


def test_an_address_that_leads_nowhere_leads_back(visit: Visit, shop: Shop) -> None:
    assert shop.slug, "without a program the start is where one is made"
    page = visit("/nowhere")
    page.get_by_role("heading", name="There is no such page").wait_for()
    page.get_by_role("link", name="Go to the start").click()
    page.wait_for_url(re.compile("/p/"))
