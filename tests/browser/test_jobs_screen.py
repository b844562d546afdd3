"""Long work: told of by the bell, listed with how far it has got, fetched, and given up."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from conftest import EMAIL, PHRASE, Site, Visit

WORDS = {
    "en": {"none": "No long work yet", "export": "Export of members", "rows": "3 rows", "download": "Download"},
    "es": {
        "none": "Aún no hay tareas",
        "export": "Exportación de miembros",
        "rows": "3 filas",
        "download": "Descargar",
    },
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_finished_export_is_told_of_and_fetched(visit: Visit, site: Site, language: str) -> None:
    words = WORDS[language]
    shop = site.open_shop(people=3)
    page = visit(f"/p/{shop.slug}/settings/jobs", language=language)
    page.get_by_text(words["none"]).wait_for()
    # As Olga would from the exports' page: who asks by a session is told.
    asked = page.context.request.post(
        f"{site.address}/v1/programs/{shop.slug}/exports", data={"kind": "members"}, headers={"origin": site.address}
    )
    assert asked.ok, asked.text()
    page.reload()
    card = page.get_by_role("row").filter(has_text=words["export"])
    expect(card).to_contain_text(words["rows"])
    with page.expect_download() as saved:
        card.get_by_role("link", name=words["download"]).click()
    with saved.value.path().open(encoding="utf-8-sig") as file:
        assert len(file.readlines()) == len(shop.members) + 1
    page.reload()
    bell = {"en": "Notifications: 1 unread", "es": "Avisos: 1 sin leer"}[language]
    page.get_by_role("button", name=bell).click()
    told = {"en": "Your export of members is ready: 3 rows", "es": "Tu exportación de miembros está lista: 3 filas"}
    page.get_by_role("button", name=told[language]).click()
    page.wait_for_url("**/settings/exports")
    page.get_by_role("link", name="members-").wait_for()
    page.get_by_role("button", name=bell).wait_for(state="detached")


def test_an_import_can_be_given_up(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=0)
    site.post(f"programs/{shop.slug}/imports/members", {"name": "old.csv", "total": 500})
    page = visit(f"/p/{shop.slug}/settings/jobs?active=true")
    page.get_by_text("Import of members old.csv").wait_for()
    visit.everywhere(page)
    page.get_by_role("button", name="Cancel: Import of members old.csv").click()
    page.get_by_text("Nothing is under way").wait_for()
    page.get_by_text("All", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="old.csv")).to_contain_text("Cancelled")


def test_an_analyst_sees_every_screen_of_hers_without_a_refusal(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=2)
    email = f"nora-{shop.slug}@example.org"
    made = site.post("organization/staff/invite", {"email": email, "name": "Nora", "role": "analyst"})
    chosen = site.api.post("auth/password/reset", json={"token": made["token"], "password": PHRASE})
    assert chosen.is_success, chosen.text
    assert email != EMAIL
    page = visit("/sign-in", as_owner=False)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/p/**")
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status in (401, 403) else None)
    places = ["", "/members", f"/members/{shop.members[0]}", "/insight", "/insight?tab=liability", "/settings",
              "/settings/exports", "/settings/jobs", "/settings/audit", "/settings/approvals"]  # fmt: skip
    for place in places:
        page.goto(f"{site.address}/admin/p/{shop.slug}{place}")
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_load_state("networkidle")
        assert page.get_by_text("Your role does not open this screen").count() == 0, place
    assert refused == []
