"""The program: a rate is changed, read, tried, published and taken back; two people meet; something is stopped."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import Site, Visit
from puntal.kit import clock

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "rule": "Your shopping",
        "how many": "How many",
        "words": "In words",
        "told": "For a purchase: 3 points per €1.00 of the order",
        "save": "Save to draft",
        "one change": "The draft has one change",
        "review": "See and publish",
        "publish": "Publish",
        "note": "What changes and why",
        "back": "Go back to it",
        "sure": "Go back to revision 1?",
        "history": "History",
        "see": "See: Revision 1",
    },
    "es": {
        "rule": "Tus compras",
        "how many": "Cuántos",
        "words": "En palabras",
        "told": "Por una compra: 3 puntos por cada 1,00",
        "save": "Guardar en el borrador",
        "one change": "El borrador tiene un cambio",
        "review": "Ver y publicar",
        "publish": "Publicar",
        "note": "Qué cambia y por qué",
        "back": "Volver a ella",
        "sure": "¿Volver a la revisión 1?",
        "history": "Historial",
        "see": "Ver: Revisión 1",
    },
}


IMPACT: dict[str, tuple[str, ...]] = {
    "en": (
        "See the impact first",
        "Run again",
        "Over the last 30 days",
        "nothing of those days",
        "Try it on past weeks",
        "sooner",
    ),
    "es": (
        "Ver antes el impacto",
        "Calcular otra vez",
        "En los últimos 30 días",
        "ninguno de esos días",
        "Probarlo en semanas pasadas",
        "antes",
    ),
}


def _rate(page: Page, said: dict[str, str], rate: str) -> None:
    page.get_by_role("button", name=said["rule"], exact=True).click()
    page.get_by_role("dialog").get_by_label(said["how many"]).fill(rate)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_rate_is_changed_published_and_taken_back(site: Site, visit: Visit, language: str) -> None:
    said = WORDS[language]
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/program", language=language)

    _rate(page, said, "3")
    expect(page.get_by_role("status", name=said["words"]).last).to_contain_text(said["told"])
    visit.look(page, "form")
    page.get_by_role("button", name=said["save"]).click()
    expect(page.get_by_text(said["one change"])).to_be_visible()
    visit.everywhere(page)

    page.get_by_role("link", name=said["review"]).click()
    expect(page.get_by_text(said["rule"], exact=False).first).to_be_visible()
    page.get_by_label(said["note"]).fill("Three")
    page.get_by_role("button", name=said["publish"], exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=said["publish"], exact=True).click()
    expect(page.get_by_role("cell", name="Three")).to_be_visible()
    award: Any = site.api.get(f"programs/{shop.slug}/program/revisions/2").json()["document"]["earning"][0]["award"]
    assert award["points"] == 3

    page.get_by_role("button", name=said["see"]).click()
    page.get_by_role("button", name=said["back"]).click()
    page.get_by_role("dialog", name=said["sure"]).get_by_role("button", name=said["back"]).click()
    expect(page.get_by_role("row")).to_have_count(4)
    award = site.api.get(f"programs/{shop.slug}/program/revisions/3").json()["document"]["earning"][0]["award"]
    assert award["points"] == 1


def test_two_people_edit_the_same_draft(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    said = WORDS["en"]
    visit.forgive("409")
    anna = visit(f"/p/{shop.slug}/program")
    ben = visit(f"/p/{shop.slug}/program")
    _rate(anna, said, "3")
    ben.get_by_role("button", name="Big basket", exact=True).click()
    ben.get_by_role("dialog").get_by_label("How many").fill("80")
    ben.get_by_role("button", name=said["save"]).click()
    expect(ben.get_by_text(said["one change"])).to_be_visible()

    anna.get_by_role("button", name=said["save"]).click()
    expect(anna.get_by_text("Olga Owner saved the draft")).to_be_visible()
    expect(anna.get_by_role("dialog").last).to_contain_text("80 points")
    visit.look(anna, "conflict")
    anna.get_by_role("button", name="Keep both").click()
    expect(anna.get_by_text("The draft has 2 changes")).to_be_visible()

    document: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    rules = {rule["id"]: rule for rule in document["earning"]}
    assert (rules["purchases"]["award"]["points"], rules["big_basket"]["award"]["points"]) == (3, 80)


def test_faults_stand_at_their_fields_and_unsaved_words_are_not_lost(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/program")
    _rate(page, WORDS["en"], "0")

    expect(page.get_by_role("dialog").get_by_text("To be put right before publishing")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_label("How many")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Leave without saving?")).to_be_visible()
    page.get_by_role("button", name="Cancel").last.click()
    expect(page.get_by_role("dialog").get_by_label("How many")).to_have_value("0")


def test_an_order_is_tried_under_the_draft(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=1)
    document: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    document["earning"][0]["award"]["points"] = 3
    site.api.put(f"programs/{shop.slug}/program", json=document).raise_for_status()
    page = visit(f"/p/{shop.slug}/program?view=try")

    page.get_by_role("textbox", name="Amount").fill("50")
    page.get_by_role("button", name="Try it").click()

    draft, live = (page.get_by_role("region", name=name) for name in ("Under the draft", "As published"))
    expect(draft).to_contain_text("100 more than now")
    expect(draft).to_contain_text("Rules that did not apply")
    expect(live).to_contain_text("Your shopping")
    visit.everywhere(page)


def test_something_is_stopped_within_two_clicks_and_goes_on(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=2)
    page = visit(f"/p/{shop.slug}/program")

    page.get_by_role("button", name="Stop now").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 awards")
    expect(dialog).to_contain_text("2 members")
    dialog.get_by_label("Why").fill("Wrong rate")
    dialog.get_by_role("button", name="Stop now").click()
    banner = page.get_by_role("alert", name="Switched off")
    expect(banner).to_contain_text(re.compile("by Olga Owner: Wrong rate"))
    visit.look(page, "stopped")

    page.get_by_role("button", name="Switch on again").click()
    expect(banner).to_have_count(0)


def test_every_part_of_the_program_can_be_opened(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/program?view=settings")
    for name in ("Joining", "Orders", "House rules", "How discounts combine", "Till"):
        page.get_by_role("button", name=name, exact=True).last.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    visit.everywhere(page)

    page.get_by_role("tab", name="YAML").click()
    expect(page.get_by_label("The program as YAML")).to_have_value(re.compile("^puntal: 1"))
    for place in ("/wallets/points", "/ladders/club", "/earning/fresh_wednesday", "/rewards/five_euro"):
        page.goto(f"{site.address}/admin/p/{shop.slug}/program?edit={place}")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name=re.compile("Advanced")).first.click()
        expect(dialog.get_by_role("button", name="Save to draft")).to_be_disabled()


def test_rules_are_searched_and_say_what_bounds_them(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/program")

    page.get_by_label("Search the rules").fill("wednesday produce")
    expect(page.get_by_role("button", name="Fresh Wednesday", exact=True)).to_be_visible()
    expect(page.get_by_text("\u00d72", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Big basket", exact=True)).to_have_count(0)
    page.get_by_label("Search the rules").fill("big basket")
    expect(page.get_by_text("max 2 a month")).to_be_visible()
    page.get_by_label("Search the rules").fill("nothing like it")
    expect(page.get_by_text("No rule has these words.")).to_be_visible()
    expect(page.get_by_text("family_weekend")).to_have_count(0)


def test_two_people_meet_in_the_text_of_the_program(site: Site, visit: Visit) -> None:
    shop = site.open_shop(people=0)
    visit.forgive("409")
    page = visit(f"/p/{shop.slug}/program?view=yaml")
    text = page.get_by_label("The program as YAML")
    expect(text).to_have_value(re.compile("^puntal: 1"))
    mine = re.sub(r"points: 1\b", "points: 3", text.input_value(), count=1)
    text.fill(mine)
    document: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    theirs = {**document, "limits": {"own": {"rules": ["big_basket"], "times": 2, "per": "month"}}}
    site.api.put(f"programs/{shop.slug}/program", json=theirs).raise_for_status()

    page.get_by_role("button", name="Save to draft").click()
    expect(page.get_by_text("Somebody saved in between")).to_be_visible()
    visit.look(page, "conflict")
    page.get_by_role("button", name=re.compile("Keep both|Keep mine")).click()
    expect(page.get_by_text("Saved to the draft").first).to_be_visible()
    expect(text).to_have_value(re.compile("own:"))
    kept: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    assert kept["limits"]["own"]["rules"] == ["big_basket"]
    assert "points: 3" in text.input_value()


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_impact_is_found_again_and_told_before_publishing(site: Site, visit: Visit, language: str) -> None:
    """Without numbers the question says so; they stay when one leaves, and what runs on other days is told."""
    first, again, over, outside, on_weeks, sooner = IMPACT[language]
    publish = WORDS[language]["publish"]
    shop = site.open_shop(people=2)
    document: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    day = clock.now().date() + timedelta(days=3)
    rule = {"id": "dw", "on": "purchase", "multiply": {"times": 2}}
    span = {"from": day.isoformat(), "through": (day + timedelta(days=6)).isoformat()}
    document["campaigns"] = [*document.get("campaigns", []), {"id": "week", "label": "Week", **span, "earning": [rule]}]
    site.api.put(f"programs/{shop.slug}/program", json=document).raise_for_status()
    page = visit(f"/p/{shop.slug}/program?view=publish", language=language)

    page.get_by_role("button", name=publish, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=first).click()
    expect(page).to_have_url(re.compile("simulation="))
    expect(page.get_by_role("button", name=again)).to_be_visible(timeout=30_000)
    expect(page.get_by_text(outside)).to_be_visible()
    page.get_by_role("button", name=on_weeks).click()
    expect(page.get_by_role("alert").filter(has_text=sooner)).to_be_visible(timeout=30_000)

    page.goto(page.url.split("?")[0])
    page.goto(page.url.split("?")[0] + "?view=publish")
    expect(page.get_by_role("button", name=again)).to_be_visible(timeout=30_000)
    visit.everywhere(page)
    page.get_by_role("button", name=publish, exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text(over)


def test_publishing_that_takes_two_is_asked_for_once(visit: Visit, site: Site) -> None:
    """The page says so before it is asked for, and that it waits since; whoever comes by does not ask again."""
    shop = site.open_shop(people=1)
    draft = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    put = site.api.put(f"programs/{shop.slug}/program", json=draft | {"name": "Club Dos"})
    assert put.is_success, put.text
    page = visit(f"/p/{shop.slug}/program?view=publish")

    def take_two(*, publish: bool) -> None:
        """Only an owner's own session may say so."""
        where = f"{site.address}/v1/organization/four-eyes"
        answer = page.context.request.put(where, data={"publish": publish}, headers={"origin": site.address})
        assert answer.ok, answer.text()

    take_two(publish=True)
    try:
        page.reload()
        page.get_by_role("button", name="Ask to publish").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Publishing takes two people here")
        dialog.get_by_role("button", name="Ask to publish").click()
        waits = page.get_by_role("status").filter(has_text="Olga Owner asked to publish")
        waits.wait_for()
        visit.everywhere(page)
        waits.get_by_role("link", name="To the approvals").click()
        page.get_by_role("row").filter(has_text="Publish the program").wait_for()
        asked = site.api.get(f"programs/{shop.slug}/approvals", params={"state": "waiting"}).json()["items"]
        site.post(f"programs/{shop.slug}/approvals/{asked[0]['id']}/decision", {"decision": "approve"})
        page.goto(f"{site.address}/admin/p/{shop.slug}/program?view=publish")
        page.get_by_text("Members see what you see").wait_for()
    finally:
        take_two(publish=False)
