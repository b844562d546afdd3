"""The section about tills: checked like any other, and its changes told in words."""

from __future__ import annotations

from typing import Any

from puntal.programs.diff import diff
from puntal.programs.document.program import Program
from puntal.programs.policy import check

BASE: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points"}},
}


def read(**sections: Any) -> Program:
    program, faults = check(BASE | sections)
    assert program is not None, faults
    return program


def test_without_it_half_an_hour_and_every_line() -> None:
    till = read().till
    assert (till.undo_within.root, till.closing) == ("30 minutes", None)
    assert till.receipt == ("earned", "used", "balance", "next_reward")


def test_what_is_no_line_of_a_receipt_is_told_with_its_place() -> None:
    _, faults = check(BASE | {"till": {"receipt": ["earned", "weather"], "undo_within": "soon"}})
    assert [fault.path for fault in faults] == ["/till/undo_within", "/till/receipt/1"]


def test_its_changes_are_told_in_words() -> None:
    changed = diff(read(), read(till={"undo_within": "1 hour"}, policies={"hold": "1 hour"})).changes
    assert [(change.path, change.words["en"]) for change in changed] == [
        ("/policies/hold", "'hold' of the program changes from 30 minutes to 1 hour."),
        ("/till/undo_within", "The time to undo at tills of the program changes from 30 minutes to 1 hour."),
    ]
