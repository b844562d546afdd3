"""`puntal keys` and `puntal staff` against a real database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from puntal.entrypoints.cli_access import keys_app, staff_app
from puntal.kit import ids
from puntal.kit.settings import settings

Run = Callable[..., Result]


@pytest.fixture
def run(database_uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("PUNTAL_DATABASE_URL", database_uri)
    settings.cache_clear()
    app = typer.Typer()
    app.add_typer(keys_app)
    app.add_typer(staff_app)

    def invoke(*words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(words), input=stdin)

    yield invoke
    settings.cache_clear()


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_key_is_made_listed_rotated_and_revoked(run: Run) -> None:
    made = told(run("keys", "create", "Online shop", "--scope", "events:write", "--network", "203.0.113.7", "--json"))
    assert made["token"].startswith(made["prefix"])
    assert (made["scopes"], made["networks"]) == (["events:write"], ["203.0.113.7/32"])

    successor = told(run("keys", "rotate", made["prefix"], "--overlap-hours", "1", "--json"))
    assert successor["token"] != made["token"]
    ended = told(run("keys", "revoke", successor["id"], "--json"))
    assert ended["revoked_at"] is not None

    listed = {key["id"]: key for key in told(run("keys", "list", "--json"))}
    assert listed[made["id"]]["replaced_by"] == successor["id"]
    assert "token" not in listed[made["id"]]
    assert "Online shop" in run("keys", "list").output


def test_the_token_is_printed_for_people_too(run: Run) -> None:
    result = run("keys", "create", "Till")

    assert result.exit_code == 0
    assert "pk_live_" in result.output
    assert "not shown again" in result.output


@pytest.mark.parametrize("name", ["pk_live_000000000000", "00000000-0000-7000-8000-000000000001", "nothing"])
def test_a_key_that_is_not_there_is_a_refusal(run: Run, name: str) -> None:
    result = run("keys", "revoke", name, "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["type"] == "access.key_not_found"
    assert run("keys", "revoke", name).exit_code == 1


def test_a_person_is_added_given_a_key_and_disabled(run: Run) -> None:
    email = f"anna-{ids.new_id()}@example.org"
    added = told(
        run(
            *("staff", "add", email, "--name", "Anna", "--role", "support", "--password-stdin", "--json"),
            stdin="una contraseña larga\n",
        )
    )
    assert (added["email"], added["role"]) == (email, "support")
    assert "password" not in json.dumps(added)

    key = told(run("keys", "create", "Script", "--staff", email, "--json"))
    assert key["staff_id"] == added["id"]
    assert told(run("staff", "disable", email, "--json"))["disabled_at"] is not None
    assert added["id"] in {person["id"] for person in told(run("staff", "list", "--json"))}
    assert run("keys", "create", "Script", "--staff", email).exit_code == 1


def test_a_person_is_reset(run: Run) -> None:
    email = f"anna-{ids.new_id()}@example.org"
    told(run("staff", "add", email, "--name", "Anna", "--role", "owner", "--json"))

    made = told(run("staff", "reset", email, "--second-factor", "--json"))

    assert (made["name"], len(made["token"])) == ("Anna", 43)
    printed = run("staff", "reset", email)
    assert printed.exit_code == 0
    assert "/v1/auth/password/reset" in printed.output
    assert made["token"] not in printed.output
    assert json.loads(run("staff", "reset", "nobody@example.org", "--json").stdout)["type"] == "access.staff_unknown"


def test_a_weak_password_and_a_bad_address_are_refused(run: Run) -> None:
    words = ("staff", "add", f"ben-{ids.new_id()}@example.org", "--name", "Ben", "--role", "admin")
    weak = run(*words, "--password-stdin", stdin="short\n")
    assert weak.exit_code == 1
    assert "12" in weak.output
    assert run("staff", "add", "ben", "--name", "B", "--role", "admin").exit_code == 2
