"""The list of members."""

from __future__ import annotations

import pytest

from conftest import Shop, Visit


@pytest.mark.parametrize(("language", "label"), [("en", "Search by name"), ("es", "Buscar por nombre")])
def test_somebody_is_found_by_the_beginning_of_her_name(visit: Visit, shop: Shop, language: str, label: str) -> None:
    page = visit(f"/p/{shop.slug}/members", language=language)
    page.get_by_text("Anna Alba").wait_for()
    page.get_by_label(label).fill("ben")
    page.get_by_text("Anna Alba").wait_for(state="detached")
    assert page.get_by_text("Ben Bosch").is_visible()
    visit.everywhere(page)
