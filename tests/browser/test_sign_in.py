"""The way in: password, second factor, a new password, and one's account."""

from __future__ import annotations

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from conftest import EMAIL, PHRASE, Shop, Site, Visit
from puntal.kit import ids

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


def colleague(site: Site) -> str:
    """Add a marketer with the usual password; return her e-mail."""
    email = f"carla-{ids.new_id().hex[-8:]}@example.org"
    site.post("organization/staff", {"email": email, "name": "Carla", "role": "marketer", "password": PHRASE})
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


def test_a_second_factor_is_set_up_and_asked_for(visit: Visit, site: Site, shop: Shop) -> None:
    visit.forgive("401")
    email = colleague(site)
    page = visit("/account", as_owner=False)
    enter(page, email, PHRASE)
    page.get_by_role("button", name="Set up").click()
    page.get_by_label("Your password").fill(PHRASE)
    page.get_by_role("button", name="Go on").click()
    secret = page.get_by_role("dialog").locator("pre").inner_text()
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Confirm").click()
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
    page.get_by_role("button", name="Save password").click()
    page.get_by_role("link", name="To sign in").click()
    enter(page, email, "nine loud purple pears")
    page.wait_for_url(re.compile("/p/"))


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
