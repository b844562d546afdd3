"""Staff of every role for tests of screens."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from conftest import PHRASE, Site
from puntal.kit import ids


def hired(site: Site, browser: Browser, **how: Any) -> Any:
    """Return what the browser of somebody new keeps after signing in."""
    email = f"{ids.new_id()}@example.org"
    site.post("organization/staff", {"email": email, "name": "Carla Caja", "password": PHRASE, **how})
    context = browser.new_context()
    answer = context.request.post(
        f"{site.address}/v1/auth/sign-in",
        data={"email": email, "password": PHRASE},
        headers={"origin": site.address},
    )
    assert answer.ok, answer.text()
    state = context.storage_state()
    context.close()
    return state
