"""When nothing is earned, and what is said about it: events are facts and are always answered."""

from __future__ import annotations

from typing import Any

import pytest
from playing import BASE_RULE, Player, a_program, at, codes, given, lines

from puntal.engine.model import Event, Switches

PHASES = {"live": "2026-01-01", "spend_only": "2026-06-01", "closed": "2026-09-01"}
CAMPAIGN = {"id": "spring", "earning": [{"id": "week", "on": "purchase", "award": {"wallet": "points", "points": 5}}]}


@pytest.mark.parametrize(
    ("day", "now", "code"),
    [
        ("2025-12-31", None, "program.draft"),
        ("2026-01-01 00:00", None, None),
        ("2026-05-31 23:59", "2026-06-02", None),
        ("2026-06-01 00:00", None, "program.spend_only"),
        ("2026-08-31", "2026-08-31", "program.spend_only"),
        ("2026-05-31", "2026-09-01 00:00", "program.closed"),
    ],
)
def test_phases_by_their_dates(day: str, now: str | None, code: str | None) -> None:
    """C8: what happened before spend-only still earns; once closed nothing posts."""
    anna = Player(a_program(phase=PHASES, orders={"late_events": "300 days"}))

    decision = anna.buy(*lines(1000), day=day, now=now)

    assert (decision.code, anna.balance()) == (code, 10 if code is None else 0)


def test_a_refund_posts_when_the_program_is_closed() -> None:
    """C8."""
    anna = Player(a_program(phase=PHASES))
    anna.buy(*lines(1000), id="A", day="2026-05-01")

    assert given(anna.refund("A", day="2026-10-01")) == {"purchases": -10}


@pytest.mark.parametrize("status", ["paused", "blocked", "left", "erased", "merged"])
def test_who_may_not_earn(status: str) -> None:
    anna = Player(a_program(), status=status)

    decision = anna.buy(*lines(1000))

    assert (decision.code, anna.balance()) == (f"member.{status}", 0)
    assert anna.running.totals.orders == 1


def test_too_late_and_too_early() -> None:
    program = a_program(starts="2026-02-01")
    anna = Player(program)

    late = anna.buy(*lines(1000), day="2026-03-01 12:00", now="2026-03-31 13:01")
    early = anna.buy(*lines(1000), day="2026-01-31 23:59", now="2026-02-02")
    just = anna.buy(*lines(1000), day="2026-02-01 00:00", now="2026-02-02")

    assert [late.code, early.code, just.code] == ["event.too_old", "program.not_started", None]


def test_imports_have_no_limit_of_age() -> None:
    anna = Player(a_program())
    decision = anna.play(Event("e", "member.birthday", "shop", at("2020-01-02"), late_allowed=True), at("2026-01-01"))
    assert decision.code is None


@pytest.mark.parametrize(
    ("switches", "code", "said"),
    [
        (Switches(program=True), "program.off", []),
        (Switches(channels=frozenset({"web"})), "channel.off", []),
        (Switches(integrations=frozenset({"shop"})), "integration.off", []),
        (Switches(rules=frozenset({"purchases"})), None, ["off", "awarded"]),
        (Switches(campaigns=frozenset({"spring"})), None, ["awarded", "off"]),
        (Switches(wallets=frozenset({"points"})), None, ["wallet_off", "wallet_off"]),
    ],
)
def test_kill_switches(switches: Switches, code: str | None, said: list[str]) -> None:
    """B23."""
    anna = Player(a_program(campaigns=[CAMPAIGN]))
    anna.switches = switches

    decision = anna.order("order.paid", *lines(1000), id="A", channel="web")

    assert decision.code == code
    assert sorted(codes(decision)) == sorted(said)


def test_what_came_while_off_is_not_decided_again() -> None:
    """B23: neither earned nor counted a second time under another event id."""
    anna = Player(a_program())
    anna.switches = Switches(program=True)
    anna.buy(*lines(1000), id="A")
    anna.switches = Switches()

    again = anna.buy(*lines(1000), id="A")

    assert (again.code, anna.balance()) == ("order.already_earned", 0)
    assert (anna.running.totals.orders, anna.running.totals.spend) == (1, 1000)


def a_guest(**sections: Any) -> Player:
    return Player(a_program(joining={"claim_within": "90 days"}, **sections), status="guest", enrolled_at=None)


def joins(guest: Player, day: str) -> None:
    guest.profile = Player(guest.program, enrolled_at=at(day)).profile
    guest.happen("member.claimed", day=day)


def test_a_guest_claims_on_joining() -> None:
    """G3: unclaimed until then, with its life from then."""
    guest = a_guest(wallets={"points": {"kind": "points", "expiry": {"after": "12 months"}}})
    guest.buy(*lines(1000), day="2026-01-10")
    guest.buy(*lines(500), day="2026-02-10")
    assert (guest.balance(), guest.pending()) == (0, 15)

    joins(guest, "2026-03-01")

    assert (guest.balance(), guest.pending()) == (15, 0)
    assert {lot.ends_at for lot in guest.books.lots.values()} == {at("2027-03-02 00:00")}


def test_what_nobody_claims_lapses() -> None:
    """G3."""
    guest = a_guest()
    guest.buy(*lines(1000), day="2026-01-10")

    guest.settle("2026-04-10 23:59")
    assert guest.pending() == 10
    guest.settle("2026-04-11 00:00")

    assert (guest.balance(), guest.pending()) == (0, 0)
    assert guest.books.transfers[-1].kind == "points.cancelled"


def test_a_guest_climbs_when_she_joins() -> None:
    ladder = {
        "id": "club",
        "measure": {"spend": "order.net"},
        "tiers": [{"id": "base"}, {"id": "silver", "from": "100.00 EUR"}],
    }
    guest = a_guest(ladders=[ladder])
    guest.buy(*lines(20000), day="2026-01-10")
    assert guest.changes == []

    joins(guest, "2026-03-01")

    assert guest.changes == [("base", "silver", "reached")]


def test_the_base_rule_is_named_in_every_reason() -> None:
    """B3: each rule that listens says why."""
    rules = [BASE_RULE, {"id": "tea", "on": "purchase", "only_lines": {"line.category": "tea"},
                         "award": {"wallet": "points", "points": 5}}]  # fmt: skip
    anna = Player(a_program(earning=rules))

    decision = anna.buy(*lines(1000, category=["food"]))

    assert [(reason.rule, reason.code) for reason in decision.reasons] == [
        ("tea", "no_lines"),
        ("purchases", "awarded"),
    ]
