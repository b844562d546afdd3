"""The list of members: finding, enrolling, bringing in from a file, and doing the same for many."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from conftest import PHONE, Shop, Site, Visit

SEARCH = {"en": "Name, e-mail, phone, card, order number …", "es": "Nombre, correo, teléfono, tarjeta, n.º de pedido …"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_somebody_is_found_by_anything_one_holds_of_her(visit: Visit, shop: Shop, language: str) -> None:
    page = visit(f"/p/{shop.slug}/members", language=language)
    page.get_by_role("link", name="Anna Alba").wait_for()
    for text in ("ben", "C-1", "ben@example.org", "order-1"):
        page.get_by_label(SEARCH[language], exact=True).fill(text)
        page.get_by_role("link", name="Anna Alba").wait_for(state="detached")
        assert page.get_by_role("link", name="Ben Bosch").is_visible()
        assert "ben" not in page.url.lower()
        page.get_by_label(SEARCH[language], exact=True).fill("")
        page.get_by_role("link", name="Anna Alba").wait_for()
    visit.everywhere(page)


def test_back_from_a_member_leads_to_what_was_searched_for(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}/members")
    box = page.get_by_label(SEARCH["en"], exact=True)
    page.get_by_role("link", name="Anna Alba").wait_for()
    box.fill("ben@exam")
    page.get_by_role("link", name="Anna Alba").wait_for(state="detached")
    for back in (page.go_back, page.get_by_role("main").get_by_role("link", name="Members", exact=True).click):
        page.get_by_role("link", name="Ben Bosch").click()
        page.get_by_role("heading", name="Ben Bosch").wait_for()
        page.get_by_role("tab", name="Profile").click()
        back()
        page.get_by_role("link", name="Ben Bosch").wait_for()
        expect(box).to_have_value("ben@exam")
        page.get_by_role("link", name="Anna Alba").wait_for(state="detached")
        assert "ben" not in page.url.lower()


def test_what_is_wrong_with_who_enrols_stands_at_its_field(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members")
    page.get_by_role("button", name="Enrol").click()
    form = page.get_by_role("dialog")
    visit.forgiven.append("422")
    form.get_by_label("E-mail").fill("gala@example")
    form.get_by_label("Birthday").fill("abc")
    form.get_by_role("button", name="Enrol").click()
    form.get_by_text("“abc” is no day").wait_for()
    form.locator("[aria-invalid=true]:focus").wait_for()
    assert form.get_by_label("Birthday").evaluate("field => field === document.activeElement")
    form.get_by_label("Birthday").fill("24 Mar 1990")
    form.get_by_role("combobox", name="Country").click()
    form.get_by_role("combobox", name="Country").fill("Portu")
    page.get_by_role("option", name="Portugal").click()
    form.get_by_role("button", name="Enrol").click()
    form.get_by_text("this is not an e-mail address").wait_for()
    form.locator("[aria-invalid=true]:focus").wait_for()
    assert form.get_by_label("E-mail").evaluate("field => field === document.activeElement")
    visit.everywhere(page)
    form.get_by_label("E-mail").fill("gala@example.org")
    form.get_by_role("button", name="Enrol").click()
    page.get_by_role("tab", name="Profile").click()
    assert page.get_by_role("combobox", name="Country").input_value() == "Portugal"
    assert page.get_by_label("Birthday").input_value() == "Mar 24, 1990"


def test_what_is_wrong_with_who_enrols_is_said_in_spanish(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/members", language="es")
    page.get_by_role("button", name="Inscribir").first.click()
    form = page.get_by_role("dialog")
    visit.forgiven.append("422")
    form.get_by_label("Correo electrónico").fill("gala@example")
    form.get_by_role("button", name="Inscribir").click()
    form.get_by_text("esto no es una dirección de correo").wait_for()
    form.get_by_label("Correo electrónico").and_(form.locator("[aria-invalid=true]:focus")).wait_for()


def test_filters_stand_in_the_address(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=2)
    page = visit(f'/p/{shop.slug}/members?status=["blocked"]')
    page.get_by_text("Nobody fits these filters.").wait_for()
    page = visit(f"/p/{shop.slug}/members?tier=club:base")
    page.get_by_role("link", name="Anna Alba").wait_for()
    assert page.get_by_role("combobox", name="Tier").input_value() == "Base"
    page.get_by_text("2 people").wait_for()


def test_somebody_is_enrolled_at_the_desk(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members")
    page.get_by_role("button", name="Enrol").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Enrol").click()
    form.get_by_text("An e-mail address, a phone or a card is needed.").wait_for()
    form.get_by_label("Name").fill("Gala <b>Gil</b>")
    form.get_by_label("E-mail").fill("gala@example.org")
    form.get_by_role("button", name="Enrol").click()
    page.get_by_role("heading", name="Gala <b>Gil</b>").wait_for()
    assert page.get_by_text("gala@example.org").is_visible()


def test_a_file_is_brought_in_and_answered_row_by_row(visit: Visit, site: Site, tmp_path: Path) -> None:
    shop = site.open_shop(people=1)
    file = tmp_path / "miembros.csv"
    file.write_text("Nombre;Correo;Zapatos\nInés Íñigo;ines@example.org;38\nJoan;not an address;41\n", encoding="utf-8")
    page = visit(f"/p/{shop.slug}/members")
    page.get_by_role("button", name="Import").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(file)
    page.get_by_text("These columns are not used: Zapatos.").wait_for()
    page.get_by_role("button", name="Import 2 members").click()
    page.get_by_text("1 new, 0 known already, 1 refused.").wait_for()
    assert page.get_by_role("cell", name="not an address", exact=True).is_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save 1 refused row").click()
    saved = Path(download.value.path()).read_text(encoding="utf-8")
    assert saved.startswith("\ufeffNombre;Correo;Zapatos;Reason"), "as the spreadsheet it came from opens it"
    assert "Joan;not an address;41;E-mail: no e-mail address" in saved
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    page.get_by_role("link", name="Inés Íñigo").wait_for()


def test_a_file_of_a_spreadsheet_says_itself_what_its_columns_are_or_is_told(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    """Letters of Excel, days and countries as people write them; one row that is wrong holds up no other."""
    shop = site.open_shop(people=0)
    file = tmp_path / "clientes.csv"
    rows = "Quién;Contacto;Cumpleaños;País\r\nInés Íñigo;ines@example.org;24/03/2001;España\r\n"
    file.write_bytes(f"{rows}Joan;joan@example.org;ayer;Francia\r\n".encode("cp1252"))
    page = visit(f"/p/{shop.slug}/members")
    choose(page, file)
    page.get_by_text("Say which column has e-mails, phones or cards").wait_for()
    for column, what in (("Column 1, “Quién”, is", "Name"), ("Column 2, “Contacto”, is", "E-mail")):
        page.get_by_role("combobox", name=column).click()
        page.get_by_role("option", name=what).click()
    page.get_by_role("button", name="Import 2 members").click()
    page.get_by_text("1 new, 0 known already, 1 refused.").wait_for()
    expect(page.get_by_role("dialog").get_by_role("table")).to_contain_text("Birthday: no day between 1900 and today")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save 1 refused row").click()
    file.write_bytes(Path(download.value.path()).read_bytes().replace(b"ayer", b"13.12.2001"))
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    choose(page, file)
    for column, what in (("Column 1, “Quién”, is", "Name"), ("Column 2, “Contacto”, is", "E-mail")):
        page.get_by_role("combobox", name=column).click()
        page.get_by_role("option", name=what).click()
    page.get_by_role("button", name="Import 1 member").click()
    page.get_by_text("1 new, 0 known already, 0 refused.").wait_for()
    found = {one["name"]: one["id"] for one in site.api.get(f"programs/{shop.slug}/members").json()["items"]}
    one = site.api.get(f"programs/{shop.slug}/members/{found['Inés Íñigo']}").json()
    assert (one["birthday"], one["country"]) == ("2001-03-24", "ES")
    assert site.api.get(f"programs/{shop.slug}/members/{found['Joan']}").json()["birthday"] == "2001-12-13"


def test_a_workbook_is_brought_in_as_it_is(visit: Visit, site: Site, tmp_path: Path) -> None:
    shop = site.open_shop(people=0)
    file = tmp_path / "clientes.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet = book.add_worksheet("Clientes")
    sheet.write_row(0, 0, ["Nombre", "Correo", "Teléfono", "Cumpleaños"])
    sheet.write_row(1, 0, ["Inés & Íñigo", "ines@example.org", 34600111222])
    sheet.write_datetime(1, 3, datetime(2001, 3, 24), book.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001 - a day
    book.close()
    page = visit(f"/p/{shop.slug}/members")
    choose(page, file)
    page.get_by_role("cell", name="2001-03-24").wait_for()
    expect(page.get_by_role("cell", name="34600111222")).to_be_visible()
    page.get_by_role("button", name="Import 1 member").click()
    page.get_by_text("1 new, 0 known already, 0 refused.").wait_for()
    page.get_by_role("button", name="Another file").click()
    file.write_bytes(b"PK\x03\x04 is no workbook")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(file)
    page.get_by_text("“clientes.xlsx” could not be read.").wait_for()


def choose(page: Page, file: Path) -> None:
    """Begin an import with a file."""
    page.get_by_role("button", name="Import").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(file)


def test_a_file_of_one_program_is_brought_into_another(visit: Visit, site: Site, tmp_path: Path) -> None:
    """An export in words is read again as it is, a phone number too, which spreadsheets would take for a sum."""
    first, second = site.open_shop(people=1), site.open_shop(people=0)
    phone = "+34600111222"
    site.post(f"programs/{first.slug}/members/{first.members[0]}/identities", {"phone": phone})
    asked = site.api.post(
        f"programs/{first.slug}/exports",
        json={"kind": "members", "headings": "words"},
        headers={"accept-language": "es"},
    ).json()
    file = tmp_path / asked["name"]
    page = visit(f"/p/{second.slug}/members")
    made = f"programs/{first.slug}/exports/{asked['id']}"
    for _ in range(100):
        if site.api.get(made).json()["state"] == "done":
            break
        page.wait_for_timeout(200)
    file.write_bytes(site.api.get(f"{made}/file").content)
    page.get_by_role("button", name="Import").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(file)
    page.get_by_role("button", name="Import 1 member").click()
    page.get_by_text("1 new, 0 known already, 0 refused.").wait_for()

    found = site.api.post(f"programs/{second.slug}/members/lookup", json={"phone": phone})
    assert found.is_success, found.text
    assert found.json()["name"] == "Anna Alba"


def test_points_of_several_are_adjusted_with_the_numbers_said_before(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=3)
    page = visit(f"/p/{shop.slug}/members")
    rows = page.get_by_label("Select this row")
    rows.nth(0).check()
    rows.nth(1).check()
    page.get_by_text("2 members selected").wait_for()
    page.get_by_role("button", name="Adjust points").click()
    form = page.get_by_role("dialog")
    form.get_by_label("For each").fill("50")
    form.get_by_label("What members read").fill("Sorry for the wait")
    form.get_by_label("What only staff read").fill("Queue of Saturday")
    form.get_by_text("Gives 50 to each of 2 members: 100 together.").wait_for()
    form.get_by_role("button", name="Adjust 2 members").click()
    form.get_by_text("2 of 2 done, 0 wait for a second person, 0 refused.").wait_for()


def test_members_are_cards_on_a_phone_and_filters_wait_behind_a_button(visit: Visit, shop: Shop) -> None:
    page = visit(f"/p/{shop.slug}/members", width=PHONE)
    card = page.get_by_role("listitem").filter(has_text="Anna Alba")
    card.get_by_text("Active", exact=True).wait_for()
    assert page.get_by_role("table").count() == 0
    assert page.get_by_role("combobox", name="Tier").count() == 0
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("combobox", name="Tier").wait_for()
    card.get_by_label("Select this row").check()
    page.get_by_text("1 member selected").wait_for()
    visit.look(page, "phone")
