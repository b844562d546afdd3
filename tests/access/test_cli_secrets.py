"""`puntal secrets` against a real database."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from puntal.access.operations import factors, organization, staff
from puntal.entrypoints.cli_secrets import app
from puntal.kit import clock, ids
from puntal.kit.db import Database, ProgramId
from puntal.kit.sealing import Sealer, read_key
from puntal.kit.settings import settings
from puntal.programs import operations as programs
from puntal.rewards.operations import passes
from puntal.webhooks import operations as webhooks
from puntal.webhooks.operations import EndpointTerms

PHRASE = "four quiet green apples"
ONE, TWO = bytes(range(32)), bytes(range(32, 64))


def _said(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_a_fresh_key_is_one() -> None:
    said = CliRunner().invoke(app, ["key"])

    assert len(read_key(said.stdout.strip())) == 32


async def test_secrets_are_sealed_by_the_present_key(
    demo_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealer, now = Sealer(lambda: [ONE]), clock.now()
    database = await Database.open(demo_uri, size=2)
    async with database.transaction() as tx:
        own = await organization.ensure_organization(tx, "Tienda", now=now)
        anna = await staff.ensure_owner(tx, email="anna@example.org", name="Anna", password=PHRASE, now=now)
        assert anna is not None
        await factors.enrol(tx, anna, sealer=sealer, now=now)
        program = await programs.create_program(tx, organization_id=own.id, slug="club", document={}, now=now)
    async with database.program_transaction(program) as tx:
        await passes.sign(tx, program, ids.new_id(), sealer=sealer, now=now)
        terms = EndpointTerms(url="https://shop.example/puntal", kinds=("*",))
        await webhooks.create_endpoint(
            tx, ProgramId(program), terms, sealer=sealer, allow_private=False, by="key:anna", now=now
        )
    await database.close()
    monkeypatch.setenv("PUNTAL_DATABASE_URL", demo_uri)
    monkeypatch.setenv("PUNTAL_DATA_DIR", str(tmp_path))

    def run(key: bytes, old: bytes | None) -> tuple[int, str]:
        monkeypatch.setenv("PUNTAL_SECRET_KEY", _said(key))
        monkeypatch.setenv("PUNTAL_SECRET_KEYS_OLD", "" if old is None else _said(old))
        settings.cache_clear()
        done = CliRunner().invoke(app, ["reseal", "--json"])
        settings.cache_clear()
        return done.exit_code, done.stdout

    code, said = await asyncio.to_thread(run, TWO, ONE)
    assert code == 0, said
    assert json.loads(said)["resealed"] == 3
    assert await asyncio.to_thread(run, TWO, None) == (0, '{"resealed":0}\n')
    code, said = await asyncio.to_thread(run, ONE, None)
    assert (code, "lacks the key" in said) == (1, True)
    assert (await asyncio.to_thread(run, ONE, TWO))[0] == 0
