from __future__ import annotations

from uuid import UUID

import time_machine

from puntal.kit import ids


def test_ids_are_version_7_and_only_go_up() -> None:
    made = [ids.new_id() for _ in range(5000)]

    assert made == sorted(set(made))
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}


def test_ids_go_up_while_the_clock_steps_back() -> None:
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False):
        before = ids.new_id()
    with time_machine.travel("2029-12-31T12:00:00Z", tick=False):
        after = [ids.new_id() for _ in range(100)]

    assert [before, *after] == sorted({before, *after})


def test_a_derived_id_is_the_same_every_time() -> None:
    cause = UUID("018f0000-0000-7000-8000-000000000001")

    assert ids.derived(cause, "tier.upgraded") == ids.derived(str(cause), "tier.upgraded")
    assert ids.derived(cause, "tier.upgraded") != ids.derived(cause, "points.expired")
    assert ids.derived(cause, "tier.upgraded") == UUID("a5aa619a-3116-52fe-aec3-54c796fabc97")
