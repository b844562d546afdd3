"""The command line on a database of its own: JSON on request, exit codes, sentences instead of tracebacks."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from puntal.kit import clock, ids
from puntal.kit.postgres import Server
from puntal.kit.sealing import Sealer


class Shell:
    """Runs `puntal` as a person would."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.environment = os.environ | {"PUNTAL_DATABASE_URL": uri, "PUNTAL_DATA_DIR": str(folder)}
        self.folder = folder

    def __call__(self, *words: str, code: int = 0, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "puntal.entrypoints.cli", *words],
            env=self.environment | environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + (done.stderr if code else "")

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self(*words, "--json", code=code))


@pytest.fixture
def empty_uri(server: Server) -> Iterator[str]:
    """A database nobody has migrated."""
    name = f"worker_{os.getpid()}_shell_{ids.new_id().hex[-8:]}"
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'"
                " LOCALE 'C'"
            ).format(sql.Identifier(name))
        )
        yield server.uri_of(name)
        connection.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def shell(empty_uri: str, tmp_path: Path) -> Shell:
    return Shell(empty_uri, tmp_path)


def a_history(folder: Path) -> Path:
    """Three orders of one week in the past."""
    file = folder / "history.jsonl"
    with file.open("w") as lines:
        for day in (2, 3, 5):
            order = {"id": str(day), "currency": "EUR", "lines": [{"id": "1", "amount_minor": 5000}]}
            event = {
                "id": f"o{day}",
                "type": "order.paid",
                "occurred_at": f"{clock.now().year - 1}-03-0{day}T12:00:00Z",
                "member": {"card": "7700123"},
                "order": order,
            }
            lines.write(json.dumps(event) + "\n")
    return file


def test_from_nothing_to_verified_books_and_back(shell: Shell, tmp_path: Path) -> None:
    sick = shell.json("doctor", code=1)
    assert [each["advice"] for each in sick["findings"] if each["name"] == "schema"] == ["puntal db migrate"]
    assert "puntal db migrate" in shell("serve", code=1)

    assert shell.json("db", "migrate")["applied"]
    assert shell("db", "migrate") == "Nothing to do.\n"
    assert shell.json("doctor")["ok"]

    document = tmp_path / "club.yaml"
    shell("program", "export", "--template", "supermarket", "--output", str(document))
    applied = ("program", "apply", str(document), "--program", "club", "--create", "--yes")
    shell(*applied, "--effective-from", f"{clock.now().year - 1}-01-01T00:00:00+0000")

    first = shell.json("replay", str(a_history(tmp_path)), "--program", "club")
    again = shell.json("replay", str(a_history(tmp_path)), "--program", "club")
    assert (first["events"], first["replayed"], first["refused_count"]) == (3, 0, 0)
    assert (again["events"], again["replayed"]) == (3, 3)
    books = shell.json("verify")
    assert books["ok"]
    assert books["programs"]["club"]
    assert "club: balances: right" in shell("verify", "--program", "club")
    assert shell.json("verify", "--program", "nobody", code=1)["type"] == "programs.not_found"

    kept = tmp_path / "backup.dump"
    shell("backup", str(kept))
    assert kept.stat().st_mode & 0o077 == 0
    assert "exists already" in shell("backup", str(kept), code=1)
    assert "--force" in shell("restore", str(kept), code=1)
    with psycopg.connect(shell.environment["PUNTAL_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("TRUNCATE event, lot")
    assert not shell.json("verify", code=1)["ok"]
    shell("restore", str(kept), "--force")
    assert shell.json("verify") == books


def test_a_backup_without_its_key_says_what_is_lost(shell: Shell, tmp_path: Path) -> None:
    then, now = base64.b64encode(bytes(range(32))).decode(), base64.b64encode(bytes(32)).decode()
    shell("db", "migrate")
    sealed = Sealer(lambda: [bytes(range(32))]).seal("secret", of="anything").encode()
    with psycopg.connect(shell.environment["PUNTAL_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("INSERT INTO organization (id, name, created_at) VALUES (gen_random_uuid(), 'Club', now())")
        connection.execute(
            "INSERT INTO pass_key (program_id, id, public_key, private_key, created_at, signs_from)"
            " VALUES (1, 1, '', %s, now(), now()), (1, 2, '', %s, now(), now())",
            [sealed, bytes(32)],
        )
    kept = tmp_path / "backup.dump"
    shell("backup", str(kept))

    lost = json.loads(shell("restore", str(kept), "--force", "--json", PUNTAL_SECRET_KEY=now))["secrets_lost"]
    checked = json.loads(shell("secrets", "check", "--json", code=1, PUNTAL_SECRET_KEY=now).splitlines()[0])
    sick = shell("doctor", code=1, PUNTAL_SECRET_KEY=now)
    well = shell("secrets", "check", PUNTAL_SECRET_KEY=now, PUNTAL_SECRET_KEYS_OLD=then)

    assert [each.rpartition(" ")[0] for each in lost] == ["1 pass keys sealed by the key"]
    assert checked == {"secrets": 2, "plain": 1, "lost": lost}
    assert "cannot be opened: 1 pass keys" in " ".join(sick.split())
    assert well == "2 secrets can be opened; 1 of them are not sealed yet.\n"


def test_citus_is_asked_for_by_name_and_its_statements_can_be_read(shell: Shell) -> None:
    shell("db", "migrate")

    assert "no Citus" in shell("db", "distribute", code=1)
    statements = shell.json("db", "distribute", "--dry-run")["statements"]

    assert "SELECT create_reference_table('program')" in statements
    spread = [each for each in statements if "create_distributed_table" in each]
    assert sum("colocate_with" not in each for each in spread) == 1
    assert any("'event', 'program_id'" in each for each in spread)


def test_settings_are_listed_without_their_secrets(shell: Shell) -> None:
    rows = {row["name"]: row for row in shell.json("config")}

    assert rows["PUNTAL_DATABASE_URL"]["value"] == "********"
    assert rows["PUNTAL_DATABASE_URL"]["set"]
    assert rows["PUNTAL_PORT"]["value"] == 8000
    assert "PUNTAL_PORT" in shell("config", code=2, PUNTAL_PORT="many")


def test_a_database_that_is_away_is_said_in_a_sentence(shell: Shell) -> None:
    away = {"PUNTAL_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

    said = shell("verify", code=3, **away)
    assert "cannot be reached" in said
    assert "Connection refused" in said
    assert "wrong" in shell("doctor", code=1, **away)


def test_listening_beyond_this_machine_needs_an_owner(shell: Shell) -> None:
    shell("db", "migrate")

    assert "PUNTAL_ADMIN_PASSWORD" in shell("serve", "--host", "0.0.0.0", "--port", "18099", code=1)
