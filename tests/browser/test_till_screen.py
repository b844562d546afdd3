"""The till: who is served, the sale, a reward, taking it back; for a cashier who sees nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hired_staff import hired
from playwright.sync_api import Browser, Page, expect

from conftest import PHONE, PHRASE, Shop, Site, Visit
from puntal.kit import clock, ids

WORDS = {
    "en": {
        "who": "Phone, card, e-mail or code", "find": "Find", "amount": "Amount", "take": "Take in €",
        "done": "Sale taken in", "earned": "Earned 140 points, available from", "receipt": "Receipt", "undo": "Undo",
        "undone": "Sale undone", "rewards": "Rewards", "go on": "Go on", "keep": "send later",
        "waiting": "Not sent yet", "recorded": "Recorded", "lately": "Done just now", "sale": "Sale of €90.00",
        "taken back": "140 points that it earned are taken back.", "kept": "Sale of €40.00 is kept on this device",
        "again": "Try again", "open": "We do not know whether that was done", "next": "Next customer",
        "number": "Receipt number",
    },
    "es": {
        "who": "Teléfono, tarjeta, correo o código", "find": "Buscar", "amount": "Importe", "take": "Registrar",
        "done": "Venta registrada", "earned": "Ha ganado 140 puntos, disponibles desde el",
        "receipt": "Tique", "undo": "Deshacer",
        "undone": "Venta deshecha", "rewards": "Recompensas", "go on": "Seguir", "keep": "enviar después",
        "waiting": "Aún sin enviar", "recorded": "Registrado", "lately": "Hecho hace un momento",
        "sale": "Venta de 90,00 €", "taken back": "Se quitan 140 puntos que ganó.",
        "kept": "Venta de 40,00 €: queda en este dispositivo",
        "again": "Reintentar", "open": "No sabemos si se ha hecho", "next": "Siguiente cliente",
        "number": "Número de tique",
    },
}  # fmt: skip


@pytest.fixture
def cashier(browser: Browser, site: Site) -> Callable[[Visit], None]:
    """Lets the visits of a test be those of a cashier of a store."""

    def become(visit: Visit) -> None:
        visit.signed_in = hired(site, browser, role="cashier", store="centro")

    return become


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sale_is_taken_in_and_taken_back(
    visit: Visit, site: Site, cashier: Callable[[Visit], None], language: str
) -> None:
    """What was recorded stands in view of a phone, is there after a reload, and is undone knowing what that takes."""
    shop = site.open_shop(people=1)
    cashier(visit)
    words = WORDS[language]
    page = visit(f"/p/{shop.slug}/till", language=language, width=PHONE)
    page.get_by_label(words["who"]).fill("C-0")
    page.get_by_role("button", name=words["find"]).click()
    page.get_by_role("heading", name="Anna").wait_for()
    expect(page.get_by_role("textbox", name=words["amount"])).to_be_focused()
    page.keyboard.type("90")
    visit.everywhere(page)
    page.keyboard.press("Enter")
    recorded = page.get_by_role("status", name=words["recorded"])
    for part in ("done", "sale", "earned"):
        expect(recorded.get_by_text(words[part])).to_be_in_viewport()
    expect(recorded.get_by_role("button", name=words["undo"])).to_be_in_viewport()
    assert len(orders_of(site, shop)) == 2
    visit.everywhere(page)

    page.reload()
    lately = page.get_by_role("region", name=words["lately"])
    expect(lately).to_contain_text(words["sale"])
    expect(lately).to_contain_text(words["earned"])
    expect(lately).to_contain_text("Anna")
    lately.get_by_role("button", name=words["receipt"]).click()
    page.get_by_role("dialog").locator("pre").wait_for()
    page.keyboard.press("Escape")
    lately.get_by_role("button", name=words["undo"]).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(words["taken back"])
    dialog.get_by_role("button", name=words["undo"], exact=True).click()
    expect(recorded).to_contain_text(words["undone"])
    dialog.wait_for(state="detached")
    expect(lately.get_by_role("button", name=words["undo"])).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "keys", "button"),
    [
        ("en", "90.50", "Take in €90.50"),
        ("en", "90,50", "Take in €90.50"),
        ("en", "0.99", "Take in €0.99"),
        ("en", "1234.5", "Take in €1,234.50"),
        ("es", "90,50", "Registrar 90,50 €"),
        ("es", "90.50", "Registrar 90,50 €"),
        ("es", "0,05", "Registrar 0,05 €"),
    ],
)
def test_an_amount_is_what_was_typed_key_by_key(
    visit: Visit, site: Site, cashier: Callable[[Visit], None], language: str, keys: str, button: str
) -> None:
    """Both separators are the decimal one, whoever types them; so are they where an amount is pasted."""
    shop = site.open_shop(people=1)
    cashier(visit)
    words = WORDS[language]
    page = visit(f"/p/{shop.slug}/till", language=language, width=PHONE)
    page.get_by_label(words["who"]).fill("C-0")
    page.keyboard.press("Enter")
    amount = page.get_by_role("textbox", name=words["amount"])
    amount.click()
    page.keyboard.type(keys)
    page.get_by_role("button", name=button, exact=True).wait_for()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Delete")
    amount.evaluate(
        """(field, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text', text);
          if (field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))) {
            document.execCommand('insertText', false, text);
          }
        }""",
        keys,
    )
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status", name=words["recorded"])).to_contain_text(words["done"])
    (sold,) = [each for each in orders_of(site, shop) if each["source"].startswith("till:")]
    assert sold["said"]["order"]["lines"][0]["amount_minor"] == round(float(keys.replace(",", ".")) * 100)


READER_SECONDS = 0.008
"""How long a reader takes for a key; a hand takes ten times as long."""
_ENDS = {"Enter": (13, "\r"), "Tab": (9, "")}


def read(page: Page, code: str, *, ends: str | None = "Enter") -> None:
    """Type as a hand-held reader does, into whatever has the focus.

    When each key was pressed is said to the browser, as a keyboard says it: a machine that is slow to pass keys on is
    no slow reader.
    """
    session = page.context.new_cdp_session(page)
    keys = [(sign, 0, sign) for sign in code] + ([] if ends is None else [(ends, *_ENDS[ends])])
    began = clock.now().timestamp()
    for number, (key, virtual, text) in enumerate(keys):
        pressed = {"key": key, "windowsVirtualKeyCode": virtual, "timestamp": began + number * READER_SECONDS}
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **pressed})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})
    session.detach()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_next_card_is_read_wherever_the_focus_is(
    visit: Visit, site: Site, cashier: Callable[[Visit], None], language: str
) -> None:
    """Nobody presses "Next customer" first: not from the amount, not after a sale, not over what was found nowhere."""
    shop = site.open_shop(people=0)
    for name, card in (("Anna Alba", "7700123"), ("Ben Bosch", "BB-204")):
        site.post(f"programs/{shop.slug}/members", {"name": name, "ids": {"card": card}})
    cashier(visit)
    words = WORDS[language]
    page = visit(f"/p/{shop.slug}/till", language=language, width=PHONE)
    who, amount = page.get_by_label(words["who"]), page.get_by_role("textbox", name=words["amount"])
    who.wait_for()
    read(page, "4000000000017")
    page.get_by_role("status").first.wait_for()
    read(page, "7700123")
    page.get_by_role("heading", name="Anna").wait_for()

    # The same card twice: the amount that was typed since is there as it was.
    expect(amount).to_be_focused()
    page.keyboard.type("40", delay=120)
    read(page, "7700123")
    expect(page.get_by_role("button", name=words["take"])).to_contain_text("40")
    read(page, "BB-204")
    page.get_by_role("heading", name="Ben").wait_for()
    expect(amount).to_have_value("")
    page.keyboard.type("12,50", delay=120)
    page.keyboard.press("Enter")
    recorded = page.get_by_role("status", name=words["recorded"])
    expect(recorded).to_contain_text("Ben")
    expect(recorded).to_contain_text("12")

    read(page, "BB-204")
    expect(recorded).to_be_empty()
    expect(amount).to_be_focused()
    read(page, "7700123", ends="Tab")
    page.get_by_role("heading", name="Anna").wait_for()
    # A receipt is read into its own field.
    page.get_by_label(words["number"]).click()
    read(page, "000123456789", ends=None)
    expect(page.get_by_label(words["number"])).to_have_value("000123456789")
    page.get_by_role("heading", name="Anna").wait_for()


def test_a_card_that_is_read_over_a_question_answers_nothing(
    visit: Visit, site: Site, cashier: Callable[[Visit], None]
) -> None:
    shop = site.open_shop(people=1)
    gift = {"wallet": "points", "amount": 900, "reason": "A gift", "internal_reason": "Test"}
    site.post(f"programs/{shop.slug}/members/{shop.members[0]}/adjustments", gift)
    cashier(visit)
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_label("Phone, card, e-mail or code").fill("C-0")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Redeem: A kilo for the food bank").click()
    question = page.get_by_role("dialog")
    question.get_by_role("button", name="Redeem").focus()
    read(page, "7700123")
    expect(question).to_contain_text("Takes 150 points; 750 points are left.")
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    page.get_by_text("900", exact=True).wait_for()


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
    recorded = page.get_by_role("status", name="Recorded")
    expect(recorded).to_contain_text("Redemption: A kilo for the food bank")
    expect(recorded).to_contain_text("Cost 150 points.")
    recorded.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("dialog")).to_contain_text("150 points that it cost are given back.")
    page.get_by_role("dialog").get_by_role("button", name="Undo", exact=True).click()
    page.get_by_text("900", exact=True).wait_for()
    page.get_by_role("dialog").wait_for(state="detached")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sale_without_an_answer_is_not_posted_twice(
    visit: Visit, site: Site, cashier: Callable[[Visit], None], language: str
) -> None:
    shop = site.open_shop(people=1)
    cashier(visit)
    words = WORDS[language]
    visit.forgive("ERR_")
    page = visit(f"/p/{shop.slug}/till", language=language, width=PHONE)
    page.get_by_label(words["who"]).fill("C-0")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Anna").wait_for()
    page.keyboard.type("90")
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
    page.get_by_role("button", name=words["take"]).click()
    expect(page.get_by_role("alert").get_by_text(words["open"])).to_be_in_viewport()
    visit.everywhere(page)
    page.get_by_role("button", name=words["again"]).click()
    expect(page.get_by_role("status", name=words["recorded"])).to_contain_text(words["done"])
    assert len(orders_of(site, shop)) == 2


def test_an_owner_chooses_a_store_and_support_is_told(visit: Visit, site: Site, browser: Browser, shop: Shop) -> None:
    site.post("organization/stores", {"id": f"norte-{ids.new_id().hex[-6:]}", "name": "Norte"})
    visit.signed_in = hired(site, browser, role="admin")
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_text("Which store are you in?").wait_for()
    visit.everywhere(page)
    page.get_by_role("button", name="Norte").first.click()
    page.get_by_role("heading", name="Till at Norte").wait_for()
    page.get_by_label("Phone, card, e-mail or code").wait_for()
    page.get_by_role("button", name="Other store").click()
    page.get_by_role("dialog").get_by_role("button", name="Norte").first.wait_for()
    page.keyboard.press("Escape")

    visit.signed_in = hired(site, browser, role="support")
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_text("You work at no store").wait_for()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_till_goes_on_without_a_connection(
    visit: Visit, site: Site, cashier: Callable[[Visit], None], language: str
) -> None:
    """E5: what is done offline waits on the device, is sent once, and is there after a reload."""
    shop = site.open_shop(people=1)
    cashier(visit)
    words = WORDS[language]
    visit.forgive("ERR_")
    page = visit(f"/p/{shop.slug}/till", language=language, width=PHONE)
    page.get_by_label(words["who"]).wait_for()
    page.context.set_offline(True)
    page.get_by_label(words["who"]).fill("C-0")
    page.get_by_role("button", name=words["go on"]).click()
    page.get_by_role("textbox", name=words["amount"]).fill("40")
    visit.everywhere(page)
    page.get_by_role("button", name=words["keep"]).click()
    waiting = page.get_by_role("region", name=words["waiting"])
    expect(page.get_by_role("status", name=words["recorded"]).get_by_text(words["kept"])).to_be_in_viewport()
    expect(waiting).to_contain_text("40")
    expect(waiting).to_contain_text("C-0")
    visit.look(page, "waiting")
    assert len(orders_of(site, shop)) == 1

    # The first answer is lost on its way, and the page is opened anew: it is sent again, and counts once.
    lost: list[bool] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(True)
        route.fetch()
        route.abort()

    page.route("**/till/batch", lose)
    page.context.set_offline(False)
    expect(waiting.get_by_role("alert")).to_be_visible()
    page.reload()
    page.get_by_role("region", name=words["lately"]).wait_for()
    expect(waiting).to_have_count(0)
    assert len(orders_of(site, shop)) == 2


def test_what_was_used_elsewhere_meanwhile_is_told_in_words(
    visit: Visit, site: Site, cashier: Callable[[Visit], None]
) -> None:
    """E5, G19: of a voucher that was used at two places one counts; the till that came later is told."""
    shop = site.open_shop(people=1)
    voucher = site.post(f"programs/{shop.slug}/vouchers", {"reward": "five_euro"})["items"][0]
    cashier(visit)
    visit.forgive("ERR_")
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_label("Phone, card, e-mail or code").wait_for()
    page.context.set_offline(True)
    page.get_by_label("Phone, card, e-mail or code").fill(voucher["code"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="It is a voucher").click()
    page.get_by_role("dialog").get_by_role("button", name="Redeem, send later").click()
    page.get_by_text("One waits for the connection").wait_for()
    site.post(f"programs/{shop.slug}/vouchers/{voucher['code']}/redeem", {"reference": "web-1"})

    page.context.set_offline(False)
    waiting = page.get_by_role("region", name="Not sent yet")
    expect(waiting).to_contain_text("The voucher has been used")
    visit.everywhere(page)
    waiting.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(waiting).to_have_count(0)


def test_a_reward_she_cannot_pay_is_not_to_be_chosen(
    visit: Visit, site: Site, cashier: Callable[[Visit], None]
) -> None:
    """Every reward of a sale says its price; one that she lacks points for says how many, and is closed."""
    shop = site.open_shop(people=1)
    cashier(visit)
    page = visit(f"/p/{shop.slug}/till", width=PHONE)
    page.get_by_label("Phone, card, e-mail or code").fill("C-0")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Anna").wait_for()
    page.keyboard.type("90")
    five = page.get_by_role("button", name="€5 off")
    expect(five).to_contain_text("500 points")
    expect(five).to_contain_text("500 points short")
    expect(five).to_be_disabled()
    visit.everywhere(page)


def test_somebody_without_a_name_is_called_by_the_end_of_a_card(
    visit: Visit, site: Site, cashier: Callable[[Visit], None]
) -> None:
    shop = site.open_shop(people=0)
    site.post(f"programs/{shop.slug}/members", {"ids": {"card": "7700123"}})
    cashier(visit)
    page = visit(f"/p/{shop.slug}/till", width=PHONE)
    page.get_by_label("Phone, card, e-mail or code").fill("7700123")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Card …0123").wait_for()
    page.keyboard.type("12,5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status", name="Recorded")).to_contain_text("Sale of €12.50 · Card …0123")


def test_a_redemption_without_an_answer_is_left_open_and_tried_again(
    visit: Visit, site: Site, cashier: Callable[[Visit], None]
) -> None:
    shop = site.open_shop(people=1)
    gift = {"wallet": "points", "amount": 900, "reason": "A gift", "internal_reason": "Test"}
    site.post(f"programs/{shop.slug}/members/{shop.members[0]}/adjustments", gift)
    cashier(visit)
    visit.forgive("ERR_")
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_label("Phone, card, e-mail or code").fill("C-0")
    page.keyboard.press("Enter")
    lost: list[bool] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(True)
            route.fetch()
            route.abort()

    page.route("**/till/redeem", lose)
    page.get_by_role("button", name="Redeem: A kilo for the food bank").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Redeem").click()
    expect(dialog.get_by_role("alert")).to_contain_text("We do not know whether that was done")
    dialog.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status", name="Recorded")).to_contain_text("Cost 150 points.")
    page.get_by_text("750", exact=True).wait_for()


def test_a_session_that_ends_at_the_till_is_told_to_people(
    visit: Visit, site: Site, cashier: Callable[[Visit], None]
) -> None:
    """Nothing of keys and headers; and it is no news any more once she signed in again."""
    shop = site.open_shop(people=1)
    cashier(visit)
    visit.forgive("401")
    page = visit(f"/p/{shop.slug}/till")
    page.get_by_label("Phone, card, e-mail or code").fill("C-0")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Anna").wait_for()
    page.keyboard.type("90")
    page.context.clear_cookies()
    page.get_by_role("button", name="Take in €90.00").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    expect(again.get_by_label("Password", exact=True)).to_be_focused()
    told = page.get_by_role("alert", include_hidden=True)
    expect(told).to_contain_text("Sign in to go on; nothing is lost.")
    expect(page.locator("body")).not_to_contain_text("Bearer")
    page.keyboard.type(PHRASE)
    page.keyboard.press("Enter")
    expect(again).to_have_count(0)
    expect(told).to_have_count(0)
    page.get_by_role("button", name="Take in €90.00").click()
    expect(page.get_by_role("status", name="Recorded")).to_contain_text("Sale of €90.00")
    assert len(orders_of(site, shop)) == 2


def orders_of(site: Site, shop: Shop) -> list[Any]:
    """Return the paid orders of the shop's first member."""
    found = site.api.get(f"programs/{shop.slug}/members/{shop.members[0]}/events").json()["items"]
    return [each for each in found if each["type"] == "order.paid"]
