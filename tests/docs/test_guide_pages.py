"""The guides as pages of the server."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import httpx2
import pytest
from fastapi import FastAPI

from puntal.entrypoints import guides

_GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
NAMES = sorted(path.stem for path in _GUIDES.glob("*.md"))


@pytest.fixture
def client() -> httpx2.AsyncClient:
    app = FastAPI(routes=list(guides.ROUTES))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://puntal")


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_guide_is_a_page_and_its_links_lead_somewhere(client: httpx2.AsyncClient, language: str) -> None:
    listed = await client.get(f"/guides/{language}/all")
    assert {f"/guides/{language}/{name}" for name in NAMES} <= set(re.findall(r'href="([^"]+)"', listed.text))
    for name in NAMES:
        page = await client.get(f"/guides/{language}/{name}")
        assert page.status_code == 200
        assert "<h1" in page.text
        anchors = set(re.findall(r' id="([^"]+)"', page.text))
        for target in re.findall(r'href="(/guides/[^"]+|#[^"]+)"', page.text):
            path, _, anchor = target.partition("#")
            if path.endswith(".css"):
                continue
            there = await client.get(path) if path else page
            assert there.status_code == 200, target
            known = set(re.findall(r' id="([^"]+)"', there.text)) if path else anchors
            assert not anchor or unquote(anchor) in known, target


async def test_a_spanish_reader_is_led_to_spanish(client: httpx2.AsyncClient) -> None:
    led = await client.get("/guides/till", headers={"accept-language": "es-MX,es;q=0.9"})
    assert led.headers["location"] == "/guides/es/till"
    assert 'lang="es"' in (await client.get("/guides/es/till")).text


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fREADME", "%00", "x" * 200, "<script>"])
async def test_what_is_no_guide_is_not_found(client: httpx2.AsyncClient, name: str) -> None:
    answer = await client.get(f"/guides/en/{name}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text
