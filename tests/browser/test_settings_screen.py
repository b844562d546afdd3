"""The settings: each subject does what its user came for."""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import httpx2
import pytest
from playwright.sync_api import expect

from conftest import EMAIL, Shop, Site, Visit
from puntal.kit import ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFUSED_WITHIN_SECONDS = 10
"""Five are promised to every process; the rest is for a busy machine."""


class Receiver(BaseHTTPRequestHandler):
    """Somebody else's system that is told what happens."""

    heard: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        size = int(self.headers["content-length"])
        self.heard.append(json.loads(self.rfile.read(size))["type"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/hook"
    listening.shutdown()
    listening.server_close()
    thread.join(5)


@pytest.mark.parametrize(
    ("language", "invite", "name", "email", "done"),
    [("en", "Invite", "Name", "E-mail", "Done"), ("es", "Invitar", "Nombre", "Correo electrónico", "Listo")],
)
def test_somebody_is_invited_and_chooses_her_password(
    visit: Visit, site: Site, shop: Shop, language: str, invite: str, name: str, email: str, done: str
) -> None:
    address = f"mia-{ids.new_id().hex[-8:]}@example.org"
    page = visit(f"/p/{shop.slug}/settings", language=language)
    page.get_by_role("button", name=invite, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(name).fill("Mia Market")
    dialog.get_by_label(email).fill(address)
    visit.look(page, "dialog")
    dialog.get_by_role("button", name=invite, exact=True).click()
    link = page.get_by_role("dialog").locator("pre, code").first.inner_text()
    page.get_by_role("button", name=done, exact=True).last.click()
    page.get_by_text(address).wait_for()
    visit.everywhere(page)

    token = link.partition("token=")[2]
    chosen = {"token": token, "password": "nine loud purple pears"}
    assert httpx2.post(f"{site.address}/v1/auth/password/reset", json=chosen).status_code == 204


def test_somebody_kept_out_comes_in_again(visit: Visit, site: Site, shop: Shop) -> None:
    name = f"Nina {ids.new_id().hex[-6:]}"
    site.post("organization/staff", {"email": f"{ids.new_id()}@example.org", "name": name, "role": "analyst"})
    page = visit(f"/p/{shop.slug}/settings/people")
    actions = page.get_by_role("button", name=f"Actions for {name}")
    actions.click()
    page.get_by_role("menuitem", name="Keep out").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep out").click()
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("Kept out")
    actions.click()
    page.get_by_role("menuitem", name="Let in again").click()
    page.get_by_role("dialog").get_by_role("button", name="Let in again").click()
    expect(row).not_to_contain_text("Kept out")


def test_a_role_of_ones_own_is_made_and_removed(visit: Visit, shop: Shop) -> None:
    role = f"lead_{ids.new_id().hex[-6:]}"
    page = visit(f"/p/{shop.slug}/settings/roles")
    page.get_by_role("button", name="New role").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Short name").fill(role)
    dialog.get_by_label(re.compile("Most one adjustment")).fill("500")
    dialog.get_by_label("Add or take points by hand").check()
    visit.look(page, "dialog")
    dialog.get_by_role("button", name="Save").click()
    card = page.get_by_role("region", name=role)
    expect(card).to_contain_text("adjusts up to 500 alone")
    visit.everywhere(page)
    card.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)


def test_a_store_is_opened_and_closed(visit: Visit, shop: Shop) -> None:
    store = f"centro-{ids.new_id().hex[-6:]}"
    page = visit(f"/p/{shop.slug}/settings/stores")
    page.get_by_role("button", name="New store").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Centro")
    dialog.get_by_label("Short name").fill(store)
    dialog.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text=store)
    row.get_by_role("button", name="Close").click()
    page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()
    expect(row).to_contain_text("Closed")
    visit.everywhere(page)


@pytest.mark.parametrize("kind", ["Reports and dashboards", "A shop or till"])
def test_a_key_works_as_its_example_says_until_it_is_revoked(visit: Visit, shop: Shop, kind: str) -> None:
    name = f"Shop {ids.new_id().hex[-6:]}"
    page = visit(f"/p/{shop.slug}/settings/keys")
    page.get_by_role("button", name="New key").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label(kind).check()
    visit.look(page, "dialog")
    dialog.get_by_role("button", name="Make key").click()
    example = page.get_by_role("dialog").locator("pre").last.inner_text()
    url, token = example.split("'")[1], example.partition("Bearer ")[2].rstrip("'")
    headers = {"authorization": f"Bearer {token}"}
    assert httpx2.get(url, headers=headers).status_code == 200

    page.get_by_role("button", name="Done").last.click()
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("Revoked")
    revoked = time.monotonic()
    visit.everywhere(page)
    while httpx2.get(url, headers=headers).status_code != 401:
        assert time.monotonic() - revoked < REFUSED_WITHIN_SECONDS, "the revoked key still opens the door"
        time.sleep(0.1)


def test_a_system_is_told_what_happens_and_told_again(visit: Visit, site: Site, receiver: str) -> None:
    own = site.open_shop(people=0)
    page = visit(f"/p/{own.slug}/settings/webhooks")
    page.get_by_role("button", name="New endpoint").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address").fill(receiver)
    visit.look(page, "dialog")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Done").last.click()
    page.get_by_role("link", name="Deliveries").click()
    before = len(Receiver.heard)
    page.get_by_role("button", name="Send a test").click()
    for _ in range(40):
        if len(Receiver.heard) > before:
            break
        page.wait_for_timeout(250)
    assert len(Receiver.heard) > before
    # The log follows by itself.
    expect(page.get_by_role("row").filter(has_text="webhook.test")).to_contain_text("Delivered")
    page.get_by_role("button", name="See").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("204")
    dialog.get_by_role("button", name="Send again").click()
    dialog.wait_for(state="detached")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="New secret").click()
    page.get_by_label("It ends at once").check()
    page.get_by_role("dialog").get_by_role("button", name="New secret").click()
    expect(page.get_by_role("dialog")).to_contain_text("whsec_")
    page.get_by_role("button", name="Done").last.click()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Switch off").click()
    page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    page.get_by_text("Switched off: nothing is sent").wait_for()
    expect(page.get_by_role("button", name="Send a test")).to_have_count(0)
    visit.everywhere(page)
    page.get_by_role("button", name="Switch on").click()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Send parked again").click()
    page.get_by_role("combobox", name="What happened").click()
    page.get_by_role("option", name="In the last hour").click()
    page.get_by_role("dialog").get_by_role("button", name="Send parked again").click()
    # Whether the one that was sent again had arrived before the switch is a race.
    page.get_by_text(re.compile("Nothing was parked in that time|1 delivery is sent again")).wait_for()


def test_where_to_send_and_what_is_asked_in_words(visit: Visit, site: Site, receiver: str) -> None:
    own = site.open_shop(people=0)
    visit.forgive("422")
    page = visit(f"/p/{own.slug}/settings/webhooks", language="es")
    page.get_by_role("button", name="Destino nuevo").first.click()
    dialog = page.get_by_role("dialog")
    address = dialog.get_by_label("Dirección")
    for wrong, told in (("tienda", "Esto no es una dirección."), ("", "Esto no es una dirección.")):
        address.fill(wrong)
        dialog.get_by_role("button", name="Guardar").click()
        dialog.get_by_text(told).wait_for()
        expect(address).to_be_focused()
    address.fill(receiver)
    dialog.get_by_label("Todo lo que pasa").uncheck()
    dialog.get_by_label("Buscar un evento").fill("tier")
    dialog.get_by_label("Todo lo de tier.*").check()
    dialog.get_by_label("Buscar un evento").fill("points.earned")
    dialog.get_by_label("points.earned").check()
    visit.look(page, "dialog")
    dialog.get_by_role("button", name="Guardar").click()
    page.get_by_role("button", name="Listo").last.click()
    page.get_by_text("tier.*, points.earned").wait_for()
    assert not page.get_by_role("dialog").is_visible()


def test_a_history_is_brought_in_once(visit: Visit, site: Site, tmp_path: Path) -> None:
    own = site.open_shop(people=1)
    event = {
        "id": "old-1",
        "type": "order.paid",
        "occurred_at": "2026-01-02T10:00:00Z",
        "source": "store",
        "member": {"card": "C-0"},
        "order": {"id": "old-1", "currency": "EUR", "lines": [{"id": "1", "amount_minor": 1000}]},
    }
    file = tmp_path / "history.jsonl"
    file.write_text(json.dumps(event) + "\n")
    page = visit(f"/p/{own.slug}/settings/imports")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("status")).to_contain_text("1 events")
    visit.everywhere(page)


def test_the_log_says_who_did_what(visit: Visit, site: Site, shop: Shop) -> None:
    site.post("organization/staff", {"email": f"{ids.new_id()}@example.org", "name": "Pia", "role": "analyst"})
    page = visit(f"/p/{shop.slug}/settings/audit?whole=true")
    page.get_by_role("region").get_by_text("Added a person").first.wait_for()
    expect(page.get_by_role("region")).to_contain_text("Browser")
    visit.everywhere(page)
    page = visit(f"/p/{shop.slug}/settings/audit", language="es")
    page.get_by_role("region").get_by_text("Publicó el programa").first.wait_for()
    assert EMAIL not in page.content()
    page.get_by_role("combobox", name="Quién").click()
    page.get_by_role("option", name="El propio Puntal").click()
    page.get_by_text("No se encontró nada").wait_for()
    assert "who=system" in page.url
    visit.everywhere(page)


def test_what_is_above_a_limit_waits_for_a_second_person(visit: Visit, site: Site) -> None:
    own = site.open_shop(people=1)
    role = f"helper_{ids.new_id().hex[-6:]}"
    may = ["points:adjust", "members:read"]
    answer = site.api.put(f"organization/roles/{role}", json={"permissions": may, "adjust_limit": 100})
    assert answer.is_success, answer.text
    person = {"email": f"{ids.new_id()}@example.org", "name": "Hugo", "role": role}
    hugo = site.post("organization/staff", person)["id"]
    token = site.post("organization/keys", {"name": "Hugo's", "scopes": may, "staff_id": hugo})["token"]
    wallets = f"programs/{own.slug}/members/{own.members[0]}"
    headers = {"authorization": f"Bearer {token}", "accept-language": "en"}
    gift = {"wallet": "points", "amount": 5000, "reason": "goodwill", "internal_reason": "A late parcel"}
    asked = site.api.post(f"{wallets}/adjustments", json=gift, headers=headers)
    assert asked.status_code == 202, asked.text

    page = visit(f"/p/{own.slug}/settings/approvals")
    row = page.get_by_role("row").filter(has_text="Hugo").first
    expect(row).to_contain_text("5,000")
    visit.everywhere(page)
    row.get_by_role("button", name="Approve").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(row).to_contain_text("Approved")
    page.get_by_role("region", name="What takes two people").get_by_role("button", name="Change").click()
    visit.look(page, "dialog")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()


def test_a_company_s_accounts_are_let_in_and_out(visit: Visit, shop: Shop) -> None:
    name = f"acme-{ids.new_id().hex[-6:]}"
    page = visit(f"/p/{shop.slug}/settings/sso")
    page.get_by_role("button", name="Add a provider").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Short name").fill(name)
    dialog.get_by_label("Issuer").fill("https://login.example.com")
    dialog.get_by_label("Client ID").fill("puntal")
    dialog.get_by_label("Client secret").fill("a secret of theirs")
    visit.look(page, "dialog")
    dialog.get_by_role("button", name="Save").click()
    card = page.get_by_role("region", name=name)
    expect(card).to_contain_text(f"/v1/auth/sso/{name}/callback")
    visit.everywhere(page)
    card.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)


@pytest.mark.parametrize("kind", ["CSV", "Excel"])
def test_a_file_is_asked_for_made_and_fetched(visit: Visit, shop: Shop, kind: str) -> None:
    page = visit(f"/p/{shop.slug}/settings/exports")
    page.get_by_role("button", name="New export").first.click()
    dialog = page.get_by_role("dialog")
    visit.look(page, "dialog")
    dialog.get_by_text(kind, exact=True).click()
    dialog.get_by_role("button", name="Make the file").click()
    ending = {"CSV": "csv", "Excel": "xlsx"}[kind]
    file = page.get_by_role("link", name=re.compile(rf"\.{ending}$")).first
    file.wait_for(timeout=30_000)
    with page.expect_download() as fetching:
        file.click()
    said = fetching.value.path().read_bytes()
    assert said[:2] == b"PK" if kind == "Excel" else b"Anna Alba" in said
    visit.everywhere(page)
