"""`puntal export` and `puntal simulate` on a shop that runs."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import sys
from pathlib import Path

import pytest
from telling import POINTS, Teller
from test_exporting import PROGRAM

from puntal.kit import clock


@pytest.fixture
async def shop(story: Teller, monkeypatch: pytest.MonkeyPatch) -> Teller:
    """A shop of today: commands have a clock of their own."""
    monkeypatch.undo()
    story.clock.at = clock.now()
    await story.open(PROGRAM)
    await story.joins("anna@example.com", name="Anna")
    await story.buys("anna@example.com", 10_000)
    return story


async def run(shop: Teller, *words: str, code: int = 0) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "puntal.entrypoints.cli", *words, "--program", shop.slug),
        env=os.environ | {"PUNTAL_DATABASE_URL": shop.database.uri},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == code, err.decode()
    return out.decode()


async def test_rows_are_written_to_a_file(shop: Teller, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    assert "1 rows" in await run(shop, "export", "members", str(file))
    (row,) = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    assert (row["name"], row["points_available"]) == ("Anna", "100")
    await run(shop, "export", "members", str(tmp_path / "members.pdf"), code=1)
    await run(shop, "export", "passwords", str(file), code=1)


async def test_a_draft_is_simulated(shop: Teller, tmp_path: Path) -> None:
    draft = PROGRAM | {
        "earning": [{"id": "purchases", "on": "purchase", "award": POINTS | {"points": 2}}],
    }
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(draft))
    said = json.loads(await run(shop, "simulate", str(file), "--days", "7", "--json"))
    (wallet,) = said["wallets"]
    assert (wallet["earned"]["live"], wallet["earned"]["draft"]) == (100, 200)
    assert "1 members differ" in await run(shop, "simulate", str(file))
