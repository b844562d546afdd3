"""`puntal secrets` against a real database."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import pytest
from signers import Hire
from typer.testing import CliRunner

from puntal.access.operations import factors
from puntal.entrypoints.cli_secrets import app
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.kit.sealing import Sealer, read_key
from puntal.kit.settings import settings

ONE, TWO = bytes(range(32)), bytes(range(32, 64))


def _said(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_a_fresh_key_is_one() -> None:
    said = CliRunner().invoke(app, ["key"])

    assert len(read_key(said.stdout.strip())) == 32


async def test_secrets_are_sealed_by_the_present_key(
    hire: Hire, database: Database, database_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await hire("Anna", "admin")
    async with database.transaction() as tx:
        await factors.enrol(tx, anna, sealer=Sealer(lambda: [ONE]), now=clock.now())
    monkeypatch.setenv("PUNTAL_DATABASE_URL", database_uri)
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
    assert json.loads(said)["resealed"] >= 1
    assert await asyncio.to_thread(run, TWO, None) == (0, '{"resealed":0}\n')
    code, said = await asyncio.to_thread(run, ONE, None)
    assert (code, "lacks the key" in said) == (1, True)
    assert (await asyncio.to_thread(run, ONE, TWO))[0] == 0
