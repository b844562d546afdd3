"""The till guide's program and commands, run as they are printed against a server that listens."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from pydantic import TypeAdapter

from puntal.access.model import ALL_PERMISSIONS, Caller, KeyTerms, NewStaff
from puntal.access.operations import keys, organization, staff
from puntal.checkout.shapes_till import OfflineRedeemIn, OfflineSaleIn
from puntal.entrypoints.server import create_app
from puntal.kit import clock, ids, logging
from puntal.kit.db import Database
from puntal.kit.settings import Settings
from puntal.programs import operations as programs
from puntal.programs import source

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guides" / "till.md").read_text(encoding="utf-8")
NEEDED = ("bash", "curl", "jq")


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None, language
    return found[1]


async def _open(uri: str, slug: str) -> tuple[str, str]:
    """Publish the program and hire Marta; returns her key and the office's."""
    database = await Database.open(uri, size=1)
    now = clock.now()
    document = source.load_yaml(block("yaml"))
    async with database.transaction() as tx:
        own = await organization.ensure_organization(tx, "Tienda", now=now)
        office = Caller(
            kind="key", organization_id=own.id, program_id=None, id=ids.new_id(), name="", permissions=ALL_PERMISSIONS
        )
        marta = NewStaff(email=f"marta-{slug}@shop.example", name="Marta", role="cashier", store="madrid-1")
        hired = await staff.add(tx, marta, by=office, password=None, now=now)
        terms = KeyTerms(name="Counter 1", scopes=ALL_PERMISSIONS, staff_id=hired.id)
        key = await keys.create(tx, terms, by=office, now=now)
        first = await keys.create_first_key(tx, own.id, name="Office", now=now)
        made = await programs.create_program(tx, organization_id=own.id, slug=slug, document=document, now=now)
        await programs.publish(tx, made, document, by="test", now=now, note="", effective_from=None)
    await database.close()
    return key.token, first.token


@pytest.fixture
def counter(database_uri: str) -> Iterator[dict[str, str]]:
    """Where the till's server listens, and what opens it; Anna has 150 points."""
    chosen = Settings(log_level="error")
    logging.configure(chosen)
    slug = f"club-{ids.new_id()}"
    token, office = asyncio.run(_open(database_uri, slug))

    @asynccontextmanager
    async def opener() -> Any:
        database = await Database.open(database_uri, size=4)
        yield database
        await database.close()

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(opener, settings=chosen), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    event = {
        "id": str(ids.new_id()),
        "type": "order.paid",
        "occurred_at": clock.now().isoformat(),
        "member": {"card": "7700123"},
        "order": {"id": "first", "currency": "EUR", "lines": [{"id": "1", "amount_minor": 15_000}]},
    }
    headers = {"authorization": f"Bearer {office}"}
    with httpx2.Client(base_url=f"{base}/v1/programs/{slug}", headers=headers, timeout=10) as client:
        assert client.post("/members", json={"ids": {"card": "7700123"}, "name": "Anna López"}).is_success
        assert client.post("/events", json=event).is_success
    yield {"PUNTAL_URL": base, "PUNTAL_PROGRAM": slug, "PUNTAL_KEY": token}
    server.should_exit = True
    thread.join(30)


if all(shutil.which(tool) for tool in NEEDED):

    def test_the_whole_of_it_runs(counter: dict[str, str]) -> None:
        done = subprocess.run(
            ["bash", "-s"],
            input=block("sh"),
            env=os.environ | counter,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 0, done.stderr + done.stdout
        assert done.stdout.splitlines() == [
            "held",
            "You earned 29 points",
            "You redeemed: A coffee (100 points)",
            "Your balance: 79 points",
            "21 points more for: A coffee",
            "undone",
        ]


def test_the_upload_shown_is_one() -> None:
    item: TypeAdapter[Any] = TypeAdapter(OfflineSaleIn | OfflineRedeemIn)
    for each in json.loads(block("json"))["items"]:
        item.validate_json(json.dumps(each))
