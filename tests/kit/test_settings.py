from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
import structlog
from pydantic import ValidationError

from puntal.kit import logging as kit_logging
from puntal.kit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def test_every_setting_is_described_and_none_is_needed() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    assert Settings().host == "127.0.0.1"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNTAL_PORT", "9000")
    monkeypatch.setenv("PUNTAL_DATABASE_URL", "postgresql://anna:plum-tree@db/puntal")

    chosen = Settings()

    assert chosen.port == 9000
    assert "plum-tree" not in repr(chosen)


def test_a_setting_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNTAL_PORT", "99999")

    with pytest.raises(ValidationError):
        Settings()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield lambda: capsys.readouterr().err
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_json_lines_carry_the_request_and_no_person(lines: Callable[[], str]) -> None:
    kit_logging.configure(Settings(log_format="json"))

    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("puntal.members").info("member.enrolled", email="anna@example.com", member_id="m1")
        logging.getLogger("some.library").warning("slow %s", "query")

    ours, theirs = (json.loads(line) for line in lines().splitlines())
    assert (ours["event"], ours["request_id"], ours["member_id"], ours["email"]) == (
        "member.enrolled",
        "r1",
        "m1",
        "[removed]",
    )
    assert (theirs["event"], theirs["level"], theirs["request_id"]) == ("slow query", "warning", "r1")


@pytest.mark.parametrize("form", ["json", "pretty"])
def test_a_logged_failure_does_not_show_local_values(lines: Callable[[], str], form: str) -> None:
    kit_logging.configure(Settings.model_validate({"log_format": form}))
    phone = f"+34{600111222}"

    try:
        len(phone) // 0
    except ZeroDivisionError:
        structlog.get_logger("puntal").exception("failed")

    written = lines()
    assert "ZeroDivisionError" in written
    assert phone not in written
