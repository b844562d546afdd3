"""The till: who is served, the sale, a reward, taking it back; for a cashier who sees nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from conftest import PHONE, PHRASE, Shop, Site, Visit
from puntal.kit import ids

WORDS = {
    "en": {
        "who": "Phone, card, e-mail or code", "find": "Find", "amount": "Amount", "take": "Take in €",
        "done": "Taken in", "receipt": "Receipt", "undo": "Undo", "undone": "Undone", "rewards": "Rewards",
    },
    "es": {
        "who": "Teléfono, tarjeta, correo o código", "find": "Buscar", "amount": "Importe", "take": "Registrar",
        "done": "Registrada", "receipt": "Tique", "undo": "Deshacer", "undone": "Deshecho", "rewards": "Recompensas",
    },
}  # fmt: skip


@pytest.fixture
def cashier(browser: Browser, site: Site) -> Callable[[Visit], None]:
    """Lets the visits of a test be those of a cashier of a store."""

    def become(visit: Visit) -> None:
        email = f"{ids.new_id()}@example.org"
        person: dict[str, Any] = {"email": email, "name": "Carla Caja", "role": "cashier", "password": PHRASE}
        site.post("organization/staff", {**person, "store": "centro"})
        context = browser.new_context()
        answer = context.request.post(
            f"{site.address}/v1/auth/sign-in",
            data={"email": email, "password": PHRASE},
            headers={"origin": site.address},
        )
        assert answer.ok, answer.text()
        visit.signed_in = context.storage_state()
        context.close()

    return become


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sale_is_taken_in_and_taken_back(
    visit: Visit, site: Site, cashier: Callable[[Visit], None], language: str
) -> None:
    shop = site.open_shop(people=1)
    cashier(visit)
    words = WORDS[language]
    page = visit(f"/p/{shop.slug}/till", language=language, width=PHONE)
    page.get_by_label(words["who"]).fill("C-0")
    page.get_by_role("button", name=words["find"]).click()
    page.get_by_role("heading", name="Anna").wait_for()
    page.get_by_role("textbox", name=words["amount"]).fill("25")
    visit.everywhere(page)
    page.get_by_role("button", name=words["take"]).click()
    page.get_by_text(words["done"], exact=True).wait_for()
    assert len(orders_of(site, shop)) == 2
    page.get_by_role("button", name=words["receipt"]).click()
    page.get_by_role("dialog").locator("pre").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=words["undo"]).click()
    page.get_by_role("dialog").get_by_role("button", name=words["undo"]).click()
    page.get_by_text(words["undone"], exact=True).first.wait_for()
    page.get_by_role("dialog").wait_for(state="detached")


def test_a_cashier_is_led_to_the_till_alone(visit: Visit, shop: Shop, cashier: Callable[[Visit], None]) -> None:
    cashier(visit)
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_label("Phone, card, e-mail or code").wait_for()
    assert [each.inner_text() for each in page.get_by_role("navigation").get_by_role("link").all()] == ["Till"]
    page.get_by_label("Phone, card, e-mail or code").fill("nobody's number")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("status").first.wait_for()


def test_a_reward_is_redeemed_and_given_back(visit: Visit, site: Site, cashier: Callable[[Visit], None]) -> None:
    shop = site.open_shop(people=1)
    gift = {"wallet": "points", "amount": 900, "reason": "A gift", "internal_reason": "Test"}
    site.post(f"programs/{shop.slug}/members/{shop.members[0]}/adjustments", gift)
    cashier(visit)
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_label("Phone, card, e-mail or code").fill("C-0")
    page.keyboard.press("Enter")
    page.get_by_text("900", exact=True).wait_for()
    page.get_by_role("button", name="Redeem: A kilo for the food bank").click()
    page.get_by_text("Takes 150 points; 750 points are left.").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Redeem").click()
    page.get_by_text("750", exact=True).wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    page.get_by_text("900", exact=True).wait_for()
    page.get_by_role("dialog").wait_for(state="detached")


def test_a_sale_without_an_answer_is_not_posted_twice(
    visit: Visit, site: Site, cashier: Callable[[Visit], None]
) -> None:
    shop = site.open_shop(people=1)
    cashier(visit)
    visit.forgive("ERR_")
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_label("Phone, card, e-mail or code").fill("C-0")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Amount").fill("30")
    lost: list[bool] = []

    def lose(route: Any) -> None:
        """Let the sale arrive, and its first answer go missing."""
        route.fetch()
        if lost:
            route.continue_()
        else:
            lost.append(True)
            route.abort()

    page.route("**/till/earn", lose)
    page.get_by_role("button", name="Take in €30.00").click()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Taken in", exact=True).wait_for()
    assert len(orders_of(site, shop)) == 2


def test_whoever_works_at_no_store_is_told(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_text("You work at no store").wait_for()


def orders_of(site: Site, shop: Shop) -> list[Any]:
    """Return the paid orders of the shop's first member."""
    found = site.api.get(f"programs/{shop.slug}/members/{shop.members[0]}/events").json()["items"]
    return [each for each in found if each["type"] == "order.paid"]
