"""Segments: built by clicking with a live count, published, kept by hand; two people at one draft."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from conftest import PHRASE, Shop, Site, Visit

WORDS = {
    "en": {
        "name": "Name (English)", "add": "Add a condition", "what": "What is asked", "field": "Orders",
        "value": "Value", "save": "Save", "publish": "Save and publish", "words": "There is at least 1 order.",
        "who": "Who is in it",
    },
    "es": {
        "name": "Nombre (español)", "add": "Añadir condición", "what": "Qué se pregunta", "field": "Pedidos",
        "value": "Valor", "save": "Guardar", "publish": "Guardar y publicar", "words": "Hay al menos 1 pedido.",
        "who": "Quién está",
    },
}  # fmt: skip


def ask(page: Page, words: dict[str, str], name: str) -> None:
    """Build a segment of whoever has ordered."""
    page.get_by_label(words["name"]).fill(name)
    page.get_by_role("button", name=words["add"], exact=True).click()
    page.get_by_role("combobox", name=words["what"]).click()
    page.get_by_role("option", name=words["field"], exact=True).click()
    page.get_by_role("textbox", name=words["value"]).fill("1")
    page.get_by_text(words["words"]).wait_for()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_segment_is_built_counted_and_published(visit: Visit, site: Site, language: str) -> None:
    shop = site.open_shop(people=2)
    words = WORDS[language]
    page = visit(f"/p/{shop.slug}/segments/new", language=language)
    ask(page, words, "Compran")
    assert page.get_by_test_id("audience-count").inner_text() == "2"
    visit.everywhere(page)
    page.get_by_role("button", name=words["save"], exact=True).click()
    page.get_by_role("button", name=words["publish"]).click()
    page.get_by_role("heading", name="Compran", level=1).wait_for()
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_role("tab", name=words["who"]).wait_for()


def test_segments_are_listed_with_where_they_are_used(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}/segments")
    page.get_by_role("link", name="Regulars").wait_for()
    assert page.get_by_text("there are at least 12 orders in the last 90 days", exact=False).is_visible()
    visit.everywhere(page)
    page.get_by_role("link", name="Regulars").click()
    page.get_by_role("region", name="Members over time").get_by_text("The line begins tomorrow").wait_for()
    page.get_by_role("tab", name="Condition").click()
    page.get_by_text("There are at least 12 orders in the last 90 days.").wait_for()
    page.get_by_text("Campaigns: ").first.wait_for()
    visit.everywhere(page)


def test_a_list_is_kept_by_hand(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=2)
    page = visit(f"/p/{shop.slug}/segments/new?kind=list")
    page.get_by_label("Name (English)").fill("Friends")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save and publish").click()
    page.get_by_text("Nobody is in it").wait_for()
    page.get_by_label("Find a member by anything: name, e-mail, phone, card, order").first.fill("C-1")
    page.get_by_role("option", name="Ben Bosch").click()
    page.get_by_role("link", name="Ben Bosch").wait_for()
    page.get_by_role("button", name="Take off").click()
    page.get_by_text("Nobody is in it").wait_for()
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_role("link", name="Ben Bosch").wait_for()


def test_a_draft_saved_meanwhile_is_told_and_nothing_is_lost(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/segments/new")
    visit.forgive("409")
    ask(page, WORDS["en"], "Buyers")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("What publishing changes").wait_for()
    draft = site.api.get(f"programs/{shop.slug}/program").json()
    other = {**draft["document"]["segments"], "others": {"label": "Others", "list": True}}
    answer = site.api.put(f"programs/{shop.slug}/program", json={**draft["document"], "segments": other})
    assert answer.is_success, answer.text
    page.get_by_role("button", name="Save in the draft only").click()
    page.get_by_text("Somebody else saved the draft meanwhile").wait_for()
    page.get_by_role("button", name="Save in the draft only").click()
    page.get_by_role("heading", name="Buyers", exact=True, level=1).wait_for()
    kept = site.api.get(f"programs/{shop.slug}/program").json()["document"]["segments"]
    assert {"others", "buyers"} <= set(kept)


def test_an_unfinished_condition_is_not_saved(visit: Visit, shop: Shop) -> None:
    """What is missing is said where it is missing; nothing waits for a count that cannot come."""
    page = visit(f"/p/{shop.slug}/segments/new")
    page.get_by_label("Name (English)").fill("Half")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("combobox", name="What is asked").click()
    page.get_by_role("option", name="Spend", exact=True).click()
    page.get_by_text("Finish the condition, and it stands here in words.").wait_for()
    page.get_by_text("Finish the condition to see whom it means.").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").get_by_text("Say what to compare with.").wait_for()
    assert page.get_by_role("dialog").count() == 0
    visit.everywhere(page)


def test_a_segment_is_made_by_keyboard_alone(visit: Visit, site: Site) -> None:
    """A question that is added has the focus; one that is taken away gives it back to where the next is added."""
    shop = site.open_shop(people=2)
    page = visit(f"/p/{shop.slug}/segments/new")
    page.get_by_label("Name (English)").focus()
    page.keyboard.type("Buyers")
    add = page.get_by_role("button", name="Add a condition")
    add.focus()
    page.keyboard.press("Enter")
    what = page.get_by_role("combobox", name="What is asked")
    expect(what).to_be_focused()
    page.keyboard.type("Orders")
    page.get_by_role("option", name="Orders", exact=True).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Value")).to_be_focused()
    page.keyboard.type("1")
    expect(page.get_by_test_id("audience-count")).to_have_text("2")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(add).to_be_focused()
    page.keyboard.press("Enter")
    expect(what.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(add).to_be_focused()
    expect(what).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("What publishing changes").wait_for()


def test_a_session_that_ends_takes_no_condition_away(visit: Visit, site: Site) -> None:
    """The question that could not be read is there after she signed in again, with its count."""
    shop = site.open_shop(people=2)
    visit.forgive("401")
    page = visit(f"/p/{shop.slug}/segments/new")
    page.get_by_role("button", name="Add a condition").wait_for()
    page.context.clear_cookies()
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("combobox", name="What is asked").click()
    page.get_by_role("option", name="Orders", exact=True).click()
    page.get_by_role("textbox", name="Value").fill("1")
    again = page.get_by_role("dialog", name="Your session has ended")
    again.get_by_label("Password", exact=True).fill(PHRASE)
    page.keyboard.press("Enter")
    expect(again).to_have_count(0)
    expect(page.get_by_role("combobox", name="What is asked")).to_have_value("Orders")
    expect(page.get_by_test_id("audience-count")).to_have_text("2")
