"""`puntal vouchers`: codes made, taken in and taken home, on a database of the worker's own."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from test_voucher_routes import DOCUMENT
from typer.testing import CliRunner, Result

from puntal.access.operations import organization
from puntal.entrypoints.cli_vouchers import app as vouchers_app
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.kit.settings import settings
from puntal.programs import operations as programs

Run = Callable[..., Result]


@pytest.fixture
def run(database_uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("PUNTAL_DATABASE_URL", database_uri)
    settings.cache_clear()
    app = typer.Typer()
    app.add_typer(vouchers_app)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, ["vouchers", *words, "--program", slug])

    slug = asyncio.run(_published(database_uri))
    yield invoke
    settings.cache_clear()


async def _published(uri: str) -> str:
    database, now, slug = await Database.open(uri, size=1), clock.now(), f"club-{ids.new_id()}"
    async with database.transaction() as tx:
        own = await organization.ensure_organization(tx, "Tienda", now=now)
        made = await programs.create_program(tx, organization_id=own.id, slug=slug, document=DOCUMENT, now=now)
        await programs.publish(tx, made, DOCUMENT, by="tests", now=now)
    await database.close()
    return slug


def told(result: Result, code: int = 0) -> Any:
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_codes_are_made_and_written_to_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    made = told(run("generate", "--reward", "five_euro", "--count", "1500", "--prefix", "SPRING", "--json"))
    again = told(run("generate", "--reward", "five_euro", "--count", "1", "--resume", made["batch_id"], "--json"))
    out = told(run("export", made["batch_id"], "-o", str(file), "--json"))

    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert (made["made"], again["made"], out["codes"], len(rows)) == (1500, 1500, 1500, 1500)
    assert {row["state"] for row in rows} == {"issued"}
    assert all(row["code"].startswith("SPRING") for row in rows)


def test_a_file_is_taken_in_and_its_bad_rows_are_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "partner.csv"
    file.write_text("code\nAB-1\nAB-1\nAB-2\n", encoding="utf-8")

    first = told(run("import", str(file), "--reward", "cinema", "--json"), code=1)
    again = told(run("import", str(file), "--batch", first["batch_id"], "--json"), code=1)

    assert (first["taken"], first["refused"]) == (2, [{"row": 3, "reason": "twice"}])
    assert (again["taken"], again["known"]) == (0, 2)


@pytest.mark.parametrize("words", [["--reward", "nothing"], ["--reward", "five_euro", "--length", "6"]])
def test_what_cannot_be_made_is_said(run: Run, words: list[str]) -> None:
    refused = run("generate", "--count", "1000000", *words)

    assert refused.exit_code == 1
    assert "Traceback" not in refused.output
