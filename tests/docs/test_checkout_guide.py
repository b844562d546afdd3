"""The checkout guide's programs, run as they are printed against a server that listens."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from puntal.access.operations import keys, organization
from puntal.checkout.phrases import ON_CARTS
from puntal.checkout.shapes import CartIn, CartOut, MoneyOut
from puntal.entrypoints.server import create_app
from puntal.kit import clock, ids, logging
from puntal.kit.db import Database
from puntal.kit.settings import Settings
from puntal.programs import operations as programs
from puntal.programs import source

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
GUIDE = (GUIDES / "checkout.md").read_text(encoding="utf-8")
RUNNERS = {
    "python": [sys.executable, "-"],
    "js": ["node", "--input-type=module", "-"],
    "sh": ["bash", "-s"],
    "php": ["php"],
}
TOOLS = {"python": (), "js": ("node",), "sh": ("curl", "jq"), "php": ("php",)}
CALLED = frozenset(
    {
        "amount_minor",
        "shipping_minor",
        "member_id",
        "discount_minor",
        "occurred_at",
        "paid_points_minor",
        "total_minor",
        "net_minor",
    }
)
"""What the programs send and read, of several words."""


def _runs(language: str) -> bool:
    if not all(shutil.which(tool) for tool in TOOLS[language]):
        return False
    if language != "php":
        return True
    # Its HTTP client is a part of its own.
    parts = subprocess.run(["php", "-m"], capture_output=True, text=True, timeout=30, check=False)
    return "curl" in parts.stdout.split()


RUNNING = [language for language in TOOLS if _runs(language)]
"""Python always; the others where a machine has what they are written for."""


def block(language: str, guide: str = GUIDE) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert found is not None, language
    return found[1]


class Shop:
    """Where it listens, and what opens it."""

    def __init__(self, base: str, slug: str, token: str) -> None:
        self.slug = slug
        self.variables = {"PUNTAL_URL": base, "PUNTAL_PROGRAM": slug, "PUNTAL_KEY": token}
        self.client = httpx2.Client(
            base_url=f"{base}/v1/programs/{slug}", headers={"authorization": f"Bearer {token}"}, timeout=10
        )

    def post(self, path: str, body: dict[str, Any]) -> Any:
        response = self.client.post(path, json=body)
        assert response.is_success, response.text
        return response.json()

    def balance(self) -> int:
        cart = {"member": {"email": "anna@example.com"}, "order": {"currency": "EUR", "lines": []}}
        return int(self.post("/carts/evaluate", cart)["balances"]["points"])


async def _publish(uri: str, slug: str) -> str:
    database = await Database.open(uri, size=1)
    now = clock.now()
    document = source.load_yaml(block("yaml"))
    async with database.transaction() as tx:
        own = await organization.ensure_organization(tx, "Tienda", now=now)
        key = await keys.create_first_key(tx, own.id, name="Online shop", now=now)
        made = await programs.create_program(tx, organization_id=own.id, slug=slug, document=document, now=now)
        await programs.publish(tx, made, document, by="test", now=now, note="", effective_from=None)
    await database.close()
    return key.token


@pytest.fixture
def shop(database_uri: str) -> Iterator[Shop]:
    """A shop at which Anna has 740 points."""
    chosen = Settings(log_level="error")
    logging.configure(chosen)
    slug = f"club-{ids.new_id()}"
    token = asyncio.run(_publish(database_uri, slug))

    @asynccontextmanager
    async def opener() -> Any:
        database = await Database.open(database_uri, size=4)
        yield database
        await database.close()

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(opener, settings=chosen), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    opened = Shop(f"http://127.0.0.1:{listening.getsockname()[1]}", slug, token)
    opened.post("/members", {"ids": {"email": "anna@example.com"}})
    opened.post(
        "/events",
        {
            "id": str(ids.new_id()),
            "type": "order.paid",
            "occurred_at": clock.now().isoformat(),
            "member": {"email": "anna@example.com"},
            "order": {"id": "first", "currency": "EUR", "lines": [{"id": "1", "amount_minor": 74_000}]},
        },
    )
    yield opened
    opened.client.close()
    server.should_exit = True
    thread.join(30)


@pytest.mark.parametrize("language", RUNNING)
def test_the_whole_of_it_runs(language: str, shop: Shop) -> None:
    """740 points, 400 held and spent, 36 earned on what was left to pay of the goods."""
    done = subprocess.run(
        RUNNERS[language],
        input=block(language),
        env=os.environ | shop.variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr + done.stdout
    assert "to pay 4140" in done.stdout
    assert "left 376" in done.stdout
    assert shop.balance() == 376


@pytest.mark.parametrize("language", sorted(RUNNERS))
def test_every_language_sends_the_same_requests(language: str) -> None:
    """What each program calls, in order, and names: so that one that cannot run here is not forgotten."""
    program = block(language)
    named = set(re.findall(r"[a-z]+(?:_[a-z]+)+", block("python")))

    calls = re.findall(r"/(carts/evaluate|redemptions|events)\b", program)
    assert calls == ["carts/evaluate", "redemptions", "events"]
    fields = {name for name in named if name in CALLED}
    assert fields <= set(re.findall(r"[a-z]+(?:_[a-z]+)+", program))


@pytest.mark.parametrize("guide", ["checkout.md", "es/checkout.md"])
def test_the_cart_shown_is_one(guide: str) -> None:
    CartIn.model_validate_json(block("json", (GUIDES / guide).read_text(encoding="utf-8")))


def test_the_answer_shown_is_what_is_answered(shop: Shop) -> None:
    shown = json.loads(block("json answer"))

    answer = shop.post("/carts/evaluate", json.loads(block("json")))

    CartOut.model_validate(answer)
    assert holds(answer, shown)


@pytest.mark.parametrize("kind", ["json question", "json settled"])
def test_the_question_about_money_is_one(kind: str) -> None:
    shown = json.loads(block(kind))
    known = CartIn if kind == "json question" else CartOut

    assert shown.keys() <= known.model_fields.keys()
    for each in shown.get("money", []) if kind == "json settled" else []:
        MoneyOut.model_validate(each)
    if kind == "json question":
        CartIn.model_validate_json(block(kind))


def holds(whole: Any, part: Any) -> bool:
    """Whether everything of `part` is in `whole`; of a list its beginning."""
    if isinstance(part, dict):
        return all(key in whole and holds(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(part) <= len(whole) and all(holds(found, said) for found, said in zip(whole, part, strict=False))
    return bool(whole == part)


@pytest.mark.parametrize("code", sorted(ON_CARTS))
def test_every_code_of_carts_is_listed(code: str) -> None:
    assert f"| `{code}` |" in GUIDE
