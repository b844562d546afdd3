"""Rewards: one is added and published, somebody takes one, one is delivered, one is taken back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from conftest import Shop, Site, Visit

GIFT = {
    "id": "mug",
    "kind": "product",
    "name": {"es": "Una taza", "en": "A mug"},
    "product": {"ids": ["mug"], "delivery": "shipped"},
    "stock": 10,
}
WORDS = {
    "en": ("Add reward", "Name (English)", "Save to draft", "In the draft", "€5.00 off the order; costs 250 points."),
    "es": (
        "Añadir recompensa",
        "Nombre (inglés)",
        "Guardar en el borrador",
        "En el borrador",
        "250 puntos",
    ),
}


def _with_gift(site: Site) -> Shop:
    """A shop whose members get a mug sent for nothing."""
    shop = site.open_shop(people=2)
    document: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    document["rewards"].append(GIFT)
    site.api.put(f"programs/{shop.slug}/program", json=document).raise_for_status()
    site.post(f"programs/{shop.slug}/program/publish", {"note": "Mugs"})
    return shop


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_reward_is_added(site: Site, visit: Visit, language: str) -> None:
    add, name, save, drafted, sentence = WORDS[language]
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/rewards", language=language)

    page.get_by_role("button", name=add).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(name).first.fill("Half price fiver")
    dialog.get_by_label({"en": "How many", "es": "Cuántos"}[language]).first.fill("250")
    expect(dialog.get_by_role("status")).to_contain_text(sentence)
    visit.look(page, "form")
    dialog.get_by_role("button", name=save).click()

    card = page.get_by_role("article", name="Half price fiver")
    expect(card).to_contain_text(drafted)
    visit.everywhere(page)


def test_a_reward_is_delivered(site: Site, visit: Visit) -> None:
    shop = _with_gift(site)
    taken = {"member_id": shop.members[0], "reward": "mug", "commit": True}
    site.post(f"programs/{shop.slug}/redemptions", taken)
    page = visit(f"/p/{shop.slug}/rewards?view=deliveries")

    expect(page.get_by_role("link", name="Anna Alba")).to_be_visible()
    page.get_by_role("button", name="On its way").click()
    page.get_by_role("dialog").get_by_label("Note").fill("Parcel 4711")
    page.get_by_role("dialog").get_by_role("button", name="Under way").click()
    expect(page.get_by_text("Nothing to deliver")).to_be_visible()
    page.get_by_text("Under way", exact=True).click()
    page.get_by_role("button", name="Delivered", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delivered", exact=True).click()

    expect(page.get_by_text("Nothing to deliver")).to_be_visible()
    visit.everywhere(page)


def test_a_redemption_is_found_and_taken_back(site: Site, visit: Visit) -> None:
    shop = _with_gift(site)
    for member in shop.members:
        site.post(f"programs/{shop.slug}/redemptions", {"member_id": member, "reward": "mug", "commit": True})
    page = visit(f"/p/{shop.slug}/rewards?view=redemptions&reward=mug")

    expect(page.get_by_role("link", name="Ben Bosch")).to_be_visible()
    visit.everywhere(page)
    page.get_by_role("row").filter(has_text="Ben Bosch").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_contain_text("A mug of Ben Bosch is taken back.")
    page.get_by_role("dialog").get_by_role("button", name="Cancel redemption").click()

    expect(page.get_by_role("row").filter(has_text="Ben Bosch")).to_contain_text("Cancelled")
    page.goto(f"{site.address}/admin/p/{shop.slug}/rewards")
    expect(page.get_by_role("article", name="A mug")).to_contain_text("9 of 10 left")


def test_a_picture_is_uploaded_and_shown(site: Site, visit: Visit) -> None:
    """Pictures come from here; what runs scripts or asks other places is refused and never drawn."""
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/rewards?edit=/rewards/five_euro")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Or its address, which begins with https://").fill("javascript:alert(1)")
    expect(dialog.get_by_text("a picture is one that was uploaded").first).to_be_visible()
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose another").click()
    drawn = io.BytesIO()
    Image.new("RGB", (2400, 1200), "teal").save(drawn, "png")
    chooser.value.set_files({"name": "cup.png", "mimeType": "image/png", "buffer": drawn.getvalue()})
    expect(dialog.get_by_role("img", name="Picture")).to_be_visible()
    visit.look(page, "picture")
    dialog.get_by_role("button", name="Save to draft").click()

    shown = page.get_by_role("article", name="€5 off").locator("img")
    expect(shown).to_have_js_property("naturalWidth", 1200)
    assert str(shown.get_attribute("src")).startswith(f"/v1/images/{shop.slug}/")
    document: Any = site.api.get(f"programs/{shop.slug}/program").json()["document"]
    document["rewards"][0]["image"] = "https://elsewhere.example/cup.png"
    site.api.put(f"programs/{shop.slug}/program", json=document).raise_for_status()
    page.reload()
    expect(page.get_by_role("article").first).to_be_visible()
    expect(page.get_by_role("article").locator("img")).to_have_count(0)
