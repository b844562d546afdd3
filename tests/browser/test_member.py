"""One member's page: why she got what she got, and what is done for her."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import Shop, Site, Visit

WORDS = {
    "en": {"why": "Why?", "not": "Gave nothing", "what": "What happened"},
    "es": {"why": "¿Por qué?", "not": "No dieron nada", "what": "Qué ha pasado"},
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_says_why_she_got_no_more(visit: Visit, shop: Shop, language: str) -> None:
    words = WORDS[language]
    page = visit(f"/p/{shop.slug}/members/{shop.members[1]}", language=language)
    page.get_by_role("heading", name="Ben Bosch").wait_for()
    page.get_by_role("tab", name=words["what"]).click()
    order = page.get_by_role("article").filter(has_text="order-1")
    order.get_by_role("button", name=words["why"]).click()
    order.get_by_text(words["not"]).wait_for()
    visit.everywhere(page)


@pytest.mark.parametrize("tab", ["overview", "rewards", "movements", "profile"])
def test_every_part_of_the_page_is_readable(visit: Visit, shop: Shop, tab: str) -> None:
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}?tab={tab}")
    page.get_by_role("heading", name="Anna Alba").wait_for()
    page.wait_for_load_state("networkidle")
    visit.everywhere(page)


def test_a_wallet_is_adjusted_with_a_reason(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}")
    page.get_by_role("button", name="Adjust points").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Amount").fill("600")
    form.get_by_text("The balance becomes 600 instead of 0.").wait_for()
    assert form.get_by_role("button", name="Review").is_disabled()
    form.get_by_label("What the member reads").fill("A gift")
    form.get_by_label("What only staff read").fill("Ticket 81")
    form.get_by_role("button", name="Review").click()
    form.get_by_role("row", name="Balance then 600").wait_for()
    form.get_by_role("button", name="Give 600 points").click()
    page.get_by_text("600", exact=True).first.wait_for()
    page.get_by_role("tab", name="Movements").click()
    page.get_by_text("A gift").wait_for()
    page.get_by_role("tab", name="Rewards").click()
    page.get_by_role("button", name="Redeem").nth(1).click()
    page.get_by_role("dialog").get_by_role("button", name="Redeem").click()
    page.get_by_role("cell", name="Redeemed").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the redemption").click()
    page.get_by_role("cell", name="Cancelled").wait_for()
    page.get_by_role("tab", name="What happened").click()
    page.get_by_role("article", name="Adjusted by hand").get_by_text("“A gift” · staff: Ticket 81").wait_for()
    page.get_by_role("article", name="Redeemed").wait_for()
    page.get_by_role("article", name="was taken back").wait_for()


def test_far_too_much_is_asked_about_and_can_be_undone(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}?tab=movements")
    page.get_by_role("button", name="Adjust points").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Amount").fill("99999999")
    form.get_by_label("What the member reads").fill("A gift")
    form.get_by_label("What only staff read").fill("Ticket 82")
    form.get_by_role("button", name="Review").click()
    form.get_by_text("times all this person ever earned").wait_for()
    give = form.get_by_role("button", name="Give 99,999,999 points")
    assert give.is_disabled()
    form.get_by_label("Yes, 99,999,999 points is what I mean").check()
    visit.everywhere(page)
    give.click()
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone: the balance is what it was.").wait_for()
    page.get_by_text("Correction: A gift").wait_for()
    page.get_by_text("Undoes the adjustment of").wait_for()


def test_she_is_paused_and_resumed(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}")
    for verb, state in (("Pause", "Paused"), ("Resume", "Active")):
        page.get_by_role("button", name="Actions", exact=True).click()
        page.get_by_role("menuitem", name=verb).click()
        form = page.get_by_role("dialog")
        form.get_by_label("Reason").fill("Asked by phone")
        form.get_by_role("button", name=verb).click()
        page.get_by_text(state, exact=True).first.wait_for()


def test_two_records_become_one_and_two_again(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=2)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}")
    page.get_by_role("button", name="Actions", exact=True).click()
    page.get_by_role("menuitem", name="Merge with another record").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Find the other record").first.fill("ben")
    page.get_by_role("option", name="Ben Bosch").click()
    form.get_by_text("Merging Ben Bosch into Anna Alba").wait_for()
    form.get_by_text("Together they hold").first.wait_for()
    form.get_by_role("button", name="Merge them").click()
    page.get_by_text("ben@example.org").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("ben@example.org").wait_for(state="detached")


def test_a_person_is_erased_only_when_the_word_is_typed(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}")
    page.get_by_role("button", name="Actions", exact=True).click()
    page.get_by_role("menuitem", name="Erase the person").click()
    form = page.get_by_role("dialog")
    form.get_by_text("2 ways of recognising this person are deleted.").wait_for()
    assert form.get_by_role("button", name="Erase for good").is_disabled()
    form.get_by_label("Type ERASE to confirm").fill("erase")
    form.get_by_role("button", name="Erase for good").click()
    page.get_by_text("Nobody here yet").wait_for()


def test_a_consent_is_recorded_with_how_she_said_so(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}?tab=profile")
    page.get_by_role("button", name="Record").click()
    form = page.get_by_role("dialog")
    form.get_by_label("How it was said").fill("Paper form 12")
    form.get_by_role("button", name="Record").click()
    page.get_by_text("Paper form 12").first.wait_for()
    page.get_by_label("Name", exact=True).fill("Anna Álvarez")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Anna Álvarez").wait_for()


def test_points_go_to_another_member_and_into_another_wallet(visit: Visit, site: Site) -> None:
    shop = site.open_shop("cafe", people=2)
    read = site.api.get(f"programs/{shop.slug}/program").json()
    document = read["document"]
    points = next(id for id, one in document["wallets"].items() if one["kind"] == "points")
    document["wallets"][points] |= {"transferable": True, "convert": [{"to": "gems", "take": 100, "give": 1}]}
    document["wallets"]["gems"] = {"kind": "points", "label": {"en": "Gems", "es": "Gemas"}}
    _publish(site, shop, document)
    for member in shop.members:
        gift = {"wallet": points, "amount": 500, "reason": "A gift", "internal_reason": "Test"}
        site.post(f"programs/{shop.slug}/members/{member}/adjustments", gift)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}")
    actions = page.get_by_role("button", name=re.compile("^Actions: [^@0-9]+$")).first
    actions.click()
    page.get_by_role("menuitem", name="Give to a member").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Who receives it").first.fill("ben")
    page.get_by_role("option", name="Ben Bosch").click()
    form.get_by_label("Amount").fill("200")
    expect(form).to_contain_text("Ben Bosch receives it.")
    visit.look(page, "giving")
    form.get_by_role("button", name=re.compile("^Give 200")).click()
    expect(form).to_have_count(0)
    actions.click()
    page.get_by_role("menuitem", name="Convert").click()
    form.get_by_label("Amount").fill("150")
    expect(form).to_contain_text("Only whole portions of 100")
    form.get_by_label("Amount").fill("200")
    expect(form).to_contain_text("become 2 gems")
    form.get_by_role("button", name=re.compile("^Convert 200")).click()
    expect(form).to_have_count(0)
    wallets = site.api.get(f"programs/{shop.slug}/members/{shop.members[0]}/wallets").json()["items"]
    assert {one["wallet"]: one["available"] for one in wallets if one["wallet"] in (points, "gems")} == {
        # Of the first order 25, of the gift 500, less 200 given and 200 converted.
        points: 125,
        "gems": 2,
    }


def _publish(site: Site, shop: Shop, document: Any) -> None:
    path = f"programs/{shop.slug}/program"
    saved = site.api.put(path, json=document)
    assert saved.is_success, saved.text
    site.post(f"{path}/publish", {"note": "Give and convert"})
