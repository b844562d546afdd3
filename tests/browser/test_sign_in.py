"""The way in: password, second factor, a new password, and one's account."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

from conftest import EMAIL, PHRASE, Shop, Site, Visit
from puntal.kit import clock, ids

# Behind everything else there: that folder has modules called like ours.
sys.path.append(str(Path(__file__).resolve().parents[1] / "access"))

from provider import CLIENT, SECRET, Provider, a_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = {
    "en": ("E-mail", "Password", "Sign in", "That was not done"),
    "es": ("Correo electrónico", "Contraseña", "Entrar", "No se ha hecho"),
}


def enter(page: Page, email: str, password: str, language: str = "en") -> None:
    """Fill the form in and send it."""
    mail, secret, verb, _ = WORDS[language]
    page.get_by_label(mail, exact=True).fill(email)
    page.get_by_label(secret, exact=True).fill(password)
    page.get_by_role("button", name=verb, exact=True).click()


def colleague(site: Site, language: str = "en") -> str:
    """Add a marketer with the usual password; return her e-mail."""
    email = f"carla-{ids.new_id().hex[-8:]}@example.org"
    person = {"email": email, "name": "Carla", "role": "marketer", "password": PHRASE, "locale": language}
    site.post("organization/staff", person)
    return email


@pytest.mark.parametrize("language", ["en", "es"])
def test_olga_signs_in_and_comes_to_where_she_wanted(visit: Visit, shop: Shop, language: str) -> None:
    visit.forgive("401")
    page = visit(f"/p/{shop.slug}/insight?tab=tiers", language=language, as_owner=False)
    enter(page, EMAIL, "four quiet green pears", language)
    expect(page.get_by_role("alert")).to_contain_text(WORDS[language][3])
    visit.everywhere(page)
    enter(page, EMAIL, PHRASE, language)
    page.wait_for_url(re.compile(rf"/p/{shop.slug}/insight\?.*tab=tiers"))


def with_factor(page: Page, email: str) -> str:
    """Sign in on the account's page and set a second factor up; return its secret."""
    enter(page, email, PHRASE)
    page.get_by_role("button", name="Set up").click()
    page.get_by_label("Your password").fill(PHRASE)
    page.get_by_role("button", name="Go on").click()
    secret = page.get_by_role("dialog").locator("pre").inner_text()
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Confirm").click()
    return secret


def test_a_second_factor_is_set_up_and_asked_for(visit: Visit, site: Site, shop: Shop) -> None:
    visit.forgive("401")
    email = colleague(site)
    page = visit("/account", as_owner=False)
    with_factor(page, email)
    codes = page.get_by_role("dialog").locator("code")
    expect(codes.nth(7)).to_be_visible()
    spare = codes.first.inner_text()
    visit.look(page)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("recovery codes left")).to_be_visible()

    other = visit(f"/p/{shop.slug}/members", as_owner=False)
    enter(other, email, PHRASE)
    other.get_by_label("Code of your authenticator app").fill(spare)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.get_by_text("Anna Alba").wait_for()


def test_a_forgotten_password_is_chosen_anew(visit: Visit, site: Site) -> None:
    visit.forgive("401")
    email = colleague(site)
    staff = site.api.get("organization/staff").json()["items"]
    carla = next(each["id"] for each in staff if each["email"] == email)
    token = site.post(f"organization/staff/{carla}/reset", {})["token"]
    page = visit(f"/reset?token={token}", as_owner=False)
    page.get_by_label("New password").fill("nine loud purple pears")
    visit.look(page)
    page.get_by_role("button", name="Save password").click()
    page.wait_for_url(re.compile(r"/admin/(p/|start)"))
    me = page.context.request.get(f"{site.address}/v1/auth/me")
    assert me.json()["staff"]["email"] == email


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_link_that_is_over_says_so_at_once(visit: Visit, language: str) -> None:
    """Nobody thinks of a password first."""
    visit.forgive("404")
    over = {"en": "This link does not work any more", "es": "Este enlace ya no sirve"}[language]
    page = visit("/reset?token=used", language=language, as_owner=False)
    page.get_by_role("heading", name=over).wait_for()
    expect(page.get_by_role("textbox")).to_have_count(0)
    visit.everywhere(page)


def test_who_typed_wrong_codes_waits_and_goes_on_where_she_was(visit: Visit, site: Site) -> None:
    """The seconds pass on the page; the field of the code is there, and what was wrong is typed over."""
    visit.forgive("401")
    visit.forgive("429")
    email = colleague(site)
    page = visit("/account", as_owner=False)
    secret = with_factor(page, email)

    other = visit("/sign-in", as_owner=False)
    enter(other, email, PHRASE)
    code = other.get_by_label("Code of your authenticator app")
    expect(code).to_be_focused()
    waits = other.get_by_role("alert", name="Too many wrong tries")
    for number in range(5):
        other.keyboard.type(f"00000{number}")
        with other.expect_response("**/auth/sign-in"):
            other.keyboard.press("Enter")
        expect(code).to_have_value(f"00000{number}")
        expect(other.get_by_role("alert")).to_be_visible()
    code.fill("")
    other.keyboard.type("000009")
    other.keyboard.press("Enter")
    expect(waits).to_contain_text("You can try again in 0:0")
    expect(other.get_by_role("button", name="Sign in", exact=True)).to_be_disabled()
    visit.look(other)
    expect(waits).to_have_count(0, timeout=30_000)
    expect(code).to_be_visible()
    code.fill(pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30)))
    other.keyboard.press("Enter")
    other.wait_for_url(re.compile(r"/admin/(p/|start)"))


def test_the_account_shows_where_one_is_signed_in(visit: Visit, site: Site) -> None:
    visit.forgive("401")
    email = colleague(site)
    elsewhere = visit("/account", as_owner=False)
    enter(elsewhere, email, PHRASE)
    elsewhere.get_by_text("This browser").wait_for()
    page = visit("/account", as_owner=False)
    enter(page, email, PHRASE)
    page.get_by_label("Name", exact=True).fill("Carla Cruz")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved").wait_for()
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_text("That browser is signed out.").wait_for()
    expect(page.get_by_role("button", name="End", exact=True)).to_have_count(0)
    visit.everywhere(page)

    for _ in range(2):
        third = visit("/account", as_owner=False)
        enter(third, email, PHRASE)
        third.get_by_text("This browser").wait_for()
    page.reload()
    expect(page.get_by_role("button", name="End", exact=True)).to_have_count(2)
    page.get_by_role("button", name="Sign out everywhere else").click()
    page.get_by_text("2 other browsers are signed out.").wait_for()
    expect(page.get_by_role("button", name="End", exact=True)).to_have_count(0)


PASSKEYS = {
    "en": (
        "Add a passkey",
        "What you call it",
        "Your password",
        "Go on",
        "Passkey added",
        "Your account",
        "Sign out",
        "Sign in with a passkey",
    ),
    "es": (
        "Añadir una llave de acceso",
        "Cómo la llamas",
        "Tu contraseña",
        "Continuar",
        "Llave de acceso añadida",
        "Tu cuenta",
        "Cerrar sesión",
        "Entrar con una llave de acceso",
    ),
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_passkey_is_added_and_signs_in_by_itself(visit: Visit, site: Site, language: str) -> None:
    add, name, password, go_on, added, account, sign_out, sign_in = PASSKEYS[language]
    visit.forgive("401")
    # Browsers bind passkeys to names, not to numbers.
    address = site.address.replace("127.0.0.1", "localhost")
    visit.goes_to(address)
    email = colleague(site, language)
    page = visit("/account", language=language, as_owner=False, address=address)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    finger = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    made = device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": finger | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    enter(page, email, PHRASE, language)

    page.get_by_role("button", name=add).click()
    form = page.get_by_role("dialog")
    form.get_by_label(name).fill("Laptop")
    form.get_by_label(password).fill(PHRASE)
    form.get_by_role("button", name=go_on).click()
    page.get_by_text(added).wait_for()
    expect(page.get_by_text("Laptop", exact=True)).to_be_visible()
    kept = device.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})["credentials"]
    assert [each["rpId"] for each in kept] == ["localhost"]
    visit.look(page)

    rename, save = {"en": ("Rename", "Save"), "es": ("Cambiar nombre", "Guardar")}[language]
    page.get_by_role("button", name=f"{rename}: Laptop").click()
    form.get_by_label(name).fill("MacBook")
    form.get_by_role("button", name=save).click()
    expect(page.get_by_text("MacBook", exact=True)).to_be_visible()

    page.get_by_role("button", name=account).click()
    page.get_by_role("menuitem", name=sign_out).click()
    page.wait_for_url(re.compile("/sign-in"))
    page.get_by_role("button", name=sign_in).click()
    page.wait_for_url(re.compile(r"/admin/(p/|start)"))
    me = page.context.request.get(f"{address}/v1/auth/me")
    assert me.json()["staff"]["email"] == email


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A company's sign-in on this machine, on another site than ours; it runs beside the browser."""
    running: list[Provider] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with a_provider("localhost") as opened:
            running.append(opened)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(30)
    yield running[0]
    over.set()
    thread.join(30)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_company_s_button_signs_in(visit: Visit, site: Site, provider: Provider, language: str) -> None:
    visit.forgive("401")
    visit.goes_to(provider.issuer)
    email = colleague(site, language)
    provider.person = {"email": email, "email_verified": True, "name": "Carla", "sub": email}
    id = f"acme{ids.new_id().hex[-6:]}"
    said: dict[str, Any] = {
        "name": f"Acme {language}",
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "secret": SECRET,
    }
    said |= {"domains": ["example.org"], "new_role": None}
    put = site.api.put(f"organization/sso/{id}", json=said)
    assert put.is_success, put.text
    verb = {"en": "Sign in with Acme en", "es": "Entrar con Acme es"}[language]

    page = visit("/account", language=language, as_owner=False)
    page.get_by_role("link", name=verb).wait_for()
    visit.everywhere(page)
    page.get_by_role("link", name=verb).click()
    page.get_by_role("link", name="Agree").click()
    page.wait_for_url(re.compile("/admin/account"))

    me = page.context.request.get(f"{site.address}/v1/auth/me")
    assert me.json()["staff"]["email"] == email
    assert provider.asked.count("token") == 1

    # A secret that the provider does not take is an owner's to correct, and told as that.
    visit.forgive("401")
    assert site.api.put(f"organization/sso/{id}", json=said | {"secret": "mistyped"}).is_success
    other = visit("/sign-in", language=language, as_owner=False)
    other.get_by_role("link", name=verb).click()
    other.get_by_role("link", name="Agree").click()
    misset = {
        "en": "the client ID and secret are under Settings",
        "es": "el ID de cliente y el secreto están en Ajustes",
    }
    expect(other.get_by_role("alert")).to_contain_text(misset[language])
    assert site.api.put(f"organization/sso/{id}", json=said | {"issuer": "http://127.0.0.1:9"}).is_success
    other.get_by_role("link", name=verb).click()
    away = {"en": "does not answer as it should", "es": "no responde como debería"}[language]
    expect(other.get_by_role("alert")).to_contain_text(away)
    gone = site.api.delete(f"organization/sso/{id}")
    assert gone.is_success, gone.text
